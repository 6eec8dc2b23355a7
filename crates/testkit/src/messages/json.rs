//! JSON, spelled otherwise.

use serde_json::Value;

use super::Dice;

pub(super) fn respelled(message: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let value: Value = serde_json::from_slice(message).ok()?;
    let mut out = String::new();
    write(&value, dice, &mut out);
    Some(out.into_bytes())
}

fn blank(dice: &mut Dice, out: &mut String) {
    out.push_str(["", "", " ", "\n\t", "\r  "].get(dice.below(5)).unwrap_or(&""));
}

fn write(value: &Value, dice: &mut Dice, out: &mut String) {
    blank(dice, out);
    match value {
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            dice.shuffle(&mut entries);
            out.push('{');
            for (index, (key, value)) in entries.into_iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                blank(dice, out);
                text(key, dice, out);
                blank(dice, out);
                out.push(':');
                write(value, dice, out);
            }
            out.push('}');
        }
        Value::Array(items) => {
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                out.push_str(if index == 0 { "" } else { "," });
                write(item, dice, out);
            }
            out.push(']');
        }
        Value::String(value) => text(value, dice, out),
        scalar => out.push_str(&scalar.to_string()),
    }
    blank(dice, out);
}

/// A text, one time in four with its first character as an escape.
fn text(text: &str, dice: &mut Dice, out: &mut String) {
    let mut rest = text.chars();
    match rest.next() {
        Some(first) if dice.below(4) == 0 => {
            out.push('"');
            for unit in first.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
            out.push_str(Value::from(rest.as_str()).to_string().get(1..).unwrap_or("\""));
        }
        _ => out.push_str(&Value::from(text).to_string()),
    }
}

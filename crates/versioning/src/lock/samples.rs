//! Values and objects that are always the same: to tell functions by what they give, and to keep as golden data.

use recension_model::{Duration, Element, FieldKind, FieldSpec, Item, ObjectSpec, ObjectVersion, Record, Slot, Value};

use crate::{Error, Lineage, Registry};

/// Texts that stand for what people write.
const TEXTS: [&str; 26] = [
    "",
    "0",
    "1",
    "-1",
    "7",
    "10",
    "007",
    " 1",
    "1 ",
    "1.5",
    "1e3",
    "true",
    "false",
    "yes",
    "a",
    "A",
    "a b",
    " a ",
    "a,b",
    "a:b",
    "a/b",
    "1 GiB",
    "10M",
    "é",
    "2024-03-01",
    "0a1b2c3d-4e5f-4061-8273-94a5b6c7d8e0",
];

/// Whole numbers at which functions change what they do.
const NUMBERS: [i128; 16] =
    [0, 1, -1, 2, 7, 10, 99, 100, 255, 256, 1_000, 1_024, i32::MAX as i128, i32::MAX as i128 + 1, i64::MAX as i128, i64::MIN as i128];

/// Names in maps.
const NAMES: [&str; 3] = ["a", "b", "b c"];

/// Complete objects of a version, and after them as many partial ones.
const COMPLETE: usize = 6;
const PARTIAL: usize = 2;
/// How deep objects in objects go.
const DEPTH: usize = 2;

/// Values of a field: those of a fixed list that the field admits.
pub(super) fn values(field: &FieldSpec) -> Vec<Value> {
    let texts = || TEXTS.iter().filter_map(|text| Value::from_text(&field.kind, text).ok());
    let found: Vec<Value> = match &field.kind {
        FieldKind::Integer(_) => NUMBERS.into_iter().map(Value::Integer).collect(),
        FieldKind::Float => {
            NUMBERS.into_iter().filter_map(|number| Some(Value::Float(f64::from(i32::try_from(number).ok()?) / 4.0))).collect()
        }
        FieldKind::Bool => vec![Value::Bool(false), Value::Bool(true)],
        FieldKind::Enum(spec) => spec.values.iter().filter_map(|value| Value::from_text(&field.kind, value).ok()).collect(),
        FieldKind::Duration => {
            NUMBERS.into_iter().filter_map(|number| Some(Value::Duration(Duration::from_micros(i64::try_from(number).ok()?)))).collect()
        }
        FieldKind::List(element) => items(field, element).into_iter().map(Value::List).collect(),
        FieldKind::Set(element) => items(field, element).into_iter().map(Value::Set).collect(),
        FieldKind::Map(element) => {
            let named = |items: Vec<Item>| NAMES.iter().map(|name| (*name).to_owned()).zip(items).collect();
            items(field, element).into_iter().map(|items| Value::Map(named(items))).collect()
        }
        _ => texts().collect(),
    };
    found.into_iter().filter(|value| field.check(&Slot::Value(value.clone())).is_ok()).collect()
}

/// No items, one, and all that there are of so many.
fn items(field: &FieldSpec, element: &Element) -> Vec<Vec<Item>> {
    if !element.kind.is_scalar() {
        return vec![Vec::new()];
    }
    let item = FieldSpec { kind: element.kind.clone(), nullable: false, ..field.clone() };
    let all: Vec<Item> = values(&item).into_iter().map(Some).chain(element.nullable.then_some(None)).collect();
    let most = all.len().min(3);
    [0, most.min(1), most].into_iter().map(|count| all.iter().take(count).cloned().collect()).collect()
}

impl Registry {
    /// Objects of a version, always the same: complete ones, and partial ones. For golden data. A required field for which no value
    /// is known, since a pattern or a limit refuses all that are tried, is unset.
    ///
    /// # Errors
    /// [`Error::UnknownObject`] and [`Error::Incompatible`].
    pub fn samples(&self, object: &str, version: &ObjectVersion) -> Result<Vec<Record>, Error> {
        let lineage = self.lineage(object)?;
        let shape = lineage.shape(version)?;
        (0..COMPLETE + PARTIAL).map(|round| self.sample(lineage, shape, round, DEPTH)).collect()
    }

    fn sample(&self, lineage: &Lineage, shape: &std::sync::Arc<ObjectSpec>, round: usize, depth: usize) -> Result<Record, Error> {
        let mut record = Record::new(shape.clone());
        for (place, field) in shape.fields.iter().enumerate() {
            // A partial object has every other field.
            if round >= COMPLETE && (place + round).is_multiple_of(2) {
                continue;
            }
            let states = self.states(lineage, shape, field, (round, depth))?;
            let pick = (round * (2 * place + 1) + place).checked_rem(states.len());
            if let Some(slot) = pick.and_then(|pick| states.get(pick)) {
                record.fill(place, slot.clone())?;
            }
        }
        Ok(record)
    }

    /// The states that a field may have.
    fn states(&self, lineage: &Lineage, shape: &ObjectSpec, field: &FieldSpec, (round, depth): (usize, usize)) -> Result<Vec<Slot>, Error> {
        let null = field.nullable.then_some(Slot::Null);
        let Some(name) = field.kind.children().first() else {
            return Ok(values(field).into_iter().map(Slot::Value).chain(null).collect());
        };
        let history = self.lineage(name.as_str())?;
        let version = lineage.pin(&shape.version, &field.name).unwrap_or(&history.head().version);
        let inner = history.shape(version)?;
        let child = || -> Result<Option<Value>, Error> {
            if depth == 0 { Ok(None) } else { self.sample(history, inner, round, depth - 1).map(|record| Some(Value::from(record))) }
        };
        let found = match &field.kind {
            FieldKind::List(_) => Some(Value::List(child()?.map(Some).into_iter().collect())),
            FieldKind::Map(_) => Some(Value::Map(child()?.map(|child| ("a".to_owned(), Some(child))).into_iter().collect())),
            _ => child()?,
        };
        let fits = |value: &Value| field.check(&Slot::Value(value.clone())).is_ok();
        Ok(found.filter(fits).map(Slot::Value).into_iter().chain(null).collect())
    }
}

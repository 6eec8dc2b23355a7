//! Secrets in the middle of a text.

use std::fmt::{self, Write};

/// Shows a text with the secrets in it masked: what follows a word such as `password` or `token` and a `=` or
/// `:`, and the password in a URL.
///
/// It is for texts of others in which secrets may be, such as a connection's parameters; what is secret as a
/// whole is a [`Secret`](crate::Secret).
///
/// ```
/// use recension_model::Masked;
/// let shown = Masked(r#"{"user": "u", "auth_password": "p4ss"} amqp://u:p@host/"#).to_string();
/// assert_eq!(shown, r#"{"user": "u", "auth_password": "***"} amqp://u:***@host/"#);
/// ```
#[derive(Clone, Copy)]
pub struct Masked<'t>(pub &'t str);

/// What the name of a secret has in it, in lower case.
const WORDS: [&str; 9] = ["pass", "secret", "token", "credential", "private_key", "privatekey", "api_key", "apikey", "auth_key"];
/// What stands in the place of a secret.
const MASK: &str = "***";

impl fmt::Display for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rest = self.0;
        while let Some(next) = rest.chars().next() {
            if let Some((head, tail)) = assignment(rest).or_else(|| user_info(rest)) {
                f.write_str(head)?;
                f.write_str(MASK)?;
                rest = tail;
            } else if is_word(next) {
                let (word, tail) = rest.split_at(rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
                f.write_str(word)?;
                rest = tail;
            } else {
                f.write_char(next)?;
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Masked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.to_string(), f)
    }
}

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}

/// A word that names a secret, up to where the secret begins; and what follows the secret.
fn assignment(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c| !is_word(c))?;
    let word = text.get(..end)?.to_ascii_lowercase().replace('-', "_");
    if !WORDS.iter().any(|known| word.contains(known)) {
        return None;
    }
    let blank = |c: char| c == ' ' || c == '\t';
    let after = text.get(end..)?;
    // A name in quotes, its closing one before the sign.
    let sign = after.trim_start_matches(['"', '\'']).trim_start_matches(blank);
    let mut value = sign.strip_prefix(['=', ':'])?.trim_start_matches(blank);
    // A text of Python's in bytes or Unicode.
    if value.starts_with(['u', 'b']) && value.get(1..2).is_some_and(|quote| quote == "'" || quote == "\"") {
        value = value.get(1..)?;
    }
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
    let secret = quote.map_or(value, |_| value.get(1..).unwrap_or_default());
    let length = match quote {
        Some(quote) => closing(secret, quote),
        None => secret.find(|c: char| c.is_whitespace() || ",;&}])'\"".contains(c)).unwrap_or(secret.len()),
    };
    let head = text.len() - secret.len();
    Some((text.get(..head)?, secret.get(length..)?))
}

/// Where a text in quotes ends.
fn closing(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => return at,
            _ => {}
        }
    }
    text.len()
}

/// `://user:`, and what follows the password behind it.
fn user_info(text: &str) -> Option<(&str, &str)> {
    let authority = text.strip_prefix("://")?;
    let authority = authority.get(..authority.find(['/', '?', '#', ' ', '"', '\'']).unwrap_or(authority.len()))?;
    let (info, _) = authority.rsplit_once('@')?;
    let (user, password) = info.split_once(':')?;
    let head = "://".len() + user.len() + 1;
    Some((text.get(..head)?, text.get(head + password.len()..)?))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn s10_what_follows_a_name_of_a_secret_is_masked() {
        for (text, shown) in [
            ("", ""),
            ("nothing here: all well", "nothing here: all well"),
            ("password=canary", "password=***"),
            ("adminPass = canary, host = h", "adminPass = ***, host = h"),
            ("--os-password=canary&x=1", "--os-password=***&x=1"),
            (r#"{"auth_token": "can\"ary", "host": "h"}"#, r#"{"auth_token": "***", "host": "h"}"#),
            ("{'secret_uuid': u'canary', 'a': 1}", "{'secret_uuid': u'***', 'a': 1}"),
            ("token:canary", "token:***"),
            ("the password is long", "the password is long"),
            ("mysql+pymysql://nova:can:ary@db/nova?x=1", "mysql+pymysql://nova:***@db/nova?x=1"),
            ("http://host:80/path@x", "http://host:80/path@x"),
            ("x-api-key: canary\nnext", "x-api-key: ***\nnext"),
            ("password='canary", "password='***"),
            ("password=", "password=***"),
        ] {
            assert_eq!(Masked(text).to_string(), shown, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_text_can_be_shown(text in "\\PC{0,40}", name in "[a-z_]{0,3}(password|token|secret)", secret in "[A-Z]{4,8}") {
            let _ = Masked(&text).to_string();
            let shown = Masked(&format!("{text} {name}={secret} {name}: '{secret}'")).to_string();
            prop_assert!(!shown.contains(&secret) || text.contains(&secret) || text.contains(['"', '\'', ':', '=']), "{}", shown);
        }
    }
}

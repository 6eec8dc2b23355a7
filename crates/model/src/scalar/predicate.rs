//! A condition on versions.

use std::fmt;
use std::str::FromStr;

use crate::{ObjectVersion, Rule};

/// How a version is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "each variant is what it is called")]
pub enum Comparison {
    Less,
    LessOrEqual,
    Equal,
    NotEqual,
    GreaterOrEqual,
    Greater,
}

/// Longer operators first: each is a prefix of no later one that could be meant.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("<=", Comparison::LessOrEqual),
    (">=", Comparison::GreaterOrEqual),
    ("==", Comparison::Equal),
    ("!=", Comparison::NotEqual),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
];

/// A condition on versions: comparisons joined by commas, all of which must hold, as `>=1.2, !=1.7, <2`.
/// Blanks may stand around operators, versions and commas; the text is kept as it is written.
///
/// ```
/// use recension_model::VersionPredicate;
/// let tested: VersionPredicate = ">=1.2, !=1.7, <2".parse()?;
/// assert!(tested.matches(&"1.10".parse()?));
/// assert!(!tested.matches(&"1.7".parse()?));
/// assert_eq!(tested.as_str(), ">=1.2, !=1.7, <2");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct VersionPredicate(Box<str>);

const FORM: Rule = Rule::Form("list of comparisons of versions, as `>=1.2, <2`");

impl VersionPredicate {
    /// The condition as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The comparisons, in the order in which they are written.
    pub fn comparisons(&self) -> impl Iterator<Item = (Comparison, ObjectVersion)> {
        // All of them could be read when the predicate was made.
        self.0.split(',').filter_map(|part| comparison(part).ok())
    }

    /// Whether the condition holds for a version.
    #[must_use]
    pub fn matches(&self, version: &ObjectVersion) -> bool {
        self.comparisons().all(|(comparison, bound)| match comparison {
            Comparison::Less => *version < bound,
            Comparison::LessOrEqual => *version <= bound,
            Comparison::Equal => *version == bound,
            Comparison::NotEqual => *version != bound,
            Comparison::GreaterOrEqual => *version >= bound,
            Comparison::Greater => *version > bound,
        })
    }
}

fn comparison(part: &str) -> Result<(Comparison, ObjectVersion), Rule> {
    let part = part.trim_matches(' ');
    let found = COMPARISONS.iter().find_map(|(sign, comparison)| Some((*comparison, part.strip_prefix(sign)?)));
    let (comparison, version) = found.ok_or(FORM)?;
    Ok((comparison, version.trim_start_matches(' ').parse().map_err(|_| FORM)?))
}

impl FromStr for VersionPredicate {
    type Err = Rule;

    /// # Errors
    /// [`Rule::Form`] when the text has another form.
    fn from_str(text: &str) -> Result<Self, Rule> {
        text.split(',').try_for_each(|part| comparison(part).map(|_| ()))?;
        Ok(Self(text.into()))
    }
}

impl fmt::Display for VersionPredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for VersionPredicate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn s15_other_forms_are_refused() {
        for text in
            ["", "1.0", "=1.0", "~=1.0", "=> 1.0", ">=1.0,", ",>=1.0", ">=1.0.*", ">= ", ">=1.0 <2", ">=1.0;<2", ">>1", "<=\t1", ">=01"]
        {
            assert_eq!(text.parse::<VersionPredicate>(), Err(FORM), "{text:?}");
        }
    }

    #[test]
    fn each_comparison_says_what_it_means() {
        for (text, below, same, above) in [
            ("<1.5", true, false, false),
            ("<=1.5", true, true, false),
            ("==1.5", false, true, false),
            (" != 1.5 ", true, false, true),
            (">=1.5", false, true, true),
            ("> 1.5", false, false, true),
            (">1.4,<1.6", false, true, false),
        ] {
            let predicate: VersionPredicate = text.parse().unwrap();
            let holds = ["1.4", "1.5.0", "1.10"].map(|version| predicate.matches(&version.parse().unwrap()));
            assert_eq!(holds, [below, same, above], "{text}");
        }
    }
}

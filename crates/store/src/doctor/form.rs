//! Whether a column holds what a field may be.

use recension_model::{FieldKind, FieldSpec};
use sea_orm::DbBackend;

use crate::column_form::{chars_max, text_chars};

/// Bytes of a text that is as long as nobody bounds, which a `mediumtext` has.
const MEDIUM: u64 = (1 << 24) - 1;

/// What a column holds, whatever its engine calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(
    not(all(feature = "mysql", feature = "postgres", feature = "sqlite")),
    allow(dead_code, reason = "each engine has some of them")
)]
pub(super) enum Form {
    /// Whole numbers between two.
    Integer(i128, i128),
    /// Truths, and no numbers.
    Truth,
    /// Floating point numbers, of 64 bits or fewer.
    Real { is_double: bool },
    /// Texts, up to so many characters and bytes, where it has a bound.
    Text { chars: Option<u64>, bytes: Option<u64>, is_unicode: bool },
    /// Texts that get blanks at their end until they have so many characters.
    Padded(u64),
    /// Strings of bytes, up to so many.
    Bytes(Option<u64>),
    /// Times with so many digits of a second, of every year or of some.
    Time { digits: u8, has_each_year: bool },
    /// Days.
    Date,
    /// SQLite: anything, but what looks like a number becomes one.
    Numeric,
    /// SQLite: anything as it is.
    Any,
    /// Nothing that a field is.
    Other,
}

/// How well a column holds a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Holds,
    /// Not every value that the limits allow.
    Narrow,
    /// Times without all of their digits.
    FewDigits,
    /// Not what the field is.
    Not,
}

impl Fit {
    const fn narrow_unless(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Narrow }
    }

    const fn not_unless(holds: bool) -> Self {
        if holds { Self::Holds } else { Self::Not }
    }
}

impl Form {
    /// How well it holds `field` on `engine`.
    pub(super) fn fit(&self, field: &FieldSpec, engine: DbBackend) -> Fit {
        match &field.kind {
            FieldKind::Integer(width) => {
                let (low, high) = width.bounds();
                let limits = &field.limits;
                // No column holds more than 64 bits with a sign.
                let high = limits.max.map_or(high, |max| max.min(high)).min(i64::MAX.into());
                self.integers(limits.min.map_or(low, |min| min.max(low)), high)
            }
            FieldKind::Duration => self.integers(i64::MIN.into(), i64::MAX.into()),
            FieldKind::Bool => Fit::not_unless(matches!(self, Self::Integer(..) | Self::Truth | Self::Numeric | Self::Any)),
            FieldKind::Float => match self {
                Self::Real { is_double } => Fit::narrow_unless(*is_double),
                other => Fit::not_unless(matches!(other, Self::Numeric | Self::Any)),
            },
            FieldKind::Bytes => match self {
                Self::Bytes(max) => Fit::narrow_unless(max.is_none_or(|max| max >= field.limits.bytes().into())),
                _ => Fit::not_unless(engine == DbBackend::Sqlite),
            },
            FieldKind::Timestamp => self.times(engine),
            FieldKind::Date => match self {
                Self::Date | Self::Numeric | Self::Any => Fit::Holds,
                Self::Text { .. } => Fit::not_unless(engine != DbBackend::Postgres),
                _ => Fit::Not,
            },
            _ => self.texts(field),
        }
    }

    /// How well it holds the mark of deleted rows, which is the key of the row.
    pub(super) fn fit_of_mark(&self) -> Fit {
        match self {
            Self::Truth => Fit::Not,
            other => other.integers(0, i32::MAX.into()),
        }
    }

    /// How well it holds the revision.
    pub(super) fn fit_of_revision(&self) -> Fit {
        self.integers(0, i64::MAX.into())
    }

    fn integers(&self, low: i128, high: i128) -> Fit {
        match self {
            Self::Integer(lowest, highest) => Fit::narrow_unless(*lowest <= low && high <= *highest),
            other => Fit::not_unless(matches!(other, Self::Numeric | Self::Any)),
        }
    }

    fn times(&self, engine: DbBackend) -> Fit {
        match self {
            Self::Time { has_each_year: false, .. } => Fit::Narrow,
            Self::Time { digits, .. } if *digits < 6 => Fit::FewDigits,
            Self::Time { .. } | Self::Numeric | Self::Any => Fit::Holds,
            Self::Text { .. } => Fit::not_unless(engine != DbBackend::Postgres),
            _ => Fit::Not,
        }
    }

    fn texts(&self, field: &FieldSpec) -> Fit {
        // None for JSON, and for predicates, which may have any length.
        let needed = text_chars(field);
        let is_any_text = matches!(field.kind, FieldKind::Text | FieldKind::Enum(_)) || !field.kind.is_scalar();
        match self {
            Self::Text { chars, bytes, is_unicode } => {
                let has_chars = chars.is_none_or(|chars| needed.is_some_and(|needed| u64::from(needed) <= chars));
                let needed_bytes = if field.kind == FieldKind::Text { Some(field.limits.bytes()) } else { needed };
                let has_bytes = bytes.is_none_or(|bytes| needed_bytes.map_or(MEDIUM, u64::from) <= bytes);
                Fit::narrow_unless(has_chars && has_bytes && (*is_unicode || !is_any_text))
            }
            Self::Padded(chars) => Fit::not_unless(field.kind == FieldKind::Uuid && *chars == 36),
            Self::Any => Fit::Holds,
            // A text of digits would come back as a number.
            Self::Numeric => Fit::not_unless(!matches!(field.kind, FieldKind::Text | FieldKind::Enum(_) | FieldKind::Decimal)),
            _ => Fit::Not,
        }
    }
}

/// Whether texts of the field are compared by what they are, and not only looked up as a whole.
pub(super) const fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text | FieldKind::Enum(_))
}

/// What the type of the column should be said to hold, for people.
pub(super) fn needs(field: &FieldSpec) -> String {
    match field.kind {
        FieldKind::Text => format!("a text of {} characters", chars_max(&field.limits)),
        FieldKind::Integer(width) => width.as_str().to_owned(),
        ref kind => kind.as_str().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use recension_model::{IntegerWidth, Limits};

    use super::*;

    const UNBOUNDED: Form = Form::Text { chars: None, bytes: None, is_unicode: true };

    fn fit(form: &Form, kind: FieldKind, engine: DbBackend) -> Fit {
        form.fit(&FieldSpec::new("field", kind), engine)
    }

    #[test]
    fn integers_need_a_column_as_wide_as_their_limits() {
        let narrow = Form::Integer(i32::MIN.into(), i32::MAX.into());
        let field = FieldSpec::new("field", FieldKind::Integer(IntegerWidth::I64));
        assert_eq!(narrow.fit(&field, DbBackend::Postgres), Fit::Narrow);
        let field = field.limits(Limits { min: Some(0), max: Some(100), ..Limits::default() });
        assert_eq!(narrow.fit(&field, DbBackend::Postgres), Fit::Holds);
        assert_eq!(fit(&UNBOUNDED, FieldKind::Bool, DbBackend::Postgres), Fit::Not);
        assert_eq!(fit(&Form::Real { is_double: true }, FieldKind::Duration, DbBackend::Sqlite), Fit::Not);
        assert_eq!((narrow.fit_of_mark(), Form::Truth.fit_of_mark(), narrow.fit_of_revision()), (Fit::Holds, Fit::Not, Fit::Narrow));
    }

    #[test]
    fn texts_need_a_column_as_long_as_their_limits_and_of_all_characters() {
        let of = |chars, bytes, is_unicode| Form::Text { chars, bytes, is_unicode };
        let field = FieldSpec::new("field", FieldKind::Text).limits(Limits { max_chars: Some(64), ..Limits::default() });
        for (form, expected) in [
            (of(Some(64), None, true), Fit::Holds),
            (of(Some(63), None, true), Fit::Narrow),
            (of(Some(64), None, false), Fit::Narrow),
            (of(None, Some(255), true), Fit::Narrow),
            (of(None, Some(256), true), Fit::Holds),
            (Form::Numeric, Fit::Not),
            (Form::Padded(64), Fit::Not),
            (Form::Date, Fit::Not),
        ] {
            assert_eq!(form.fit(&field, DbBackend::MySql), expected, "{form:?}");
        }
        assert_eq!(fit(&of(Some(36), None, false), FieldKind::Uuid, DbBackend::MySql), Fit::Holds);
        assert_eq!(fit(&Form::Padded(36), FieldKind::Uuid, DbBackend::Postgres), Fit::Holds);
        // JSON has no length.
        let list = FieldKind::list_of(FieldKind::Text);
        assert_eq!(fit(&of(None, Some(65_535), true), list.clone(), DbBackend::MySql), Fit::Narrow);
        assert_eq!(fit(&of(None, Some((1 << 24) - 1), true), list, DbBackend::MySql), Fit::Holds);
    }

    #[test]
    fn times_need_six_digits_and_each_year() {
        let of = |digits, has_each_year| Form::Time { digits, has_each_year };
        for (form, expected) in
            [(of(6, true), Fit::Holds), (of(0, true), Fit::FewDigits), (of(6, false), Fit::Narrow), (Form::Date, Fit::Not)]
        {
            assert_eq!(fit(&form, FieldKind::Timestamp, DbBackend::MySql), expected, "{form:?}");
        }
        assert_eq!(fit(&UNBOUNDED, FieldKind::Timestamp, DbBackend::Sqlite), Fit::Holds);
        assert_eq!(fit(&UNBOUNDED, FieldKind::Timestamp, DbBackend::Postgres), Fit::Not);
        assert_eq!(fit(&of(6, true), FieldKind::Date, DbBackend::Postgres), Fit::Not);
    }
}

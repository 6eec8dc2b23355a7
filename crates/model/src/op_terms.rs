//! What ops say beside fields and values.

use std::fmt;
use std::str::FromStr;

use crate::Rule;

/// What a number is multiplied by when its unit changes, exactly: `1024`, or `1/1024` for a coarser unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ratio {
    numerator: u64,
    denominator: u64,
}

const FORM: Rule = Rule::Form("ratio of two whole numbers that are not zero, as `1024` or `1/1024`");

impl Ratio {
    /// A ratio.
    ///
    /// # Errors
    /// [`Rule::Form`] where one of the two is zero.
    pub const fn new(numerator: u64, denominator: u64) -> Result<Self, Rule> {
        if numerator == 0 || denominator == 0 { Err(FORM) } else { Ok(Self { numerator, denominator }) }
    }

    /// A ratio that is known to have no zero.
    pub(crate) const fn declared(numerator: u64, denominator: u64) -> Self {
        Self { numerator, denominator }
    }

    /// What is multiplied by.
    #[must_use]
    pub const fn numerator(self) -> u64 {
        self.numerator
    }

    /// What is divided by.
    #[must_use]
    pub const fn denominator(self) -> u64 {
        self.denominator
    }

    /// The other way.
    #[must_use]
    pub const fn inverse(self) -> Self {
        Self { numerator: self.denominator, denominator: self.numerator }
    }
}

impl FromStr for Ratio {
    type Err = Rule;

    fn from_str(text: &str) -> Result<Self, Rule> {
        let (numerator, denominator) = text.split_once('/').unwrap_or((text, "1"));
        let whole = |text: &str| text.parse().map_err(|_| FORM);
        Self::new(whole(numerator)?, whole(denominator)?)
    }
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal),* $(,)? } or $form:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        pub enum $name {
            $($(#[$variant_doc])* $variant),*
        }

        impl $name {
            /// The word for it, as it is written in a derive and in a lock file.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word),*
                }
            }
        }

        impl FromStr for $name {
            type Err = Rule;

            fn from_str(text: &str) -> Result<Self, Rule> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(Rule::Form($form)),
                }
            }
        }
    };
}

words! {
    /// What becomes of a part of a number that a coarser unit cannot tell.
    Rounding {
        /// The next lower number.
        #[default]
        Floor = "floor",
        /// The next higher number.
        Ceiling = "ceiling",
        /// The nearest number, of two the even one.
        Nearest = "nearest",
    } or "rounding, `floor`, `ceiling` or `nearest`"
}

words! {
    /// Which item of a list stands for it.
    Pick {
        /// The first.
        #[default]
        First = "first",
        /// The last.
        Last = "last",
    } or "pick, `first` or `last`"
}

words! {
    /// What becomes of the other items of a list when the one that stands for it is changed.
    Others {
        /// They go: the list is the one that is there.
        #[default]
        Go = "go",
        /// They stay where they are.
        Stay = "stay",
    } or "choice, `go` or `stay`"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_read_as_it_is_written_and_is_never_zero() {
        for text in ["1024", "1/1024", "3/2"] {
            assert_eq!(text.parse::<Ratio>().unwrap().to_string(), text);
        }
        for text in ["0", "1/0", "", "-1", "1.5", "1/2/3", "1 / 2"] {
            assert_eq!(text.parse::<Ratio>(), Err(FORM), "{text}");
        }
        assert_eq!("1/8".parse::<Ratio>().unwrap().inverse(), Ratio::new(8, 1).unwrap());
    }

    #[test]
    fn words_are_read_as_they_are_written() {
        for rounding in [Rounding::Floor, Rounding::Ceiling, Rounding::Nearest] {
            assert_eq!(rounding.as_str().parse(), Ok(rounding));
        }
        assert!("first".parse::<Pick>() == Ok(Pick::First) && "last".parse::<Pick>() == Ok(Pick::Last));
        assert!("go".parse::<Others>() == Ok(Others::Go) && "stay".parse::<Others>() == Ok(Others::Stay));
        assert!("First".parse::<Pick>().is_err());
    }
}

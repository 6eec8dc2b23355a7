//! Numbers as JSON Schema sees them: `1` and `1.0` are one, and bounds are compared exactly.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::sync::Arc;

use serde_json::{Number, Value};

use super::arena::Type;
use super::values::Values;

/// Floats from here on are kept as floats; all smaller whole ones fit an `i128`.
const WHOLE_MAX: f64 = 1e30;

/// A number, the same for every spelling of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Num {
    /// A whole number.
    Int(i128),
    /// One with a fraction, or past [`WHOLE_MAX`].
    Float(f64),
}

/// Whether a number, or one in a value, may have been rounded when it was read: from 2^53 on not every whole number is one that a
/// float has, and what is past 64 bits is read as a float.
pub(super) fn is_rounded(value: &Value) -> bool {
    const EXACT_MAX: f64 = 9_007_199_254_740_992.0;
    match value {
        Value::Number(number) => number.as_i128().is_none() && number.as_f64().is_none_or(|float| float.abs() >= EXACT_MAX),
        Value::Array(items) => items.iter().any(is_rounded),
        Value::Object(map) => map.values().any(is_rounded),
        _ => false,
    }
}

/// Where a number that was rounded lies: between the floats on both sides of the one that it was rounded to. `None` for one that
/// was not.
pub(super) fn rounded_between(value: &Value) -> Option<(Num, Num)> {
    let float = value.as_f64().filter(|_| is_rounded(value))?;
    Some((Num::of_float(float.next_down()), Num::of_float(float.next_up())))
}

impl Num {
    pub(super) fn of(number: &Number) -> Option<Self> {
        if let Some(int) = number.as_i128() {
            return Some(Self::Int(int));
        }
        number.as_f64().filter(|float| float.is_finite()).map(Self::of_float)
    }

    #[expect(clippy::cast_possible_truncation, reason = "whole and within the range of an i128")]
    pub(super) fn of_float(float: f64) -> Self {
        if float.fract() == 0.0 && float.abs() < WHOLE_MAX { Self::Int(float as i128) } else { Self::Float(float) }
    }

    #[expect(clippy::cast_precision_loss, reason = "an approximation is asked for")]
    pub(super) fn approximate(self) -> f64 {
        match self {
            Self::Int(int) => int as f64,
            Self::Float(float) => float,
        }
    }

    /// What two numbers have in common that are one.
    const fn key(self) -> (bool, i128) {
        match self {
            Self::Int(int) => (true, int),
            Self::Float(float) => (false, float.to_bits().cast_signed() as i128),
        }
    }

    /// Whether it is a whole number. Floats past 2^53 all are.
    pub(super) fn is_whole(self) -> bool {
        match self {
            Self::Int(_) => true,
            Self::Float(float) => float.fract() == 0.0,
        }
    }

    #[expect(clippy::cast_possible_truncation, reason = "a fraction is below 2^53")]
    pub(super) fn cmp(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Int(left), Self::Int(right)) => left.cmp(&right),
            (Self::Float(left), Self::Float(right)) => left.total_cmp(&right),
            (Self::Float(_), Self::Int(_)) => other.cmp(self).reverse(),
            (Self::Int(left), Self::Float(right)) if right.abs() < WHOLE_MAX => {
                if left <= right.floor() as i128 {
                    Ordering::Less
                } else {
                    Ordering::Greater
                }
            }
            (Self::Int(_), Self::Float(right)) => 0.0_f64.total_cmp(&right),
        }
    }

    /// As JSON, if a `Value` can hold it exactly.
    pub(super) fn to_json(self) -> Option<Value> {
        match self {
            Self::Int(int) => {
                let small = i64::try_from(int).ok().map(Value::from).or_else(|| u64::try_from(int).ok().map(Value::from));
                let float = || (Self::of_float(self.approximate()) == self).then(|| Value::from(self.approximate()));
                small.or_else(float)
            }
            Self::Float(float) => Number::from_f64(float).map(Value::Number),
        }
    }
}

/// Whether two values are one to JSON Schema.
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => match (Num::of(left), Num::of(right)) {
            (Some(left), Some(right)) => left == right,
            _ => left == right,
        },
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len() && left.iter().all(|(key, value)| right.get(key).is_some_and(|other| same(value, other)))
        }
        _ => left == right,
    }
}

/// The numbers that are asked for, all conditions at once.
#[derive(Clone, Debug, Default)]
pub(super) struct Numbers {
    min: Option<(Num, bool)>,
    max: Option<(Num, bool)>,
    pub(super) whole: Option<bool>,
    pub(super) multiples: Vec<Num>,
    pub(super) not_multiples: Vec<Num>,
}

/// The numbers that are asked for, and what is left out of them.
struct Search<'n> {
    numbers: &'n Numbers,
    others: HashSet<(bool, i128)>,
}

/// What became of the search for a number.
pub(super) enum Found {
    Number(Value),
    None,
    /// The keyword that leaves it open.
    Open(&'static str),
}

impl Numbers {
    /// From `min` on, or past it.
    pub(super) fn at_least(&mut self, min: Num, past: bool) {
        if self.min.is_none_or(|(old, old_past)| old.cmp(min).then(old_past.cmp(&past)) == Ordering::Less) {
            self.min = Some((min, past));
        }
    }

    /// Up to `max`, or short of it.
    pub(super) fn at_most(&mut self, max: Num, short: bool) {
        if self.max.is_none_or(|(old, old_short)| max.cmp(old).then(old_short.cmp(&short)) == Ordering::Less) {
            self.max = Some((max, short));
        }
    }

    /// Whether a bound says nothing new.
    pub(super) fn implies(&self, bound: (Num, bool), is_min: bool) -> bool {
        let mut bounded = self.clone();
        if is_min {
            bounded.at_least(bound.0, bound.1)
        } else {
            bounded.at_most(bound.0, bound.1)
        }
        (bounded.min, bounded.max) == (self.min, self.max)
    }

    /// Whether there is anything left of a range with one more bound.
    pub(super) fn may_be(&self, bound: (Num, bool), is_min: bool) -> bool {
        let mut bounded = self.clone();
        if is_min {
            bounded.at_least(bound.0, bound.1)
        } else {
            bounded.at_most(bound.0, bound.1)
        }
        !bounded.is_empty()
    }

    /// The whole numbers at both ends of a range.
    fn wholes(&self) -> Option<(i128, i128)> {
        let near = |num: Num| num.approximate().abs() < WHOLE_MAX;
        let (min, past) = self.min.filter(|(min, _)| near(*min))?;
        let (max, short) = self.max.filter(|(max, _)| near(*max))?;
        let low = match min {
            Num::Int(int) => int + i128::from(past),
            Num::Float(float) => ceil(float),
        };
        let high = match max {
            Num::Int(int) => int - i128::from(short),
            Num::Float(float) => ceil(float) - 1,
        };
        Some((low, high))
    }

    fn in_range(&self, num: Num) -> bool {
        self.min.is_none_or(|(min, past)| if past { min.cmp(num).is_lt() } else { min.cmp(num).is_le() })
            && self.max.is_none_or(|(max, short)| if short { num.cmp(max).is_lt() } else { num.cmp(max).is_le() })
    }

    fn is_empty(&self) -> bool {
        if self.whole == Some(true) && self.wholes().is_some_and(|(low, high)| low > high) {
            return true;
        }
        match (self.min, self.max) {
            (Some((min, past)), Some((max, short))) => min.cmp(max).is_gt() || (min.cmp(max).is_eq() && (past || short)),
            _ => false,
        }
    }

    /// Whether it is only among floats of which each is a whole number that one is looked for.
    fn is_far_out(&self) -> bool {
        let far = |bound: Option<(Num, bool)>| matches!(bound, Some((Num::Float(float), _)) if float.abs() >= WHOLE_MAX);
        let (over, under) = (|(num, _): (Num, bool)| num.approximate() > 0.0, |(num, _): (Num, bool)| num.approximate() < 0.0);
        (far(self.min) && self.min.is_some_and(over)) || (far(self.max) && self.max.is_some_and(under))
    }

    /// A number that is none of these values.
    pub(super) fn find(&self, others: &[Arc<Values>]) -> Found {
        let others = others.iter().flat_map(|values| values.of(Type::Number)).filter_map(|value| Num::of(value.as_number()?));
        Search { numbers: self, others: others.map(Num::key).collect() }.find()
    }
}

impl Search<'_> {
    fn find(&self) -> Found {
        if self.numbers.is_empty() || self.numbers.multiples.iter().any(|of| self.numbers.not_multiples.contains(of)) {
            return Found::None;
        }
        let mut step: i128 = 1;
        for of in &self.numbers.multiples {
            let Num::Int(of) = *of else { return self.find_fraction() };
            let Some(common) = lcm(step, of) else { return Found::Open("multipleOf") };
            step = common;
        }
        if self.numbers.whole == Some(true) || !self.numbers.multiples.is_empty() {
            if step == 1 && self.numbers.not_multiples.is_empty() && self.numbers.is_far_out() {
                return self.find_any();
            }
            return if self.numbers.whole == Some(false) { Found::None } else { self.find_whole(step) };
        }
        self.find_any()
    }

    /// With a step that is no whole number nothing is claimed but that zero is a multiple.
    fn find_fraction(&self) -> Found {
        let zero = Num::Int(0);
        let fits = self.numbers.in_range(zero)
            && self.numbers.not_multiples.is_empty()
            && self.numbers.whole != Some(false)
            && !self.others.contains(&zero.key());
        if fits { Found::Number(Value::from(0)) } else { Found::Open("multipleOf") }
    }

    fn find_whole(&self, step: i128) -> Found {
        /// Numbers looked at before the search is given up.
        const TRIES_MAX: i128 = 200_000;
        let mut period = step;
        for of in &self.numbers.not_multiples {
            let Num::Int(of) = *of else { return Found::Open("multipleOf") };
            let Some(common) = lcm(period, of) else { return Found::Open("multipleOf") };
            period = common;
        }
        let left_out = self.others.len() as i128;
        let complete = (period / step).saturating_mul(left_out + 1).saturating_add(2);
        let tries = complete.min(TRIES_MAX.max(left_out + 3));
        let (start, direction) = match (self.numbers.min, self.numbers.max) {
            (Some((Num::Int(min), _)), _) => (ceil_to(min, step), step),
            (Some((Num::Float(min), _)), _) if min.abs() < WHOLE_MAX => (ceil_to(ceil(min), step), step),
            (Some(_), _) => return Found::Open("minimum"),
            (None, Some((Num::Int(max), _))) => (floor_to(max, step), -step),
            (None, Some((Num::Float(max), _))) if max.abs() < WHOLE_MAX => (floor_to(ceil(max), step), -step),
            (None, Some(_)) => return Found::Open("maximum"),
            (None, None) => (0, step),
        };
        // One more at the start, which may lie on or past an exclusive bound.
        for turn in 0..tries {
            let Some(int) = direction.checked_mul(turn).and_then(|way| start.checked_add(way)) else { return Found::Open("multipleOf") };
            let num = Num::Int(int);
            if self.numbers.in_range(num)
                && !self.others.contains(&num.key())
                && !self.numbers.not_multiples.iter().any(|of| is_multiple(num, *of) == Some(true))
            {
                // Past 64 bits not every whole number is one that a JSON parser makes.
                return num.to_json().map_or_else(|| if step == 1 { self.find_any() } else { Found::Open("minimum") }, Found::Number);
            }
            let gone = if direction > 0 { self.numbers.max.is_some_and(|(max, _)| num.cmp(max).is_gt()) } else { false };
            if gone {
                return Found::None;
            }
        }
        if complete <= tries { Found::None } else { Found::Open("multipleOf") }
    }

    fn find_any(&self) -> Found {
        if let (Some((min, _)), Some((max, _))) = (self.numbers.min, self.numbers.max)
            && min.cmp(max).is_eq()
        {
            if self.fits(min) == Some(false) {
                return Found::None;
            }
            return min.to_json().filter(|_| self.fits(min) == Some(true)).map_or(Found::Open("multipleOf"), Found::Number);
        }
        let found = self.candidates().into_iter().filter(|num| self.fits(*num) == Some(true)).find_map(Num::to_json);
        found.map_or(Found::Open("minimum"), Found::Number)
    }

    /// Numbers at the ends of the range, near zero and in between: as many as may be left out, and more. Those that people like to read
    /// come first.
    #[expect(clippy::cast_precision_loss, reason = "there are not so many")]
    fn candidates(&self) -> Vec<Num> {
        let count = self.others.len() + self.numbers.not_multiples.len() + 4;
        let whole = |end: Option<(Num, bool)>| match end?.0 {
            Num::Int(int) => Some(int),
            Num::Float(float) => (float.abs() < WHOLE_MAX).then(|| ceil(float)),
        };
        let (min, max) = (whole(self.numbers.min), whole(self.numbers.max));
        let down = max.map(|max| max - count as i128);
        let starts = || [min, Some(0), down].into_iter().flatten();
        let turns = || (0..=count).map(|turn| turn as i128);
        let wholes = starts().flat_map(|start| turns().map(move |turn| Num::Int(start + turn)));
        let halves = starts().flat_map(|start| turns().map(move |turn| Num::of_float(Num::Int(start + turn).approximate() - 0.5)));
        let ends = [self.numbers.min, self.numbers.max].into_iter().flatten().map(|(end, _)| end);
        let (low, high) = (self.numbers.min.map(|(min, _)| min.approximate()), self.numbers.max.map(|(max, _)| max.approximate()));
        let parts = low.zip(high).into_iter().flat_map(|(low, high)| {
            let part = move |at: usize| low + (high / 2.0 - low / 2.0) * (2.0 * at as f64 / (count as f64 + 1.5));
            (1..=count).map(move |at| Num::of_float(part(at)))
        });
        // One float after the other: where there are fewer of them than may be left out, each is looked at.
        let from = |start: Option<f64>, next: fn(f64) -> f64| {
            std::iter::successors(start, move |float| Some(next(*float))).take_while(|float| float.is_finite()).take(count + 1)
        };
        let floats = from(low, f64::next_up).chain(from(high, f64::next_down)).chain(from(Some(0.0), f64::next_up));
        let floats = floats.chain(from(Some(0.0), f64::next_down)).map(Num::of_float);
        ends.chain(wholes).chain(halves).chain(parts).chain(floats).collect()
    }

    fn fits(&self, num: Num) -> Option<bool> {
        let fits = self.numbers.in_range(num)
            && self.numbers.whole.is_none_or(|whole| whole == num.is_whole())
            && !self.others.contains(&num.key());
        if !fits {
            return Some(false);
        }
        for of in &self.numbers.not_multiples {
            if is_multiple(num, *of)? {
                return Some(false);
            }
        }
        Some(true)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "called below WHOLE_MAX")]
fn ceil(float: f64) -> i128 {
    float.ceil() as i128
}

fn ceil_to(int: i128, step: i128) -> i128 {
    int.div_euclid(step) * step + if int.rem_euclid(step) == 0 { 0 } else { step }
}

fn floor_to(int: i128, step: i128) -> i128 {
    int.div_euclid(step) * step
}

fn lcm(left: i128, right: i128) -> Option<i128> {
    let (mut a, mut b) = (left, right);
    while b != 0 {
        (a, b) = (b, a % b);
    }
    (left / a).checked_mul(right).filter(|common| *common < 1 << 80)
}

/// Whether a number is a multiple; `None` where floats would have to be trusted.
pub(super) fn is_multiple(num: Num, of: Num) -> Option<bool> {
    match (num, of) {
        (Num::Int(0), _) => Some(true),
        (Num::Int(num), Num::Int(of)) => Some(num % of == 0),
        (Num::Float(num), Num::Int(_)) if num.fract() != 0.0 => Some(false),
        _ => (num == of).then_some(true),
    }
}

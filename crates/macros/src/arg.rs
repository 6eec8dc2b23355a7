//! The one grammar of everything in the brackets of our attributes.

use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprUnary, Ident, Lit, LitStr, Path, Token, Type, UnOp, token};

use crate::errors::{Errors, plain};

/// `a`, `a = expr`, `a => b`, `a: T`, `a: T -> U`, `a: T => (b, c)`, `a: (b: T, c: U) => (d, e)`, `a: "1.0" => "1.1"`, `a(arg, ..)`,
/// `a("text", arg, ..)`, `a((b: T, c: U) => d, arg, ..)` or `a("text" => 1, ..)`.
#[derive(Clone, Debug)]
pub(crate) struct Arg {
    pub(crate) name: Ident,
    pub(crate) rest: Rest,
}

/// What follows the name of an [`Arg`].
#[derive(Clone, Debug)]
pub(crate) enum Rest {
    Nothing,
    Value(Box<Expr>),
    Becomes(Ident),
    Type(Box<Type>),
    Retyped(Box<Type>, Box<Type>),
    /// A type, and the names of what it is since.
    Parted(Box<Type>, Vec<Ident>),
    Grouped(Group),
    Texts(LitStr, LitStr),
    List(Vec<Arg>),
    /// A list that begins with a text.
    Entry(LitStr, Vec<Arg>),
    /// A list that begins with fields that became others.
    Group(Group, Vec<Arg>),
    /// A list of pairs of literals.
    Pairs(Vec<(Expr, Expr)>),
}

/// `(b: T, c: U) => (d, e)`, or with a bare name behind the arrow.
#[derive(Clone, Debug)]
pub(crate) struct Group {
    /// Where the fields stand.
    pub(crate) span: Span,
    /// The fields, each with what is said of it behind it.
    pub(crate) fields: Vec<Arg>,
    pub(crate) into: Vec<Ident>,
}

/// A literal of a declaration.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Literal {
    Null,
    Integer(i128),
    Float(f64),
    Bool(bool),
    Text(String),
    Empty,
}

impl Literal {
    /// A number that orders bounds as they are: of a duration its sign and length, which is enough to tell a slip.
    pub(crate) fn order(&self) -> Option<f64> {
        match self {
            #[expect(clippy::cast_precision_loss, reason = "bounds that differ only past 53 bits are compared when the object is made")]
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            Self::Text(text) => {
                let (sign, text) = text.strip_prefix('-').map_or((1.0, text.as_str()), |text| (-1.0, text));
                text.strip_prefix("PT")?.strip_suffix('S')?.parse::<f64>().ok().map(|seconds| sign * seconds)
            }
            Self::Null | Self::Bool(_) | Self::Empty => None,
        }
    }
}

impl Parse for Arg {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(token::Paren) {
            return Err(input.error("fields in parentheses stand first, or behind a name and a colon: `name: (field: Type, ..) => ..`"));
        }
        let name = Ident::parse_any(input)?;
        let rest = if input.peek(Token![=>]) {
            input.parse::<Token![=>]>()?;
            Rest::Becomes(Ident::parse_any(input)?)
        } else if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Rest::Value(input.parse()?)
        } else if input.peek(Token![:]) {
            input.parse::<Token![:]>()?;
            after_colon(input)?
        } else if input.peek(token::Paren) {
            let inner;
            syn::parenthesized!(inner in input);
            in_parentheses(&name, &inner)?
        } else {
            Rest::Nothing
        };
        Ok(Self { name, rest })
    }
}

/// What follows the name of an argument in parentheses.
fn in_parentheses(name: &Ident, input: ParseStream<'_>) -> syn::Result<Rest> {
    if name == "table" || (input.peek(Lit) && input.peek2(Token![=>])) {
        let pair = |input: ParseStream<'_>| {
            let before = input.parse()?;
            input.parse::<Token![=>]>()?;
            Ok((before, input.parse()?))
        };
        return Ok(Rest::Pairs(Punctuated::<_, Token![,]>::parse_terminated_with(input, pair)?.into_iter().collect()));
    }
    let rest = |input: ParseStream<'_>| {
        if !input.is_empty() {
            input.parse::<Token![,]>()?;
        }
        list(input)
    };
    if input.peek(LitStr) {
        Ok(Rest::Entry(input.parse()?, rest(input)?))
    } else if input.peek(token::Paren) {
        Ok(Rest::Group(input.parse()?, rest(input)?))
    } else {
        Ok(Rest::List(list(input)?))
    }
}

impl Parse for Group {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let inner;
        let span = syn::parenthesized!(inner in input).span.join();
        let fields = list(&inner)?;
        input.parse::<Token![=>]>()?;
        Ok(Self { span, fields, into: names(input)? })
    }
}

/// `a` or `(a, b)`.
fn names(input: ParseStream<'_>) -> syn::Result<Vec<Ident>> {
    if !input.peek(token::Paren) {
        return Ok(vec![Ident::parse_any(input)?]);
    }
    let inner;
    syn::parenthesized!(inner in input);
    Ok(Punctuated::<Ident, Token![,]>::parse_terminated_with(&inner, Ident::parse_any)?.into_iter().collect())
}

/// `T`, `T -> U`, `T => (b, c)`, `(b: T, c: U) => (d, e)` or `"1.0" => "1.1"`.
fn after_colon(input: ParseStream<'_>) -> syn::Result<Rest> {
    if input.peek(token::Paren) && input.peek2(Token![=>]) {
        return Ok(Rest::Grouped(input.parse()?));
    }
    if input.peek(LitStr) {
        let from = input.parse()?;
        input.parse::<Token![=>]>()?;
        return Ok(Rest::Texts(from, input.parse()?));
    }
    let ty = input.parse()?;
    if input.peek(Token![=>]) {
        input.parse::<Token![=>]>()?;
        return Ok(Rest::Parted(Box::new(ty), names(input)?));
    }
    if !input.peek(Token![->]) {
        return Ok(Rest::Type(Box::new(ty)));
    }
    input.parse::<Token![->]>()?;
    Ok(Rest::Retyped(Box::new(ty), input.parse()?))
}

/// Arguments up to the end of the input, with commas between them.
pub(crate) fn list(input: ParseStream<'_>) -> syn::Result<Vec<Arg>> {
    Ok(Punctuated::<Arg, Token![,]>::parse_terminated(input)?.into_iter().collect())
}

/// The arguments of all attributes called `name`; one given twice is an error.
pub(crate) fn of_attributes(attrs: &[Attribute], name: &str, errors: &mut Errors) -> Vec<Arg> {
    of_attributes_with(attrs, name, &[], errors)
}

/// As [`of_attributes`], with arguments that may be given any number of times.
pub(crate) fn of_attributes_with(attrs: &[Attribute], name: &str, repeatable: &[&str], errors: &mut Errors) -> Vec<Arg> {
    let mut args: Vec<Arg> = Vec::new();
    for attr in attrs.iter().filter(|attr| attr.path().is_ident(name)) {
        for arg in errors.take(attr.parse_args_with(list)).unwrap_or_default() {
            if args.iter().any(|earlier| earlier.name == arg.name) && !repeatable.contains(&arg.key().as_str()) {
                errors.at(&arg.name, format!("`{}` is given twice", plain(&arg.name)));
            } else {
                args.push(arg);
            }
        }
    }
    args
}

impl Arg {
    /// The name as text.
    pub(crate) fn key(&self) -> String {
        plain(&self.name)
    }

    /// Checks that nothing follows the name.
    pub(crate) fn flag(&self, errors: &mut Errors) -> bool {
        let bare = matches!(self.rest, Rest::Nothing);
        if !bare {
            errors.at(&self.name, format!("`{}` takes no value", self.key()));
        }
        bare
    }

    /// The day that is given as `key = "YYYY-MM-DD"`.
    pub(crate) fn day(&self, errors: &mut Errors) -> Option<String> {
        let day = self.text(errors)?;
        if is_day(&day.value()) {
            return Some(day.value());
        }
        errors.at(&day, "a day is written as `2027-03-01`");
        None
    }

    /// The text of `a = "text"`, which must not be empty.
    pub(crate) fn text(&self, errors: &mut Errors) -> Option<LitStr> {
        match self.value() {
            Some(Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) if !text.value().trim().is_empty() => Some(text.clone()),
            _ => self.expected("a text in quotes that is not empty", errors),
        }
    }

    /// The number of `a = 1`, which must be in the range.
    pub(crate) fn integer(&self, range: std::ops::RangeInclusive<i128>, errors: &mut Errors) -> Option<i128> {
        match self.value().and_then(integer) {
            Some(number) if range.contains(&number) => Some(number),
            Some(_) => {
                errors.span(self.value_span(), format!("`{}` must be between {} and {}", self.key(), range.start(), range.end()));
                None
            }
            None => self.expected("a whole number", errors),
        }
    }

    /// The path of `a = some::path`.
    pub(crate) fn path(&self, errors: &mut Errors) -> Option<Path> {
        match self.value() {
            Some(Expr::Path(path)) if path.qself.is_none() => Some(path.path.clone()),
            _ => self.expected("a path", errors),
        }
    }

    /// The literal of `a = literal`.
    pub(crate) fn literal(&self, errors: &mut Errors) -> Option<Literal> {
        match self.value().and_then(literal) {
            Some(literal) => Some(literal),
            None => self.expected("`null`, a text, a number, `true`, `false` or `[]`", errors),
        }
    }

    /// Where the value stands; where the name stands if there is none.
    pub(crate) fn value_span(&self) -> Span {
        use syn::spanned::Spanned;
        self.value().map_or_else(|| self.name.span(), Spanned::span)
    }

    fn value(&self) -> Option<&Expr> {
        match &self.rest {
            Rest::Value(value) => Some(value),
            _ => None,
        }
    }

    fn expected<T>(&self, what: &str, errors: &mut Errors) -> Option<T> {
        errors.span(self.value_span(), format!("write `{} = ..` with {what}", self.key()));
        None
    }
}

fn integer(value: &Expr) -> Option<i128> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) => number.base10_parse().ok(),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => integer(expr)?.checked_neg(),
        _ => None,
    }
}

/// The literal that an expression is.
pub(crate) fn literal(value: &Expr) -> Option<Literal> {
    match value {
        Expr::Path(path) if path.path.is_ident("null") => Some(Literal::Null),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(Literal::Text(text.value())),
        Expr::Lit(ExprLit { lit: Lit::Bool(value), .. }) => Some(Literal::Bool(value.value)),
        Expr::Array(array) if array.elems.is_empty() => Some(Literal::Empty),
        _ => integer(value).map(Literal::Integer).or_else(|| float(value).map(Literal::Float)),
    }
}

fn float(value: &Expr) -> Option<f64> {
    match value {
        Expr::Lit(ExprLit { lit: Lit::Float(number), .. }) => number.base10_parse().ok().filter(|number: &f64| number.is_finite()),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => float(expr).map(std::ops::Neg::neg),
        _ => None,
    }
}

/// Whether a text is a day of the calendar, `YYYY-MM-DD`.
fn is_day(text: &str) -> bool {
    let bytes = text.as_bytes();
    let digits = bytes.iter().enumerate().all(|(place, byte)| if place == 4 || place == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    let part = |range: std::ops::Range<usize>| text.get(range).and_then(|part| part.parse::<u32>().ok()).unwrap_or_default();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let leaps = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 if leaps => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => 0,
    };
    bytes.len() == 10 && digits && year > 0 && (1..=days).contains(&day)
}

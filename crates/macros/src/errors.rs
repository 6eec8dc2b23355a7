//! Errors of one run of a derive, reported together.

use proc_macro2::{Span, TokenStream};
use syn::Ident;
use syn::spanned::Spanned;

/// How alike two words must be for one to be suggested for the other, from 0 to 1: one slip in three letters.
const ALIKE_MIN: f64 = 0.6;

/// Everything found wrong so far, each with the token at fault.
#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<syn::Error>);

impl Errors {
    /// Notes an error at a token.
    pub(crate) fn at(&mut self, token: &impl Spanned, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(token.span(), message));
    }

    /// Notes an error at a place.
    pub(crate) fn span(&mut self, span: Span, message: impl std::fmt::Display) {
        self.0.push(syn::Error::new(span, message));
    }

    /// The value, or a note of the error.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.0.push(error)).ok()
    }

    /// Notes that there is no `word`, and which of the `known` ones was probably meant.
    pub(crate) fn unknown<'k>(&mut self, what: &str, word: &Ident, known: impl IntoIterator<Item = &'k str>) {
        self.span(word.span(), unknown(what, &plain(word), known));
    }

    /// Adds what was found from the end to the beginning, in the order in which it is read.
    pub(crate) fn append_reversed(&mut self, later: Self) {
        self.0.extend(later.0.into_iter().rev());
    }

    /// Whether nothing was found wrong.
    pub(crate) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The errors as code that makes the compiler show them.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// The message that there is no `word`, with a suggestion or, failing that, all that there is.
pub(crate) fn unknown<'k>(what: &str, word: &str, known: impl IntoIterator<Item = &'k str>) -> String {
    let known: Vec<&str> = known.into_iter().collect();
    let likeness = |candidate: &&str| strsim::normalized_damerau_levenshtein(candidate, word);
    let nearest = known.iter().copied().max_by(|left, right| likeness(left).total_cmp(&likeness(right)));
    match nearest.filter(|candidate| likeness(candidate) >= ALIKE_MIN) {
        Some(meant) => format!("unknown {what} `{word}`; did you mean `{meant}`?"),
        None if known.is_empty() => format!("unknown {what} `{word}`"),
        None => {
            let all: Vec<String> = known.iter().map(|word| format!("`{word}`")).collect();
            format!("unknown {what} `{word}`; known: {}", all.join(", "))
        }
    }
}

/// An identifier as text, `type` for `r#type`.
pub(crate) fn plain(ident: &Ident) -> String {
    use syn::ext::IdentExt;
    ident.unraw().to_string()
}

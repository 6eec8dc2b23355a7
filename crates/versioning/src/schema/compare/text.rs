//! Patterns as automata: whether some text matches these and does not match those.
//!
//! Only patterns of which all engines mean the same are read: literals, classes of characters by ranges, groups, repetition,
//! alternatives, and the two ends of the text. What has any other meaning anywhere (`.`, `\w`, `\b`, flags, names) is not
//! decided.

use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson;
use regex_automata::util::primitives::StateID;
use regex_automata::util::start;
use regex_automata::{Anchored, MatchKind};
use regex_syntax::ast::{self, Ast};
use regex_syntax::hir::{Dot, Hir, HirKind, translate::Translator};

/// Bytes of one automaton, and of what it is made with.
const AUTOMATON_BYTES_MAX: usize = 4 << 20;
/// Texts that are looked at before the search is given up.
const TEXTS_MAX: usize = 100_000;
/// Characters that a text may have to have.
const LENGTH_MAX: u64 = 4_096;

/// All texts that match a pattern.
#[derive(Debug)]
pub(super) struct Texts {
    automaton: dense::DFA<Vec<u32>>,
    start: StateID,
    /// Where ranges of its characters begin: those between two are all alike.
    bounds: BTreeSet<u32>,
}

impl Texts {
    /// `None` for a pattern that is not decided here.
    pub(super) fn of(pattern: &str) -> Option<Self> {
        // An empty class and an open lower bound are read in different ways, and the parser does not tell.
        if ["[]", "[^]", "{,"].iter().any(|form| pattern.contains(form)) {
            return None;
        }
        let tree = ast::parse::Parser::new().parse(pattern).ok()?;
        if !is_plain(&tree) {
            return None;
        }
        let inner = Translator::new().translate(pattern, &tree).ok()?;
        let mut bounds = BTreeSet::from([0]);
        gather(&inner, &mut bounds);
        let any =
            || Hir::repetition(regex_syntax::hir::Repetition { min: 0, max: None, greedy: true, sub: Box::new(Hir::dot(Dot::AnyChar)) });
        let whole = Hir::concat(vec![any(), inner, any()]);
        let nfa = thompson::Compiler::new()
            .configure(thompson::Config::new().nfa_size_limit(Some(AUTOMATON_BYTES_MAX)))
            .build_from_hir(&whole)
            .ok()?;
        let config = dense::Config::new()
            .match_kind(MatchKind::All)
            .start_kind(StartKind::Anchored)
            .dfa_size_limit(Some(AUTOMATON_BYTES_MAX))
            .determinize_size_limit(Some(AUTOMATON_BYTES_MAX));
        let automaton = dense::Builder::new().configure(config).build_from_nfa(&nfa).ok()?;
        let start = automaton.start_state(&start::Config::new().anchored(Anchored::Yes)).ok()?;
        Some(Self { automaton, start, bounds })
    }

    /// Whether a text matches.
    pub(super) fn has(&self, text: &str) -> bool {
        let last = text.chars().fold(self.start, |state, letter| self.next(state, letter));
        self.ends(last)
    }

    fn next(&self, state: StateID, letter: char) -> StateID {
        let mut bytes = [0; 4];
        letter.encode_utf8(&mut bytes).bytes().fold(state, |state, byte| self.automaton.next_state(state, byte))
    }

    fn ends(&self, state: StateID) -> bool {
        self.automaton.is_match_state(self.automaton.next_eoi_state(state))
    }
}

/// Whether a pattern has one meaning everywhere.
fn is_plain(tree: &Ast) -> bool {
    match tree {
        Ast::Empty(_) => true,
        Ast::Literal(literal) => is_plain_literal(literal),
        Ast::Assertion(assertion) => matches!(assertion.kind, ast::AssertionKind::StartLine | ast::AssertionKind::EndLine),
        Ast::ClassBracketed(class) => matches!(&class.kind, ast::ClassSet::Item(item) if is_plain_item(item)),
        // Twice is possessive in one language and an error in another.
        Ast::Repetition(repetition) => !matches!(*repetition.ast, Ast::Repetition(_)) && is_plain(&repetition.ast),
        Ast::Group(group) => {
            let plain = match &group.kind {
                ast::GroupKind::CaptureIndex(_) => true,
                ast::GroupKind::NonCapturing(flags) => flags.items.is_empty(),
                ast::GroupKind::CaptureName { .. } => false,
            };
            plain && is_plain(&group.ast)
        }
        Ast::Alternation(alternation) => alternation.asts.iter().all(is_plain),
        Ast::Concat(concat) => concat.asts.iter().all(is_plain),
        Ast::Flags(_) | Ast::Dot(_) | Ast::ClassUnicode(_) | Ast::ClassPerl(_) => false,
    }
}

fn is_plain_literal(literal: &ast::Literal) -> bool {
    use ast::{HexLiteralKind, LiteralKind, SpecialLiteralKind};
    match &literal.kind {
        LiteralKind::Verbatim | LiteralKind::Meta => true,
        LiteralKind::Superfluous => literal.c.is_ascii_punctuation(),
        LiteralKind::HexFixed(kind) => matches!(kind, HexLiteralKind::X | HexLiteralKind::UnicodeShort),
        LiteralKind::Special(kind) => !matches!(kind, SpecialLiteralKind::Bell | SpecialLiteralKind::Space),
        LiteralKind::HexBrace(_) | LiteralKind::Octal => false,
    }
}

fn is_plain_item(item: &ast::ClassSetItem) -> bool {
    match item {
        ast::ClassSetItem::Literal(literal) => is_plain_literal(literal) && literal.c != '[',
        ast::ClassSetItem::Range(range) => is_plain_literal(&range.start) && is_plain_literal(&range.end),
        ast::ClassSetItem::Union(union) => union.items.iter().all(is_plain_item),
        _ => false,
    }
}

/// Collects where ranges of characters begin and end.
fn gather(hir: &Hir, bounds: &mut BTreeSet<u32>) {
    let mut range = |low: char, high: char| {
        bounds.insert(u32::from(low));
        bounds.insert(u32::from(high) + 1);
    };
    match hir.kind() {
        HirKind::Literal(literal) => String::from_utf8_lossy(&literal.0).chars().for_each(|letter| range(letter, letter)),
        HirKind::Class(regex_syntax::hir::Class::Unicode(class)) => {
            class.ranges().iter().for_each(|letters| range(letters.start(), letters.end()));
        }
        HirKind::Repetition(repetition) => gather(&repetition.sub, bounds),
        HirKind::Capture(capture) => gather(&capture.sub, bounds),
        HirKind::Concat(all) | HirKind::Alternation(all) => all.iter().for_each(|hir| gather(hir, bounds)),
        _ => {}
    }
}

/// What a search for a text came to.
#[derive(Debug, PartialEq)]
pub(super) enum Found {
    Text(String),
    None,
    /// Not decided.
    Open,
}

/// A text of so many characters that is in the first of each pair if the second says so, and not in it if not, and that is
/// none of `others`. `spend` counts what it takes, and says whether there is more.
pub(super) fn find(
    patterns: &[(Arc<Texts>, bool)],
    size_min: u64,
    size_max: u64,
    others: &[&str],
    spend: &mut dyn FnMut(usize) -> bool,
) -> Found {
    if size_min > LENGTH_MAX {
        return Found::Open;
    }
    let letters = letters(patterns, others);
    let first: Vec<StateID> = patterns.iter().map(|(texts, _)| texts.start).collect();
    // The shortest texts of each state come first, as many as may be left out and one. Past the least length, lengths are alike
    // but for the greatest.
    let mut seen: HashMap<(Vec<StateID>, u64), usize> = HashMap::from([((first.clone(), 0), 1)]);
    let mut open = VecDeque::from([(first, String::new(), 0_u64)]);
    let mut looked = 0;
    while let Some((states, text, length)) = open.pop_front() {
        let matches = || patterns.iter().zip(&states).all(|((texts, holds), state)| texts.ends(*state) == *holds);
        if length >= size_min && !others.contains(&text.as_str()) && matches() {
            return Found::Text(text);
        }
        if length == size_max {
            continue;
        }
        // A letter is followed in each automaton, and the text is copied.
        if !spend(letters.len() * (8 + patterns.len() + text.len() / 512) + others.len()) {
            return Found::Open;
        }
        for letter in &letters {
            let next: Vec<StateID> = patterns.iter().zip(&states).map(|((texts, _), state)| texts.next(*state, *letter)).collect();
            let key = (next, (length + 1).min(size_min));
            let count = seen.entry(key.clone()).or_default();
            if *count <= others.len() {
                *count += 1;
                looked += 1;
                if looked > TEXTS_MAX {
                    return Found::Open;
                }
                open.push_back((key.0, format!("{text}{letter}"), length + 1));
            }
        }
    }
    // Had a state been reached by more texts than may be left out, one of them would have been found: so all were looked at.
    Found::None
}

/// One character of each range in which all are alike to the patterns, those that people read first.
fn letters(patterns: &[(Arc<Texts>, bool)], others: &[&str]) -> Vec<char> {
    let mut bounds: BTreeSet<u32> = patterns.iter().flat_map(|(texts, _)| texts.bounds.iter().copied()).collect();
    // So that a text beside those that are left out is found.
    bounds.extend(others.iter().flat_map(|other| other.chars()).flat_map(|letter| [u32::from(letter), u32::from(letter) + 1]));
    bounds.extend([u32::from('a'), u32::from('a') + 1, 0xD800, 0xE000]);
    let ends = bounds.iter().skip(1).copied().chain([0x11_0000]);
    let ranges = bounds.iter().copied().zip(ends);
    let mut letters: Vec<char> = ranges.filter_map(|(low, high)| shown(low, high)).collect();
    letters.sort_by_key(|letter| (*letter != 'a', !letter.is_ascii_graphic(), *letter));
    letters
}

/// A character of a range, one that can be seen if there is one.
fn shown(low: u32, high: u32) -> Option<char> {
    let graphic = (low.max(0x21)..high.min(0x7F)).next();
    graphic.or_else(|| (low..high).next()).and_then(char::from_u32)
}

/// The automata of patterns, each made once.
#[derive(Debug, Default)]
pub(super) struct Patterns(HashMap<Arc<str>, Option<Arc<Texts>>>);

impl Patterns {
    /// Makes the automaton of a pattern.
    pub(super) fn add(&mut self, pattern: &Arc<str>) {
        self.0.entry(pattern.clone()).or_insert_with(|| Texts::of(pattern).map(Arc::new));
    }

    /// The automaton of a pattern that was added; none if it is not decided.
    pub(super) fn get(&self, pattern: &str) -> Option<&Arc<Texts>> {
        self.0.get(pattern)?.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pattern: &str) -> Arc<Texts> {
        Arc::new(Texts::of(pattern).unwrap())
    }

    #[test]
    fn a_pattern_is_found_anywhere_unless_it_says_where() {
        for (pattern, matching, others) in [
            ("b", vec!["b", "abc", "bb"], vec!["", "ac"]),
            ("^b", vec!["b", "bc"], vec!["", "ab"]),
            ("b$", vec!["b", "ab"], vec!["b\n", "ba"]),
            (r"^[^\x00]*$", vec!["", "é日𝄞", "\n"], vec!["\0", "a\0b"]),
            (r"^(?:a|bc){1,2}$", vec!["a", "abc", "bcbc"], vec!["", "aaa", "b"]),
            ("", vec!["", "x"], vec![]),
            (r"^\u00e9\.$", vec!["é."], vec!["éx", "e."]),
        ] {
            let texts = texts(pattern);
            assert!(matching.iter().all(|text| texts.has(text)), "{pattern}");
            assert!(!others.iter().any(|text| texts.has(text)), "{pattern}");
        }
    }

    #[test]
    fn what_has_more_than_one_meaning_is_not_decided() {
        for pattern in [
            ".",
            r"\w",
            r"\d",
            r"\s",
            r"\bx",
            r"(?i)a",
            r"(?<n>a)",
            r"\p{L}",
            "[[:alpha:]]",
            "[a&&b]",
            "[]a]",
            "[^]",
            "a{,2}",
            r"\a",
            r"\x{61}",
            r"\u{61}",
            "(?=a)",
            "[a[b]]",
            r"\Aa",
            r"\<a",
        ] {
            assert!(Texts::of(pattern).is_none(), "{pattern}");
        }
        // Too large to be worked out.
        assert!(Texts::of("^(?:[ab]*a[ab]{40})$").is_none());
    }

    #[test]
    fn the_shortest_text_is_found_or_there_is_none() {
        let (letters, digits, even) = (texts("^[a-z]+$"), texts("[0-9]"), texts("^(?:[a-z]{2})*$"));
        let text = |text: &str| Found::Text(text.to_owned());
        let found = |patterns: &[(Arc<Texts>, bool)], min, max, others: &[&str]| find(patterns, min, max, others, &mut |_| true);
        assert_eq!(found(&[(letters.clone(), true)], 0, 9, &[]), text("a"));
        assert_eq!(found(&[(letters.clone(), true)], 3, 9, &[]), text("aaa"));
        assert_eq!(found(&[(letters.clone(), true), (digits.clone(), true)], 0, u64::MAX, &[]), Found::None);
        assert_eq!(found(&[(letters.clone(), true), (even.clone(), false)], 2, 2, &[]), Found::None);
        assert_eq!(found(&[(letters.clone(), true), (even.clone(), false)], 2, 3, &[]), text("aaa"));
        assert_eq!(found(&[(letters.clone(), false)], 0, 0, &[""]), Found::None);
        assert_eq!(found(&[(letters.clone(), true)], 1, 1, &["a"]), text("b"));
        assert_eq!(found(&[(letters, true)], 5_000, u64::MAX, &[]), Found::Open);
        assert_eq!(found(&[(digits, false)], 0, u64::MAX, &[]), text(""));
    }

    #[test]
    fn a_search_that_takes_too_much_is_given_up() {
        let apart = [texts("^(?:[ab]{11})+$"), texts("^(?:[ab]{13})+$")].map(|texts| (texts, true));
        let mut left = 100_usize;
        let found = find(&apart, 0, u64::MAX, &[], &mut |work| {
            left = left.saturating_sub(work);
            left > 0
        });
        assert_eq!(found, Found::Open);
    }
}

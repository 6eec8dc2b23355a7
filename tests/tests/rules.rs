//! Each rule of the gate fires at a change that breaks it, and at nothing else; near misses are let through.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use recension_versioning::LockFile;
use recension_versioning::rules::{
    Evidence, Export, Finding, Fixture, FixtureOutcome, Gate, GateVerdict, LawOutcome, LawRun, Mode, RULES, Report, Severity, check,
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Cases {
    base: String,
    wide: String,
    plain: String,
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    rule: String,
    #[serde(default)]
    of: Of,
    edits: Vec<[String; 2]>,
    miss: Vec<[String; 2]>,
    #[serde(default)]
    also: Vec<String>,
    #[serde(default)]
    raw: bool,
    #[serde(default)]
    miss_raw: bool,
    mode: Option<String>,
    #[serde(default)]
    evidence: Seen,
    /// For the near miss.
    #[serde(default)]
    seen: Seen,
}

/// What was seen beside the lock files.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seen {
    fixtures: Option<Vec<[String; 3]>>,
    #[serde(default)]
    exports: Vec<(String, bool)>,
    #[serde(default)]
    laws: Vec<[String; 4]>,
    #[serde(default)]
    window: BTreeMap<String, String>,
    #[serde(default)]
    behind: Vec<String>,
}

impl Seen {
    fn evidence(&self) -> Evidence {
        let mut evidence = Evidence::default();
        evidence.fixtures = self.fixtures.as_ref().map(|fixtures| {
            let fixture = |[object, version, outcome]: &[String; 3]| Fixture {
                object: object.clone(),
                version: version.parse().unwrap(),
                outcome: match outcome.as_str() {
                    "same" => FixtureOutcome::Same,
                    "stale expectation" => FixtureOutcome::StaleExpectation,
                    how => FixtureOutcome::Changed(how.to_owned()),
                },
            };
            fixtures.iter().map(fixture).collect()
        });
        let export = |(path, is_current): &(String, bool)| Export { path: path.clone(), object: None, is_current: *is_current };
        evidence.exports = self.exports.iter().map(export).collect();
        let law = |[object, version, outcome, what]: &[String; 4]| LawRun {
            object: object.clone(),
            version: version.parse().unwrap(),
            outcome: match outcome.as_str() {
                "proven" => LawOutcome::Proven,
                "no generator" => LawOutcome::NoGenerator { op: what.clone() },
                "loses" => LawOutcome::Loses { op: what.clone() },
                law => LawOutcome::Failed { law: law.to_owned(), seed: what.clone() },
            },
        };
        evidence.laws = self.laws.iter().map(law).collect();
        evidence.behind.clone_from(&self.behind);
        evidence.window = self.window.iter().map(|(object, lowest)| (object.clone(), lowest.parse().unwrap())).collect();
        evidence
    }
}

/// Which file was released.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Of {
    #[default]
    Base,
    Wide,
    Plain,
}

fn cases() -> Cases {
    toml::from_str(include_str!("../rules/cases.toml")).unwrap()
}

impl Cases {
    /// The file that a case changes.
    fn of(&self, case: &Case) -> LockFile {
        match case.of {
            Of::Base => worked_out(&self.base),
            Of::Wide => worked_out(&self.wide),
            Of::Plain => worked_out(&self.plain),
        }
    }
}

/// A file with the numbers, fingerprints and digests that follow from it.
fn worked_out(text: &str) -> LockFile {
    let file = LockFile::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    LockFile::of(&file.registry().unwrap_or_else(|error| panic!("{error}\n{text}"))).unwrap()
}

fn edited(base: &LockFile, edits: &[[String; 2]], raw: bool) -> LockFile {
    let mut text = base.to_string() + "\nEND";
    for [from, to] in edits {
        // The last: the object under change stands last. `<..>` stands for what is between, up to where the rest is next.
        let (begin, end) = from.split_once("<..>").unwrap_or((from, ""));
        let place = text.rfind(begin).unwrap_or_else(|| panic!("no {begin:?} in\n{text}"));
        let rest = place + begin.len();
        let length = text[rest..].find(end).unwrap_or_else(|| panic!("no {end:?} in\n{}", &text[rest..]));
        text.replace_range(place..rest + length + end.len(), to);
    }
    let text = text.trim_end_matches("END");
    if raw { LockFile::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}")) } else { worked_out(text) }
}

fn ids(findings: &[Finding]) -> BTreeSet<&str> {
    findings.iter().map(|finding| finding.rule.id).collect()
}

#[test]
fn every_rule_fires_at_what_breaks_it_and_not_at_a_near_miss() {
    let cases = cases();
    for base in [&cases.base, &cases.wide, &cases.plain] {
        let base = worked_out(base);
        assert_eq!(check(Some(&base), &base), []);
    }
    let (mut fired, mut wrong) = (BTreeSet::new(), Vec::new());
    for (place, case) in cases.case.iter().enumerate() {
        let base = cases.of(case);
        let mode: Mode = case.mode.as_deref().map(|mode| mode.parse().unwrap()).unwrap_or_default();
        let found = |now: &LockFile, seen: &Seen| Gate::new(Some(&base), now).mode(mode).evidence(seen.evidence()).check();
        let findings = found(&edited(&base, &case.edits, case.raw), &case.evidence);
        let expected: BTreeSet<&str> = case.also.iter().map(String::as_str).chain([case.rule.as_str()]).collect();
        let missed = found(&edited(&base, &case.miss, case.miss_raw), &case.seen);
        if ids(&findings) != expected || ids(&missed).contains(case.rule.as_str()) {
            let told = |findings: &[Finding]| findings.iter().map(|finding| format!("\n  {finding}")).collect::<String>();
            wrong.push(format!("case {place}, {}: expected {expected:?}, told{}\n near miss{}", case.rule, told(&findings), told(&missed)));
        }
        fired.insert(case.rule.as_str());
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    // Approvals have a test of their own.
    let all: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).filter(|id| *id != "VO_LOSS_ACK_STALE").collect();
    assert_eq!(fired, all);
}

#[test]
fn every_rule_says_why_and_what_helps() {
    let ids: BTreeSet<&str> = RULES.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), RULES.len(), "an id stands twice");
    for rule in RULES {
        assert!(rule.id.starts_with("VO_") && rule.why.len() > 20 && rule.remedy.len() > 10, "{rule:?}");
    }
}

#[test]
fn a_finding_is_approved_until_its_day_and_an_error_never() {
    let Cases { base, case, .. } = cases();
    let base = worked_out(&base);
    let approved = |rule: &str, until: &str| {
        let case = case.iter().find(|case| case.rule == rule).unwrap();
        let now = edited(&base, &case.edits, case.raw);
        let finding = check(Some(&base), &now).into_iter().find(|finding| finding.rule.id == rule).unwrap();
        let print = finding.fingerprint();
        let allow = format!("\n[[object.allow]]\nrule = \"{rule}\"\nfinding = \"{print}\"\nreason = \"seen\"\nuntil = \"{until}\"\n");
        let now = LockFile::parse(&(now.to_string() + &allow)).unwrap();
        let report = Report::of(check(Some(&base), &now), &now, "2026-11-25");
        (ids(&report.open).into_iter().map(str::to_owned).collect::<Vec<_>>(), report.approved.len(), report.passes())
    };
    let stale = "VO_LOSS_ACK_STALE".to_owned();
    let narrow = "VO_CONSTRAINT_TIGHTENED";
    assert_eq!(approved(narrow, "2026-11-25"), (Vec::new(), 1, true));
    assert_eq!(approved(narrow, "2026-11-24"), (vec![narrow.to_owned(), stale.clone()], 0, false));
    let error = RULES.iter().find(|rule| rule.id == "VO_HIST_GAP").unwrap();
    assert_eq!(error.severity, Severity::Error);
    assert_eq!(approved(error.id, "2027-01-01"), (vec![error.id.to_owned(), stale], 0, false));
}

#[test]
fn a_finding_keeps_its_fingerprint_when_its_field_is_renamed() {
    let base = worked_out(&cases().base);
    let constrain = "[[object.version]]\nversion = \"1.2\"\nwhy = \"shorter\"\nfingerprint = \"\"\n[[object.version.op]]\nop = \"constrain\"\n\
                     field = { name = \"name\", type = \"text\", class = \"public\", max_chars = 64 }\n";
    let rename = "[[object.version.op]]\nop = \"rename\"\nfrom = \"name\"\nto = \"title\"\n";
    let next = "[[object.version]]\nversion = \"1.3\"\nwhy = \"another name\"\nfingerprint = \"\"\n";
    let finding = |name: &str, end: String| {
        let edits =
            [["max_chars = 64", "max_chars = 32"], ["name = \"name\"\ntype", name], ["END", &end]].map(|edit| edit.map(str::to_owned));
        let found = check(Some(&base), &edited(&base, &edits, false));
        let [finding] = &found[..] else { panic!("{found:#?}") };
        (finding.to_string(), finding.fingerprint())
    };
    let (told, print) = finding("name = \"name\"\ntype", constrain.to_owned());
    assert_eq!(told, "VO_CONSTRAINT_TIGHTENED: `Server.name` 1.2: values that were right are not any more");
    // By the same release, and by a later one.
    let title = "name = \"title\"\ntype";
    let (told, by_the_same) = finding(title, format!("{constrain}{rename}"));
    assert!(told.contains("`Server.title` 1.2"), "{told}");
    let (told, by_a_later) = finding(title, format!("{constrain}{next}{rename}"));
    assert!(told.contains("`Server.name` 1.2"), "{told}");
    assert_eq!((&by_the_same, &by_a_later), (&print, &print));
}

#[test]
fn a_field_may_go_after_its_last_day() {
    let cases = cases();
    let case = cases.case.iter().find(|case| case.rule == "VO_DEPR_EARLY_REMOVAL").unwrap();
    let base = cases.of(case);
    let now = edited(&base, &case.edits, case.raw);
    let open = |today: &str| ids(&Report::of(check(Some(&base), &now), &now, today).open).len();
    assert_eq!(["2026-11-25", "2027-03-01", "2027-03-02"].map(open), [1, 1, 0]);
}

/// A change of one property, by trap 10: what it does to the field `owner` (which may be null) or to a new one.
#[test]
fn trap_10_who_can_read_what_outside() {
    let base = worked_out(&cases().plain);
    let add = |ty: &str, default: &str| {
        let first = "[[object.version]]\nversion = \"1.0\"\nwhy = \"first version of a volume\"";
        let field = format!("[[object.field]]\nnumber = 20\nname = \"zone\"\ntype = \"{ty}\"\nclass = \"public\"\n\n{first}");
        (vec![[first.to_owned(), field]], format!("op = \"add\"\nfield = \"zone\"\n{default}"))
    };
    let remove = |name: &str, ty: &str, fallback: &str| {
        let field = format!("name = \"{name}\"\ntype = \"{ty}\"\nclass = \"public\"\n");
        let gone = [format!("[[object.field]]\nnumber = {}\n{field}", if name == "size" { 3 } else { 2 }), String::new()];
        (vec![gone], format!("op = \"remove\"\n{fallback}field = {{ name = \"{name}\", type = \"{ty}\", class = \"public\" }}\n"))
    };
    let become_ = |name: &str, from: &str, to: &str, op: &str| {
        let typed = |ty: &str| format!("name = \"{name}\"\ntype = \"{ty}\"");
        (vec![[typed(from), typed(to)]], op.to_owned())
    };
    let changes = [
        ("optional added", add("i64?", ""), [true, true]),
        ("optional removed", remove("owner", "i64?", ""), [true, true]),
        ("required added", add("i64", "old_default = { integer = 0 }\n"), [false, true]),
        ("required removed", remove("size", "i64", "fallback = { integer = 0 }\n"), [true, false]),
        ("to required", become_("owner", "i64?", "i64", "op = \"require\"\nfield = \"owner\"\nfill = { integer = 0 }\n"), [false, true]),
        ("to optional", become_("size", "i64", "i64?", "op = \"relax\"\nfield = \"size\"\nfallback = { integer = 0 }\n"), [true, false]),
    ];
    for (change, (mut edits, op), [backward, forward]) in changes {
        let version = format!("[[object.version]]\nversion = \"1.2\"\nwhy = \"later\"\nfingerprint = \"\"\n[[object.version.op]]\n{op}");
        edits.push(["END".to_owned(), version]);
        let now = edited(&base, &edits, false);
        let passes = |mode: &str| {
            let report = Gate::new(Some(&base), &now).mode(mode.parse().unwrap()).report("2026-11-25");
            let told = ids(&report.open).contains("VO_SCHEMA_WRITER_NOT_IN_READER");
            assert_eq!(report.verdict() == GateVerdict::Incompatible, told, "{change} {mode}: {:?}", report.open);
            !told
        };
        let both = backward && forward;
        for (mode, expected) in [("backward", backward), ("forward", forward), ("full", both), ("full-transitive", both), ("rolling", true)]
        {
            assert_eq!(passes(mode), expected, "{change} {mode}");
        }
    }
}

#[test]
fn a_rule_of_one_direction_is_not_asked_in_the_other() {
    let cases = cases();
    for (rule, forward) in [("VO_CONSTRAINT_TIGHTENED", false), ("VO_CONSTRAINT_LOOSENED", true)] {
        let case = cases.case.iter().find(|case| case.rule == rule).unwrap();
        let base = cases.of(case);
        let now = edited(&base, &case.edits, case.raw);
        let told = |mode: &str| ids(&Gate::new(Some(&base), &now).mode(mode.parse().unwrap()).check()).contains(rule);
        assert_eq!(["backward", "forward", "full", "rolling"].map(told), [!forward, forward, true, true], "{rule}");
    }
    assert!("backwards".parse::<Mode>().is_err());
    for mode in Mode::ALL {
        assert_eq!(mode.to_string().parse(), Ok(mode));
        let history = RULES.iter().filter(|rule| rule.id.starts_with("VO_HIST_"));
        assert!(history.clone().count() > 0 && history.clone().all(|rule| rule.runs_in(mode)), "{mode}");
    }
}

/// A reader of the version before can read it, and one of the version before that cannot.
#[test]
fn transitive_modes_ask_all_older_versions() {
    let base = worked_out(&cases().plain);
    let owner = |ty: &str| format!("name = \"owner\"\ntype = \"{ty}\"");
    let version = |version: &str, op: &str| {
        format!("[[object.version]]\nversion = \"{version}\"\nwhy = \"later\"\nfingerprint = \"\"\n[[object.version.op]]\n{op}")
    };
    let required = [
        [owner("i64?"), owner("i64")],
        ["END".to_owned(), version("1.2", "op = \"require\"\nfield = \"owner\"\nfill = { integer = 0 }\n") + "\nEND"],
    ];
    let released = edited(&base, &required, false);
    let later = [["END".to_owned(), version("1.3", "op = \"behaviour\"\nname = \"sleeps\"\n")]];
    let now = edited(&released, &later, false);
    let told = |mode: &str| Gate::new(Some(&released), &now).mode(mode.parse().unwrap()).check();
    assert_eq!(told("backward"), []);
    let found = told("backward-transitive");
    let pairs: Vec<(Option<&str>, Option<&str>)> =
        found.iter().map(|finding| (finding.from.as_deref(), finding.version.as_deref())).collect();
    assert_eq!(pairs, [(Some("1.0"), Some("1.3")), (Some("1.1"), Some("1.3"))], "{found:#?}");
}

#[test]
fn a_finding_is_told_to_programs() {
    let cases = cases();
    let case = cases.case.iter().find(|case| case.rule == "VO_ENUM_ADDED_NO_SHOWN_AS").unwrap();
    let base = cases.of(case);
    let now = edited(&base, &case.edits, case.raw);
    let report = serde_json::to_value(Gate::new(Some(&base), &now).report("2026-11-25")).unwrap();
    let finding = &report["open"][0];
    let print = finding["fingerprint"].as_str().unwrap();
    assert!(print.len() == 16 && print.bytes().all(|byte| byte.is_ascii_hexdigit()), "{print}");
    let rule = RULES.iter().find(|rule| rule.id == case.rule).unwrap();
    let told = serde_json::json!({
        "verdict": "incompatible",
        "open": [{
            "id": "VO_ENUM_ADDED_NO_SHOWN_AS", "category": "wire", "severity": "error", "object": "Volume",
            "versions": { "from": "1.1", "to": "1.2" }, "path": "#7.paused", "field": "state", "direction": "forward",
            "says": "`paused` is new, and no op says what an older reader is shown", "remedy": rule.remedy, "until": null,
            "fingerprint": print
        }],
        "approved": []
    });
    assert_eq!(report, told);
}

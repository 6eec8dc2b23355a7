//! Random pairs of schemas and random instances. `RECENSION_COMPARE_PAIRS` says how many (100,000 in the long
//! run), `RECENSION_COMPARE_SEED` from which seed.

use recension_versioning::{Verdict, compare};
use serde_json::{Map, Value as Json, json};

/// Each validation keyword and how often it is drawn; those of the decidable subset first.
const WEIGHTS: [(&str, u32); 30] = [
    ("type", 40),
    ("properties", 16),
    ("required", 12),
    ("additionalProperties", 8),
    ("items", 10),
    ("enum", 6),
    ("const", 4),
    ("minimum", 6),
    ("maximum", 6),
    ("exclusiveMinimum", 4),
    ("exclusiveMaximum", 4),
    ("minLength", 4),
    ("maxLength", 4),
    ("minItems", 4),
    ("maxItems", 4),
    ("minProperties", 3),
    ("maxProperties", 3),
    ("$ref", 6),
    // From here on it may be undecided.
    ("multipleOf", 2),
    ("pattern", 4),
    ("prefixItems", 3),
    ("contains", 2),
    ("uniqueItems", 2),
    ("patternProperties", 3),
    ("propertyNames", 2),
    ("dependentRequired", 2),
    ("dependentSchemas", 2),
    ("unevaluatedProperties", 1),
    ("unevaluatedItems", 1),
    ("applicator", 8),
];
const DECIDABLE: usize = 18;

pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % end
    }

    pub(super) fn of<T: Clone>(&mut self, all: &[T]) -> T {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()].clone()
    }

    fn instance(&mut self, depth: u64) -> Json {
        match self.below(if depth == 0 { 6 } else { 10 }) {
            0 => Json::Null,
            1 => self.of(&[json!(true), json!(false)]),
            2 | 3 => self.of(&[json!(0), json!(1), json!(1.0), json!(2), json!(-1), json!(1.5), json!(3), json!(7.25)]),
            4 | 5 => self.of(&[json!(""), json!("a"), json!("b"), json!("é1"), json!("abc")]),
            6 | 7 => (0..self.below(4)).map(|_| self.instance(depth - 1)).collect(),
            _ => (0..self.below(4)).map(|_| (self.of(&["a", "b", "c", "d", "ab"]).to_owned(), self.instance(depth - 1))).collect(),
        }
    }

    fn keyword(&mut self, decidable: bool) -> &'static str {
        let weights = &WEIGHTS[..if decidable { DECIDABLE } else { WEIGHTS.len() }];
        let mut at = self.below(weights.iter().map(|(_, weight)| u64::from(*weight)).sum());
        for (keyword, weight) in weights {
            match at.checked_sub(u64::from(*weight)) {
                Some(left) => at = left,
                None => return keyword,
            }
        }
        unreachable!()
    }

    fn schema(&mut self, depth: u64, decidable: bool) -> Json {
        if depth == 0 || self.below(12) == 0 {
            return self.of(&[
                json!(true),
                json!({ "type": "integer" }),
                json!({ "type": "string" }),
                json!({ "type": "null" }),
                json!(false),
            ]);
        }
        if self.below(30) == 0 {
            // Disjoint by a property, of many branches.
            let branches: Vec<Json> = (0..2 + self.below(14))
                .map(|kind| {
                    let value = self.schema(depth.saturating_sub(2), decidable);
                    json!({ "type": "object", "properties": { "a": value, "c": { "const": kind } }, "required": ["c"] })
                })
                .collect();
            return json!({ "oneOf": branches });
        }
        if self.below(10) == 0 {
            // Disjoint by type.
            let types = self.of(&[["integer", "string"], ["object", "array"], ["null", "object"]]);
            let branches: Vec<Json> = types
                .iter()
                .map(|of| {
                    let mut branch = self.object(depth - 1, decidable);
                    branch.insert("type".to_owned(), (*of).into());
                    branch.into()
                })
                .collect();
            return json!({ "oneOf": branches });
        }
        self.object(depth, decidable).into()
    }

    fn object(&mut self, depth: u64, decidable: bool) -> Map<String, Json> {
        let mut map = Map::new();
        for _ in 0..=self.below(4) {
            let keyword = self.keyword(decidable);
            self.add(&mut map, keyword, depth, decidable);
        }
        map
    }

    fn add(&mut self, map: &mut Map<String, Json>, keyword: &'static str, depth: u64, decidable: bool) {
        let depth = depth.saturating_sub(1);
        let name = |dice: &mut Self| dice.of(&["a", "b", "c"]).to_owned();
        let value = match keyword {
            "type" => {
                self.of(&[json!("object"), json!("array"), json!("integer"), json!("number"), json!("string"), json!(["null", "object"])])
            }
            "properties" | "dependentSchemas" => (0..=self.below(2)).map(|_| (name(self), self.schema(depth, decidable))).collect(),
            "required" => {
                let mut names = vec![name(self), name(self)];
                names.dedup();
                json!(names)
            }
            "enum" => {
                let mut all: Vec<Json> = (0..=self.below(3)).map(|_| self.instance(1)).collect();
                all.dedup();
                json!(all)
            }
            "const" => self.instance(2),
            "minimum" | "maximum" | "exclusiveMinimum" | "exclusiveMaximum" => {
                self.of(&[json!(0), json!(1), json!(1.5), json!(2), json!(3)])
            }
            "minLength" | "minItems" | "minProperties" => self.below(3).into(),
            "maxLength" | "maxItems" | "maxProperties" => self.below(4).into(),
            "$ref" => self.of(&[json!("#/$defs/one"), json!("#/$defs/two")]),
            "multipleOf" => self.of(&[json!(2), json!(3), json!(0.5)]),
            "pattern" => self.of(&[json!("^a"), json!("b$"), json!("^[^a]*$"), json!("^(?:[ab]{2})*$"), json!("[0-9]|^$"), json!("^.b")]),
            "prefixItems" => (0..=self.below(2)).map(|_| self.schema(depth, decidable)).collect(),
            "uniqueItems" => true.into(),
            "patternProperties" => {
                let patterns = ["^a", "b$", "^[^a]*$", "^(?:ab|c)$", "^.b"];
                (0..=self.below(2)).map(|_| (self.of(&patterns).to_owned(), self.schema(depth, decidable))).collect()
            }
            "dependentRequired" => json!({ name(self): [name(self)] }),
            "unevaluatedProperties" | "unevaluatedItems" => false.into(),
            "applicator" => return self.applicator(map, depth),
            _ => self.schema(depth, decidable),
        };
        map.insert(keyword.to_owned(), value);
    }

    fn applicator(&mut self, map: &mut Map<String, Json>, depth: u64) {
        match self.below(7) {
            6 => {
                // Names that have to break one and not the other.
                let branches: Vec<Json> = (0..2)
                    .map(|_| {
                        let mut branch = Map::new();
                        self.add(&mut branch, "patternProperties", depth, false);
                        branch.into()
                    })
                    .collect();
                map.insert("anyOf".to_owned(), branches.into());
            }
            0 => {
                map.insert("not".to_owned(), self.schema(depth, false));
            }
            1 => {
                for keyword in ["if", "then", "else"] {
                    map.insert(keyword.to_owned(), self.schema(depth, false));
                }
            }
            2 => {
                map.insert("minContains".to_owned(), self.below(3).into());
                map.insert("maxContains".to_owned(), 2.into());
            }
            other => {
                let keyword = ["allOf", "anyOf", "oneOf"][usize::try_from(other).unwrap() - 3];
                map.insert(keyword.to_owned(), json!([self.schema(depth, false), self.schema(depth, false)]));
            }
        }
    }

    /// A schema with definitions that lead to each other below the root of an instance only.
    fn document(&mut self, decidable: bool) -> Json {
        let mut root = self.object(3, decidable);
        let two = self.of(&["integer", "string", "number"]);
        let next = self.of(&["one", "two"]);
        let one = json!({ "type": "object", "properties": { "a": { "$ref": format!("#/$defs/{next}") } }, "required": self.of(&[json!([]), json!(["a"])]) });
        root.insert("$defs".to_owned(), json!({ "one": one, "two": { "type": two } }));
        root.into()
    }

    /// Changes a little of a schema, somewhere.
    fn mutate(&mut self, schema: &Json, decidable: bool) -> Json {
        let mut changed = schema.clone();
        let map = changed.as_object_mut().unwrap();
        let keys: Vec<String> = map.keys().filter(|key| *key != "$defs").cloned().collect();
        match self.below(3) {
            0 if !keys.is_empty() => {
                map.remove(&self.of(&keys));
            }
            _ => {
                let keyword = self.keyword(decidable);
                self.add(map, keyword, 2, decidable);
            }
        }
        changed
    }
}

pub(super) fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

#[derive(Default, Debug)]
struct Counts {
    compatible: u64,
    incompatible: u64,
    unknown: u64,
}

fn run(decidable: bool) -> Counts {
    let pairs = setting("RECENSION_COMPARE_PAIRS").unwrap_or(2_000);
    let seed = setting("RECENSION_COMPARE_SEED").unwrap_or(1);
    let mut counts = Counts::default();
    for pair in 0..pairs {
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(pair.wrapping_mul(7919)));
        let writer = dice.document(decidable);
        let reader = if dice.below(4) > 0 { dice.mutate(&writer, decidable) } else { dice.document(decidable) };
        let at = format!("seed {seed}, pair {pair}: {writer} within {reader}");
        let (writes, reads) = (jsonschema::draft202012::new(&writer).unwrap(), jsonschema::draft202012::new(&reader).unwrap());
        match compare(&writer, &reader).unwrap_or_else(|error| panic!("{error}: {at}")) {
            Verdict::Compatible => {
                counts.compatible += 1;
                for _ in 0..60 {
                    let instance = dice.instance(3);
                    assert!(!writes.is_valid(&instance) || reads.is_valid(&instance), "{instance} contradicts; {at}");
                }
            }
            Verdict::Incompatible { instance, .. } => {
                let instance = super::witness::written_out(&instance);
                counts.incompatible += 1;
                assert!(writes.is_valid(&instance) && !reads.is_valid(&instance), "{instance} proves nothing; {at}");
            }
            unknown => {
                counts.unknown += 1;
                assert!(!decidable, "{unknown:?}; {at}");
            }
        }
    }
    println!("seed {seed}, decidable {decidable}: {counts:?} of {pairs}");
    assert!(counts.compatible * 10 >= pairs && counts.incompatible * 10 >= pairs, "{counts:?}");
    counts
}

#[test]
fn the_decidable_subset_is_always_decided_and_soundly() {
    assert_eq!(run(true).unknown, 0);
}

#[test]
fn every_keyword_is_compared_soundly() {
    run(false);
}

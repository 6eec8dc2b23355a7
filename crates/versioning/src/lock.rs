//! The lock file: what was released, kept beside the code as text.
//!
//! A history in code can be edited after its release. The lock file is the other witness: for each object its versions with
//! their ops, its fields with numbers that never change, fingerprints, and what was approved. It is written from a
//! [`Registry`] and read without any code of the user's, so that a tool can compare, convert and export from it alone.
//!
//! It is TOML in an order of its own: objects by namespace and name, fields and versions as declared. A branch that
//! adds a version adds a block, so that two branches which touch other objects merge, and two which add the same
//! version conflict.
//!
//! | module | what it holds |
//! |---|---|
//! | `text` | the file as it is written, and nothing of what it means |
//! | `blocks` | files read block by block, each block once |
//! | `place` | where in the text a part does not fit |
//! | `field`, `op`, `literal` | each part as text and back |
//! | `number` | which number a field has |
//! | `digest`, `samples` | what the functions of an op do, told by what they give for values that are always the same |

mod blocks;
mod digest;
mod error;
mod field;
mod literal;
mod number;
mod op;
mod place;
mod samples;
mod text;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use recension_model::{Date, Declaration, FieldSpec, ObjectSpec, ObjectVersion, Op, Release};
use toml::Spanned;

pub use error::{LockError, LockFault};
pub use number::{GoneField, Numbers};
pub use op::needs_code;

use self::text::{AllowText, FileText, NowText, ObjectText, TombstoneText, VersionText, unplaced};
use crate::{HistoryError, Lineage, Registry};

/// The number of the form of the file. A reader refuses a higher one.
pub const FORMAT: u32 = 1;

/// What stands above all in a file.
const HEAD: &str = "# What was released of each object. Written by `recension lock`: commit it, and let the tool change it.\n\n";

/// What was released: every object with its history.
#[derive(Clone, Debug, PartialEq)]
pub struct LockFile {
    objects: Vec<LockedObject>,
}

/// One object of a lock file.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LockedObject {
    /// The newest shape, and the releases that led to it. Functions of ops have their names and no code.
    pub declaration: Declaration,
    /// The number of each field, of those that are gone too.
    pub numbers: Numbers,
    /// The fingerprint of each version, oldest first.
    pub fingerprints: Vec<String>,
    /// For each release its ops' digests: what the functions of an op do, where it has any.
    pub digests: Vec<Vec<Option<String>>>,
    /// Findings that were approved.
    pub allowed: Vec<Allowed>,
}

/// A finding that was approved.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Allowed {
    /// The rule.
    pub rule: String,
    /// Which finding of it.
    pub finding: String,
    /// Why it may be.
    pub reason: String,
    /// The last day on which it may, `YYYY-MM-DD`.
    pub until: String,
}

impl LockFile {
    /// What is to be locked of a registry. Nothing is approved yet.
    ///
    /// # Errors
    /// [`LockFault::Op`] for an op that this release has no words for.
    pub fn of(registry: &Registry) -> Result<Self, LockError> {
        let mut objects = registry.lineages().map(LockedObject::of).collect::<Result<Vec<_>, _>>()?;
        objects.sort_by(|left, right| left.place().cmp(&right.place()));
        Ok(Self { objects })
    }

    /// Reads a lock file.
    ///
    /// # Errors
    /// [`LockError`] with its line, and the path to the part at fault: for text that is no TOML, words that this release does
    /// not know, a higher [`FORMAT`], and parts that contradict each other.
    pub fn parse(text: &str) -> Result<Self, LockError> {
        let [file] = Self::parse_all([text]);
        file
    }

    /// Reads several lock files, each as [`parse`](Self::parse) does. What is the same in several is read once.
    pub fn parse_all<const N: usize>(texts: [&str; N]) -> [Result<Self, LockError>; N] {
        let mut files = blocks::read(&texts).into_iter();
        texts.map(|text| files.next().flatten().map_or_else(|| Self::whole(text), |objects| Ok(Self { objects })))
    }

    /// Reads a file as a whole, with all places: what cannot be read block by block is most often no lock file.
    fn whole(text: &str) -> Result<Self, LockError> {
        let file = FileText::read(text)?;
        let mut objects: Vec<LockedObject> = Vec::with_capacity(file.object.len());
        for object in file.object {
            let place = object.name.span();
            let ObjectText { namespace, name, field, tombstone, version, allow } = object;
            let now = NowText { namespace, name, field, tombstone };
            let object = LockedObject::read(&now, &version, &allow, text)?;
            if objects.last().is_some_and(|before| before.place() >= object.place()) {
                return Err(LockError::new(LockFault::Order).below(object.declaration.head.name.as_str()).at(text, place));
            }
            objects.push(object);
        }
        Ok(Self { objects })
    }

    /// The objects, by namespace and name.
    #[must_use]
    pub fn objects(&self) -> &[LockedObject] {
        &self.objects
    }

    /// The object called `name`.
    #[must_use]
    pub fn object(&self, name: &str) -> Option<&LockedObject> {
        self.objects.iter().find(|object| object.declaration.head.name == *name)
    }

    /// The object that `later` was in this file, under its name or one that it had.
    #[must_use]
    pub fn before(&self, later: &LockedObject) -> Option<&LockedObject> {
        let ops = later.declaration.releases.iter().rev().flat_map(|release| &release.ops);
        let former = ops.filter_map(|op| if let Op::RenameObject { from, .. } = op { Some(from.as_str()) } else { None });
        std::iter::once(later.declaration.head.name.as_str()).chain(former).find_map(|name| self.object(name))
    }

    /// The objects of this file that `later` has under no name.
    pub fn gone_in<'f>(&'f self, later: &LockFile) -> impl Iterator<Item = &'f LockedObject> + use<'f> {
        let name = |object: &'f LockedObject| object.declaration.head.name.as_str();
        let kept: BTreeSet<&str> = later.objects.iter().filter_map(|object| self.before(object)).map(name).collect();
        self.objects.iter().filter(move |object| !kept.contains(name(object)))
    }

    /// With what was approved in an earlier file.
    #[must_use]
    pub fn allowing_as(mut self, earlier: &Self) -> Self {
        for object in &mut self.objects {
            if let Some(earlier) = earlier.before(object) {
                object.allowed.clone_from(&earlier.allowed);
            }
        }
        self
    }

    /// The objects as a registry: what can be done without functions can be done with it.
    ///
    /// # Errors
    /// [`HistoryError`] of the first history that makes no sense.
    pub fn registry(&self) -> Result<Registry, HistoryError> {
        let builder = self.objects.iter().fold(Registry::builder(), |builder, object| builder.declaration(object.declaration.clone()));
        builder.build()
    }
}

impl LockedObject {
    fn of(lineage: &Lineage) -> Result<Self, LockError> {
        let name = lineage.head().name.as_str();
        if let Some(release) = lineage.releases().iter().find(|release| release.ops.iter().any(|op| op::text(op, None).is_none())) {
            return Err(LockError::new(LockFault::Op(release.version.to_string())).below(name));
        }
        let declaration = Declaration { head: lineage.head().clone(), releases: lineage.releases().to_vec() };
        let digests = declaration.releases.iter().map(|release| digest::of_ops(lineage, release));
        Ok(Self {
            numbers: Numbers::of(lineage),
            fingerprints: lineage.fingerprints().map(|print| print.to_string()).collect(),
            digests: digests.collect(),
            allowed: Vec::new(),
            declaration,
        })
    }

    /// Where the object stands in the file.
    fn place(&self) -> (&str, &str) {
        (&self.declaration.head.namespace, self.declaration.head.name.as_str())
    }

    /// An object with its history and approvals, of the file `text`.
    fn read<'t>(
        object: &NowText,
        versions: impl IntoIterator<Item = &'t VersionText>,
        allow: impl IntoIterator<Item = &'t Spanned<AllowText>>,
        text: &str,
    ) -> Result<Self, LockError> {
        let name = object.name.get_ref();
        let at = |error: LockError, span: Range<usize>| error.below(name).at(text, span);
        let whole = object.name.span();
        let mut numbers = Numbers::default();
        let mut fields: Vec<FieldSpec> = Vec::with_capacity(object.field.len());
        for field in &object.field {
            let (span, field) = (field.span(), field.get_ref());
            let told = |error: LockError| at(error.below(&field.name), span.clone());
            let number = field.number.ok_or_else(|| told(LockError::new(LockFault::NoNumber)))?;
            numbers.take(number, &field.name).map_err(told)?;
            if fields.iter().any(|before| *before.name == *field.name) {
                return Err(told(LockError::new(LockFault::FieldTwice)));
            }
            fields.push(field::read(field).map_err(told)?);
        }
        for TombstoneText { number, name: gone, removed } in &object.tombstone {
            numbers.bury(*number, gone.get_ref(), removed).map_err(|error| at(error.below(gone.get_ref()), gone.span()))?;
        }
        let (mut releases, mut fingerprints, mut digests) = (Vec::new(), Vec::new(), Vec::new());
        for (index, version) in versions.into_iter().enumerate() {
            let (release, digested) = release(version, index, text).map_err(|error| error.below(name))?;
            releases.push(release);
            digests.push(digested);
            fingerprints.push(version.fingerprint.clone());
        }
        let newest = releases.last().map(|release: &Release| release.version.clone());
        let newest = newest.ok_or_else(|| at(LockError::new(LockFault::NoVersion), whole.clone()))?;
        let head = fields.into_iter().fold(ObjectSpec::new(name, &object.namespace, newest), recension_model::ObjectSpecBuilder::field);
        let head = head.build().map_err(|error| at(LockError::new(LockFault::Shape(error)), whole))?;
        let allowed = allow.into_iter().enumerate().map(|(index, allow)| {
            Allowed::read(allow.get_ref()).map_err(|error| at(error.below(&place::step("allow", index)), allow.span()))
        });
        let allowed = allowed.collect::<Result<_, _>>()?;
        Ok(Self { declaration: Declaration { head, releases }, numbers, fingerprints, digests, allowed })
    }

    fn text(&self) -> ObjectText {
        let Self { declaration: Declaration { head, releases }, numbers, fingerprints, digests, allowed } = self;
        let versions = releases.iter().zip(fingerprints).zip(digests).map(|((release, fingerprint), digests)| VersionText {
            version: unplaced(release.version.to_string()),
            why: release.why.clone(),
            fingerprint: fingerprint.clone(),
            op: release.ops.iter().zip(digests).filter_map(|(op, digest)| op::text(op, digest.as_deref())).map(unplaced).collect(),
        });
        ObjectText {
            namespace: head.namespace.to_string(),
            name: unplaced(head.name.as_str().to_owned()),
            field: head.fields.iter().map(|spec| unplaced(field::text(spec, numbers.of_field(&spec.name)))).collect(),
            tombstone: numbers
                .gone()
                .map(|gone| TombstoneText { number: gone.number, name: unplaced(gone.name.clone()), removed: gone.removed.clone() })
                .collect(),
            version: versions.collect(),
            allow: allowed.iter().map(Allowed::text).map(unplaced).collect(),
        }
    }
}

/// A release, and what is kept of the functions of its ops. `index` is its place among the others of the file `whole`.
fn release(text: &VersionText, index: usize, whole: &str) -> Result<(Release, Vec<Option<String>>), LockError> {
    let version = &text.version;
    // What is no version is not told.
    let unknown = |_| LockError::new(LockFault::Version).below(&place::step("version", index)).at(whole, version.span());
    let mut release = Release::new(version.get_ref().parse::<ObjectVersion>().map_err(unknown)?, &text.why);
    release.ops.reserve_exact(text.op.len());
    let mut digests = Vec::with_capacity(text.op.len());
    for (index, op) in text.op.iter().enumerate() {
        let told = |error: LockError| error.below(&place::step("op", index)).below(version.get_ref()).at(whole, op.span());
        release = release.op(op::read(op.get_ref()).map_err(told)?);
        digests.push(op::digest(op.get_ref()));
    }
    Ok((release, digests))
}

impl Allowed {
    /// An approval of one finding of a rule.
    #[must_use]
    pub fn new(rule: &str, finding: &str, reason: &str, until: &str) -> Self {
        Self { rule: rule.to_owned(), finding: finding.to_owned(), reason: reason.to_owned(), until: until.to_owned() }
    }

    fn read(text: &AllowText) -> Result<Self, LockError> {
        let AllowText { rule, finding, reason, until } = text;
        let malformed = |key| Err(LockError::new(LockFault::Malformed { key }));
        // A word that comes after every day would approve for ever.
        if until.parse::<Date>().is_ok_and(|day| day.to_string() == *until) {
            if reason.trim().is_empty() { malformed("reason") } else { Ok(Self::new(rule, finding, reason, until)) }
        } else {
            malformed("until")
        }
    }

    fn text(&self) -> AllowText {
        let Self { rule, finding, reason, until } = self.clone();
        AllowText { rule, finding, reason, until }
    }
}

impl fmt::Display for LockFile {
    /// The text of the file.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = FileText { format: FORMAT, object: self.objects.iter().map(LockedObject::text).collect() };
        f.write_str(HEAD)?;
        f.write_str(&file.written().map_err(|_| fmt::Error)?)
    }
}

//! Where what a command works on comes from: files, standard input, revisions of git.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use recension_versioning::{LockError, LockFile, Registry};
use serde_json::Value as Json;
use serde_json::error::Category;

use crate::args::BaseArgs;
use crate::error::Error;
use crate::once::Once;
use crate::place::{self, Places};

/// A lock file with its text.
#[derive(Debug)]
pub(crate) struct Locked {
    /// What it is called in messages.
    pub(crate) name: String,
    pub(crate) text: String,
    pub(crate) file: LockFile,
}

/// The text of a lock file that nobody has looked at yet.
#[derive(Debug)]
struct Unread {
    name: String,
    text: String,
}

impl Unread {
    fn of(path: &Path) -> Result<Self, Error> {
        Ok(Self { name: path.display().to_string(), text: text(path)? })
    }

    fn read(self) -> Result<Locked, Error> {
        let file = LockFile::parse(&self.text);
        self.with(file)
    }

    /// With what came of reading it.
    fn with(self, file: Result<LockFile, LockError>) -> Result<Locked, Error> {
        let Self { name, text } = self;
        match file {
            Ok(file) => Ok(Locked { name, text, file }),
            Err(source) => Err(Error::Lock { path: name, source }),
        }
    }
}

impl Locked {
    pub(crate) fn read(path: &Path) -> Result<Self, Error> {
        Unread::of(path)?.read()
    }

    /// The objects of the file; functions of their ops have no code.
    pub(crate) fn registry(&self) -> Result<Registry, Error> {
        self.file.registry().map_err(|source| {
            let (object, version, field) = source.place();
            let version = version.map(ToString::to_string);
            let place = Places::of(&self.text).last(object.as_str(), version.as_deref(), field);
            Error::History { path: self.name.clone(), line: place::line(&self.text, &place.unwrap_or_default()), source: Box::new(source) }
        })
    }
}

/// The text of a file.
pub(crate) fn text(path: &Path) -> Result<String, Error> {
    fs::read_to_string(path).map_err(|source| Error::File { path: path.to_owned(), source })
}

/// The bytes of a file, or of standard input for `-`.
pub(crate) fn bytes(path: &Path) -> Result<Vec<u8>, Error> {
    let read = || {
        if path != Path::new("-") {
            return fs::read(path);
        }
        let mut bytes = Vec::new();
        io::stdin().read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    read().map_err(|source| Error::File { path: path.to_owned(), source })
}

/// The files of a folder, by name.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let failed = |source| Error::File { path: folder.to_owned(), source };
    let entries = fs::read_dir(folder).map_err(failed)?.collect::<Result<Vec<_>, _>>().map_err(failed)?;
    let mut files: Vec<PathBuf> = entries.into_iter().map(|entry| entry.path()).filter(|path| path.is_file()).collect();
    files.sort();
    Ok(files)
}

/// A file of JSON, in which no object has a name twice: which of the two counts is not the same for all who read it.
pub(crate) fn json(path: &Path) -> Result<Json, Error> {
    let text = text(path)?;
    let read = serde_json::from_str(&text).map(|Once(json)| json);
    read.map_err(|error| {
        let what = match error.classify() {
            Category::Data => "has a name twice in one object",
            _ if error.to_string().starts_with("recursion limit") => "is nested too deep",
            _ => "is no JSON",
        };
        Error::Json { path: path.to_owned(), what, line: error.line(), column: error.column() }
    })
}

/// What was released.
#[derive(Debug)]
pub(crate) enum Base<L = Locked> {
    /// What this lock file has.
    Locked(L),
    /// Nothing: the revision has no such file, under its name or another that git knows.
    Nothing {
        /// What the revision is called in messages.
        revision: String,
        /// The lock file that it has not.
        lock: String,
    },
}

impl Base {
    pub(crate) const fn locked(&self) -> Option<&Locked> {
        match self {
            Self::Locked(locked) => Some(locked),
            Self::Nothing { .. } => None,
        }
    }

    /// What a reader might take for an answer, and is none.
    pub(crate) fn warning(&self) -> Option<String> {
        match self {
            Self::Locked(_) => None,
            Self::Nothing { revision, lock } => Some(format!(
                "`{revision}` has no `{lock}`, and git knows no file that was moved there: all its versions count as unreleased, and \
                 nothing is compared with them"
            )),
        }
    }
}

/// The lock file of a change, and what was released. They are read together: a change leaves most of a file as it was.
pub(crate) fn both(args: &BaseArgs, lock: &Path) -> Result<(Locked, Base), Error> {
    let (now, base) = std::thread::scope(|scope| {
        let base = scope.spawn(|| base(args, lock));
        (Unread::of(lock), base.join())
    });
    let (now, base) = (now?, base.unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
    match base {
        Ok(Base::Locked(base)) => {
            let [file, released] = LockFile::parse_all([&now.text, &base.text]);
            Ok((now.with(file)?, Base::Locked(base.with(released)?)))
        }
        Ok(Base::Nothing { revision, lock }) => Ok((now.read()?, Base::Nothing { revision, lock })),
        // What is wrong with the lock file itself comes first.
        Err(error) => now.read().and(Err(error)),
    }
}

/// What was released: a file, or the lock file `lock` as a revision of git has it, at another place if it was moved since.
fn base(args: &BaseArgs, lock: &Path) -> Result<Base<Unread>, Error> {
    if let Some(path) = &args.base {
        return Unread::of(path).map(Base::Locked);
    }
    let folder = lock.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file = lock.file_name().map(PathBuf::from).unwrap_or_default();
    let revision = match &args.against {
        Some(revision) => git(folder, &["rev-parse", "--verify", "--quiet", "--end-of-options", &format!("{revision}^{{commit}}")])
            .map_err(|_| Error::Git { command: format!("rev-parse {revision}"), told: "there is no such revision".to_owned() })?,
        None => git(folder, &["merge-base", "HEAD", "main"])?,
    };
    let (revision, short) = (revision.trim(), revision.chars().take(12).collect::<String>());
    let path = format!("./{}", file.display());
    let known = git(folder, &["ls-tree", "--name-only", revision, "--", &path])?;
    // A path from here, or from the root of the repository.
    let (path, name) = if known.trim().is_empty() {
        match before_move(folder, revision, &file)? {
            Some(former) => (former.clone(), former),
            None => return Ok(Base::Nothing { revision: short, lock: lock.display().to_string() }),
        }
    } else {
        (path, file.display().to_string())
    };
    let text = git(folder, &["show", &format!("{revision}:{path}")])?;
    Ok(Base::Locked(Unread { name: format!("{short}:{name}"), text }))
}

/// Where a file of a folder stood in a revision, if git takes it for one that was moved since. A file that is not added yet is
/// not compared by git.
fn before_move(folder: &Path, revision: &str, file: &Path) -> Result<Option<String>, Error> {
    let prefix = git(folder, &["rev-parse", "--show-prefix"])?;
    let now = format!("{}{}", prefix.trim_end_matches('\n'), file.display());
    let moved = git_bytes(folder, &["diff", "-z", "-M", "--no-relative", "--name-status", "--diff-filter=R", revision, "--"])?;
    // Other files may be called whatever they like.
    let moved = String::from_utf8_lossy(&moved);
    // Three parts for each: how alike, from where, to where.
    let parts: Vec<&str> = moved.split('\0').collect();
    let found = parts.as_chunks().0.iter().find(|[_, _, to]| *to == now);
    Ok(found.map(|[_, from, _]| (*from).to_owned()))
}

/// What git answers in a folder, which is text.
fn git(folder: &Path, arguments: &[&str]) -> Result<String, Error> {
    let failed =
        |_| Error::Git { command: arguments.first().copied().unwrap_or_default().to_owned(), told: "it answers with no text".to_owned() };
    String::from_utf8(git_bytes(folder, arguments)?).map_err(failed)
}

fn git_bytes(folder: &Path, arguments: &[&str]) -> Result<Vec<u8>, Error> {
    let command = arguments.first().copied().unwrap_or_default().to_owned();
    let run = Command::new("git").arg("-C").arg(folder).args(arguments).output();
    let failed = |told: String| Error::Git { command: command.clone(), told };
    let Output { status, stdout, stderr } = run.map_err(|error| failed(error.to_string()))?;
    if !status.success() {
        let told = String::from_utf8_lossy(&stderr);
        return Err(failed(told.lines().next().unwrap_or("it says nothing").to_owned()));
    }
    Ok(stdout)
}

/// The name of an object as part of the name of a file. A lock file may call an object whatever it likes, and nothing is written
/// outside of the folder that was asked for.
pub(crate) fn in_file_name(object: &str) -> Result<&str, Error> {
    let fits = |sign: char| sign.is_alphanumeric() || matches!(sign, '_' | '-' | '.' | ' ');
    if object.chars().all(fits) && !object.starts_with('.') {
        return Ok(object);
    }
    Err(Error::Argument { argument: object.escape_debug().to_string(), what: "is the name of an object, and no name for a file" })
}

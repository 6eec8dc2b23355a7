//! What the writers were told, and whether it is true.

use std::collections::HashMap;
use std::fmt;

use recension::store::{CommitToken, Error, Outcome, Store};
use recension::{Persist, Persisted};

use crate::objects::{Account, Entry, session};

/// Names a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Write {
    pub(crate) writer: i64,
    pub(crate) number: i64,
}

/// What a writer was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// It is done.
    Done,
    /// Nothing of it is done, and the same may be tried again.
    Refused,
    /// Nobody knows, or whoever has the token finds out.
    Unknown(Option<CommitToken>),
}

impl Answer {
    /// What an error says about its write. Any other than that something is not available or others are in the way is wrong here.
    pub(crate) fn of(done: &Result<(), Error>) -> Self {
        match done {
            Ok(()) => Self::Done,
            Err(Error::CommitUnknown { token, .. }) => Self::Unknown(*token),
            Err(error @ (Error::Unavailable(_) | Error::Deadline(_) | Error::Contention(_))) if error.is_transient() => Self::Refused,
            Err(Error::Conflict { .. }) => Self::Refused,
            Err(error) => panic!("{error:?} {}", error.log()),
        }
    }
}

/// What a writer was told of a write.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told {
    pub(crate) write: Write,
    /// How many entries it writes.
    pub(crate) entries: usize,
    pub(crate) answer: Answer,
    /// Whether the server was not there for it, rather than others in the way.
    pub(crate) is_lost: bool,
    /// Whether it was begun after the server was back.
    pub(crate) is_late: bool,
}

impl Told {
    pub(crate) fn of(write: Write, entries: usize, done: &Result<(), Error>, is_late: bool) -> Self {
        let is_lost = matches!(done, Err(Error::Unavailable(_) | Error::Deadline(_) | Error::CommitUnknown { .. }));
        Self { write, entries, answer: Answer::of(done), is_lost, is_late }
    }
}

/// All writes, and how many entries are there of each for certain; and the figures of a campaign.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The accounts that money is moved between.
    funds: Vec<i64>,
    open: Vec<Told>,
    known: HashMap<Write, usize>,
    done: u64,
    refused: u64,
    /// Those that the server was not there for.
    pub(crate) lost: u64,
    /// Not known, and found to be done, or not to be.
    unknown: [u64; 2],
    /// With a token, which said so.
    tokens: [u64; 2],
    /// Done, and the client did not live to tell.
    pub(crate) untold: u64,
}

impl Ledger {
    pub(crate) fn of(funds: &[i64]) -> Self {
        Self { funds: funds.to_vec(), ..Self::default() }
    }

    pub(crate) fn add(&mut self, told: Told) {
        self.lost += u64::from(told.is_lost);
        match told.answer {
            Answer::Done => self.done += 1,
            Answer::Refused => self.refused += 1,
            Answer::Unknown(_) => {}
        }
        self.open.push(told);
    }

    /// Compares all that is there with all that was told. Nobody writes meanwhile, or `snapshot` is of one moment after
    /// everything that was added.
    pub(crate) async fn check(&mut self, store: &Store, snapshot: &Snapshot) {
        let mut found: HashMap<Write, usize> = HashMap::new();
        for entry in &snapshot.entries {
            *found.entry(Write { writer: entry.writer, number: entry.number }).or_default() += 1;
        }
        for told in std::mem::take(&mut self.open) {
            let is_there = found.get(&told.write).copied().unwrap_or_default();
            let (is, may_be) = (told.entries, is_there == 0 || is_there == told.entries);
            assert!(may_be, "{told:?} is there by half or twice: {is_there}");
            match told.answer {
                Answer::Done => assert_eq!(is_there, is, "{told:?} was acknowledged"),
                Answer::Refused => assert_eq!(is_there, 0, "{told:?} was said not to be done"),
                Answer::Unknown(None) => self.unknown[usize::from(is_there == 0)] += 1,
                Answer::Unknown(Some(token)) => {
                    let outcome = resolved(store, token).await;
                    let truth = if is_there == 0 { Outcome::NotCommitted } else { Outcome::Committed };
                    assert_eq!(outcome, truth, "{told:?}");
                    self.tokens[usize::from(is_there == 0)] += 1;
                }
            }
            self.known.insert(told.write, is_there);
        }
        // What was true stays so: nothing is done later.
        for (write, entries) in &self.known {
            assert_eq!(found.remove(write).unwrap_or_default(), *entries, "{write:?} was looked at before");
        }
        assert!(found.is_empty(), "nobody has heard of {found:?}");
        snapshot.check_balances(&self.funds);
    }

    /// Takes note of the writes in a snapshot of which nobody has told; whose they are.
    pub(crate) fn take_untold(&mut self, snapshot: &Snapshot, entries_of: impl Fn(usize) -> bool) -> Vec<i64> {
        let mut untold: HashMap<Write, usize> = HashMap::new();
        for entry in &snapshot.entries {
            *untold.entry(Write { writer: entry.writer, number: entry.number }).or_default() += 1;
        }
        untold.retain(|write, _| !self.known.contains_key(write) && !self.open.iter().any(|told| told.write == *write));
        let mut writers = Vec::new();
        for (write, entries) in untold {
            assert!(entries_of(entries), "{write:?} is there by half or twice: {entries}");
            self.known.insert(write, entries);
            writers.push(write.writer);
        }
        writers
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { done, refused, unknown, tokens, untold, .. } = self;
        write!(f, "{done} acknowledged and all there, {refused} refused and none there, of ")?;
        write!(f, "{} not known {} done, ", unknown[0] + unknown[1], unknown[0])?;
        write!(f, "of {} with a token {} committed, each truly; {untold} untold and done", tokens[0] + tokens[1], tokens[0])
    }
}

/// What the token says, as soon as somebody can be asked.
async fn resolved(store: &Store, token: CommitToken) -> Outcome {
    loop {
        match store.resolve(token).await {
            Ok(outcome) => return outcome,
            Err(error) => assert!(error.is_transient(), "{error:?}"),
        }
    }
}

/// All rows at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Snapshot {
    pub(crate) accounts: Vec<(i64, i64, u64)>,
    pub(crate) entries: Vec<Entry>,
}

impl Snapshot {
    pub(crate) async fn of(store: &Store) -> Self {
        session(store)
            .transaction(async |tx| {
                let accounts: Vec<Persisted<Account>> = all(tx).await?;
                let entries: Vec<Persisted<Entry>> = all(tx).await?;
                let account = |account: &Persisted<Account>| (account.id, account.balance, account.revision().0);
                let entries = entries.iter().map(|entry| Entry::clone(entry)).collect();
                Ok(Self { accounts: accounts.iter().map(account).collect(), entries })
            })
            .await
            .unwrap()
    }

    pub(crate) fn balance(&self, account: i64) -> i64 {
        self.accounts.iter().find(|(id, ..)| *id == account).unwrap().1
    }

    /// Each account has what the entries about it come to, so that there is as much as ever in all of them.
    fn check_balances(&self, funds: &[i64]) {
        let mut moved: HashMap<i64, i64> = HashMap::new();
        for entry in &self.entries {
            for (account, amount) in [(entry.source, -entry.amount), (entry.target, entry.amount)] {
                *moved.entry(account.unwrap_or_default()).or_default() += amount;
            }
        }
        for account in funds {
            assert_eq!(self.balance(*account), moved.get(account).copied().unwrap_or_default(), "account {account} and its entries");
        }
        assert_eq!(funds.iter().map(|account| self.balance(*account)).sum::<i64>(), 0);
    }
}

async fn all<T: Persist>(session: &recension::Session) -> Result<Vec<Persisted<T>>, Error> {
    let mut stream = session.find::<T>().stream();
    let mut all = Vec::new();
    while let Some(found) = stream.try_next().await? {
        all.push(found);
    }
    Ok(all)
}

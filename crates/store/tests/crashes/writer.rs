//! One of many who write at once, and know of each write what they were told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use recension::Persisted;
use recension::store::{Error, Session};

use crate::ledger::{Answer, Told, Write};
use crate::objects::{Account, entry};

/// Numbers that differ enough.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    /// The same in each run, unless `RECENSION_SEED` says other ones.
    pub(crate) fn seeded() -> (Self, u64) {
        let seed = std::env::var("RECENSION_SEED").map_or(20_261_130, |seed| seed.parse().unwrap());
        (Self(seed), seed)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end
    }
}

/// The balance of an account that nobody else writes, as far as it is known: from the least to the most that it can be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Own {
    pub(crate) account: i64,
    pub(crate) least: i64,
    pub(crate) most: i64,
}

impl Own {
    /// Nobody has written yet.
    pub(crate) const fn of(account: i64) -> Self {
        Self { account, least: 0, most: 0 }
    }

    /// The balance was read.
    pub(crate) fn found(&mut self, balance: i64) {
        assert!((self.least..=self.most).contains(&balance), "{self:?}, and {balance} was found");
        (self.least, self.most) = (balance, balance);
    }

    /// One more was saved, or may have been.
    fn saved(&mut self, balance: i64, answer: &Answer) {
        (self.least, self.most) = match answer {
            Answer::Done => (balance, balance),
            Answer::Refused => (balance - 1, balance - 1),
            Answer::Unknown(_) => (balance - 1, balance),
        };
    }
}

/// Whoever writes.
pub(crate) struct Writer {
    pub(crate) own: Own,
    /// Its next write.
    pub(crate) next: Write,
    dice: Dice,
}

/// How many writes of each writer must be done after the server is back, before it stops.
const AFTERWARDS: u32 = 5;

impl Writer {
    pub(crate) fn new(number: usize, account: i64, seed: u64) -> Self {
        let number = number as i64;
        Self { own: Own::of(account), next: Write { writer: number, number: 0 }, dice: Dice(seed ^ number.cast_unsigned()) }
    }

    /// Writes until some writes were done that were begun after the server `is_back`.
    pub(crate) async fn work(mut self, session: Session, funds: Arc<[i64]>, is_back: Arc<AtomicBool>, tell: impl Fn(Told)) -> Self {
        let mut done = 0;
        while done < AFTERWARDS {
            let is_late = is_back.load(Ordering::SeqCst);
            let told = self.write(&session, &funds, is_late).await;
            done += u32::from(is_late && told.answer == Answer::Done);
            tell(told);
        }
        self
    }

    /// One write of one of four kinds.
    pub(crate) async fn write(&mut self, session: &Session, funds: &[i64], is_late: bool) -> Told {
        let write = self.next;
        self.next.number += 1;
        let (entries, done) = match self.dice.below(4) {
            0 => (1, transfer(session, write, self.two_of(funds), self.dice.below(100) as i64).await),
            1 => (1, session.create(entry(write)).await.map(|_| ())),
            2 => (2, session.create_many([entry(write), entry(write)]).await.map(|_| ())),
            _ => (0, self.save_own(session).await),
        };
        Told::of(write, entries, &done, is_late)
    }

    /// The keys of two accounts.
    fn two_of(&mut self, funds: &[i64]) -> [i64; 2] {
        let first = self.dice.below(funds.len());
        let second = (first + 1 + self.dice.below(funds.len() - 1)) % funds.len();
        [funds[first], funds[second]]
    }

    /// Adds one to the account that is this writer's alone.
    async fn save_own(&mut self, session: &Session) -> Result<(), Error> {
        let read: Persisted<Account> = session.get(self.own.account).await?;
        self.own.found(read.balance);
        let mut edit = read.edit();
        edit.set_balance(read.balance + 1);
        let saved = session.save(&edit).await.map(|_| ());
        self.own.saved(read.balance + 1, &Answer::of(&saved));
        saved
    }
}

/// Moves an amount from one account to another, and writes that down.
async fn transfer(session: &Session, write: Write, [source, target]: [i64; 2], amount: i64) -> Result<(), Error> {
    let move_it = async |tx: &Session| {
        // In the order of the keys, so that no two wait for each other.
        let mut changes = [(source, -amount), (target, amount)];
        changes.sort_unstable();
        for (id, change) in changes {
            let read: Persisted<Account> = tx.get(id).await?;
            let mut edit = read.edit();
            edit.set_balance(read.balance + change);
            tx.save(&edit).await?;
        }
        tx.create(entry(write).source(source).target(target).amount(amount)).await.map(|_| ())
    };
    session.transaction(move_it).await
}

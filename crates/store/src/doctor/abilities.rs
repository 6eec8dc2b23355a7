//! What an engine can do, in words.

use super::Ability;
use crate::capability::Capability;

/// An ability, with what it means to have it and not to have it.
pub(super) const fn ability(id: &'static str, has: bool, [with, without]: [&'static str; 2]) -> Ability {
    Ability { id, has, means: if has { with } else { without } }
}

pub(super) fn of(capability: &Capability) -> Vec<Ability> {
    vec![
        ability(
            "insert_returns",
            capability.insert_returns,
            ["an INSERT gives its rows back", "an INSERT gives no row back: many objects are made one by one, and each is read again"],
        ),
        ability(
            "update_returns",
            capability.update_returns,
            [
                "an UPDATE gives its rows back",
                "an UPDATE gives no row back: a save answers what was read with what it wrote, and sees later what others put elsewhere into the row",
            ],
        ),
        ability(
            "goes_on_after_errors",
            !capability.errors_end_transactions,
            ["a transaction goes on after a statement that failed", "a statement that fails ends its transaction"],
        ),
        ability(
            "takes_batches",
            capability.takes_batches,
            [
                "several statements are sent in one message: a token of a transaction costs no round trip",
                "each statement is sent by itself",
            ],
        ),
        ability(
            "null_is_smallest",
            capability.null_is_smallest,
            ["NULL sorts first by itself", "NULL sorts last by itself: an index for a list over a nullable column must say NULLS FIRST"],
        ),
    ]
}

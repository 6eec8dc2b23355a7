//! What `told` has, doing nothing.

use recension_model::ObjectName;

use crate::capability::Capability;
use crate::engine::{Connection, Obstacle};
use crate::error::Failure;
use crate::{Error, Operation};

#[derive(Debug)]
pub(crate) struct Watch;

impl Watch {
    pub(crate) const fn of(_: &'static str, _: &'static ObjectName) -> Self {
        Self
    }

    pub(crate) const fn of_transaction() -> Self {
        Self
    }

    pub(crate) const fn refused(_: Operation, _: &'static ObjectName, _: &Error) {}

    pub(crate) const fn rows(&mut self, _: u64) {}

    pub(crate) const fn failed(&mut self, _: &Error) {}

    pub(crate) const fn rolled_back(&mut self) {}

    pub(crate) const fn ended<D>(&mut self, _: &Result<D, Error>) {}

    pub(crate) const fn wrote<D>(&mut self, _: &Result<D, Error>, _: fn(&D) -> usize) {}
}

#[derive(Debug)]
pub(crate) struct Wait;

impl Wait {
    pub(crate) const fn of(_: &'static Capability) -> Self {
        Self
    }

    pub(crate) const fn ended(self, _: &Result<Connection, Failure>) {}
}

#[derive(Debug)]
pub(crate) struct Lease;

impl Lease {
    pub(crate) const fn of(_: &'static Capability) -> Self {
        Self
    }
}

pub(crate) const fn statement(_: &'static Capability) {}

pub(crate) const fn conflict(_: &'static ObjectName) {}

pub(crate) const fn run_again(_: Option<Obstacle>) {}

pub(crate) const fn found_out(_: bool) {}

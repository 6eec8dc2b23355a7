//! The command as people and programs meet it: the real binary on real files and real git repositories, and a team's own.
#![cfg(test)]

mod bad;
mod checking;
mod converting;
mod files;
mod golden;
mod programs;
mod schemas;
mod support;
mod team;

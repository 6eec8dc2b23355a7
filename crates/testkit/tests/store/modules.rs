// The modules of the suite, for its programs on servers: those of `main.rs`.

mod access;
mod adding;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod against_model;
mod bulk;
mod campaign;
mod cancelled;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod cells;
mod children;
mod commits;
mod concurrency;
mod deadlines;
mod deletion;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod doctor;
mod errors;
mod faults_inside;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod files;
mod keys;
mod kinds;
mod limits;
mod loading;
mod locks;
mod lost_update;
mod many;
mod metrics;
mod pages;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod pinned;
mod reading;
#[expect(unreachable_pub, reason = "the tests are the only users")]
mod recorder;
mod relations;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod requests;
mod round_trips;
mod rows;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod sharing;
mod streams;
#[expect(unreachable_pub, reason = "generated code has the visibility of its struct, and the tests are the only users")]
mod support;
mod tables;
mod times;
mod transactions;
mod unscoped;
mod waiting;
mod walks;
mod writing;

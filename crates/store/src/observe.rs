//! Where the store tells what happens. With the feature `metrics` it goes to the recorder of the program, as [`crate::metrics`] says;
//! without it the same names do nothing and take no room.

#[cfg(not(feature = "metrics"))]
mod silent;
#[cfg(feature = "metrics")]
mod told;

#[cfg(not(feature = "metrics"))]
pub(crate) use silent::{Lease, Wait, Watch, conflict, found_out, run_again, statement};
#[cfg(feature = "metrics")]
pub(crate) use told::{Lease, Wait, Watch, conflict, found_out, run_again, statement};

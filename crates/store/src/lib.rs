//! Persistence of versioned objects.

mod caller;
mod capability;
mod clock;
mod column;
mod connect;
mod engine;
mod error;
mod natural_key;
mod persist;
mod policy;
mod session;
mod store;
mod target;
mod value;

pub use caller::{Caller, SystemCapability};
pub use capability::{Capability, NullOrder, TimeForm, Writers};
pub use clock::{Clock, SystemClock};
pub use column::{AnyColumn, Column, Operand, Order};
pub use connect::Connect;
pub use error::{CorrelationId, Error, Fault, Incompatible, Invalid, Malformed, Sought};
pub use natural_key::NaturalKey;
pub use persist::{ColumnMap, Fill, Mapping, Persist, RowKey};
pub use policy::{Decision, Operation, Policy};
pub use recension_model::{ColumnType, Filterable};
pub use sea_orm;
pub use session::{Find, Page, PageRequest, Session};
pub use store::Store;

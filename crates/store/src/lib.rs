//! Persistence of versioned objects.

mod column;
mod persist;
mod value;

pub use column::{AnyColumn, Column, Operand, Order};
pub use persist::{ColumnMap, Fill, Mapping, NaturalKey, Persist, RowKey};
pub use recension_model::{ColumnType, Filterable};
pub use sea_orm;

//! An enum of a field.
use recension::FieldEnum;

/// How it ended.
#[derive(Clone, Debug, PartialEq, FieldEnum)]
#[field_enum(name = "EventResult")]
pub enum Outcome {
    /// Well.
    Success,
    /// Badly.
    #[field_enum(value = "Error")]
    Failed,
    /// As another release says.
    #[field_enum(unknown)]
    Unknown(String),
}

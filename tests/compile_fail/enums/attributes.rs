//! Enums of fields that make no sense.
use recension::FieldEnum;

#[derive(Clone, FieldEnum)]
enum NoPlaceForUnknownTexts {
    One,
}

#[derive(Clone, FieldEnum)]
#[field_enum(nam = "Twice")]
enum Twice {
    One,
    #[field_enum(value = "One")]
    Uno,
    #[field_enum(vlue = "Due")]
    Two,
    Held(String),
    #[field_enum(unknown)]
    Unit,
    #[field_enum(unknown)]
    Unknown(String),
    #[field_enum(unknown)]
    Other(String),
}

#[derive(Clone, FieldEnum)]
enum Empty {
    #[field_enum(unknown)]
    Unknown(String),
}

#[derive(Clone, FieldEnum)]
struct NoEnum {
    id: i64,
}

fn main() {}

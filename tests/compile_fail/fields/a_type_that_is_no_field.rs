//! A type of the user's own, of which only the compiler can tell that it is no field.
use recension::FieldType;

#[derive(Clone)]
struct Flavour;

fn field<F: FieldType>() {}

fn main() {
    field::<Flavour>();
    field::<Vec<Flavour>>();
}

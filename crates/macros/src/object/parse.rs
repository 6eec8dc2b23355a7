//! From the tokens of a struct to the model of an object.

use syn::punctuated::Punctuated;
use syn::{Data, DeriveInput, Fields, Ident, Path, Token, parse_quote};

use super::history;
use super::model::{Field, Name, Object};
use super::options::{self, Class, OPTIONS, Options};
use crate::arg;
use crate::errors::{Errors, plain};
use crate::rust_type::{Shape, UNSUPPORTED, without_self};

const OBJECT_KEYS: [&str; 4] = ["name", "namespace", "default_class", "crate"];

/// The model, with the errors of what could not be read; `None` where not even a stub could stand.
pub(crate) fn object(input: &DeriveInput, errors: &mut Errors) -> Option<Object> {
    if !input.generics.params.is_empty() {
        errors.at(&input.generics.params, "an object has no generics: its shape is the same on every node");
        return None;
    }
    let head = Head::read(input, errors);
    let default_class = head.default_class.as_ref();
    let declared = named_fields(input, errors);
    let count = declared.map(Punctuated::len);
    let fields: Vec<Field> =
        declared.into_iter().flatten().filter_map(|field| read_field(field, &input.ident, default_class, errors)).collect();
    let (releases, history_whole) = history::releases(&input.attrs, &input.ident, default_class, errors);
    Some(Object {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        whole: count == Some(fields.len()),
        fields,
        releases,
        history_whole,
        facade: head.facade,
        name: head.name,
        namespace: head.namespace,
    })
}

/// What `#[object]` says.
struct Head {
    name: String,
    namespace: String,
    default_class: Option<Class>,
    facade: Path,
}

impl Head {
    fn read(input: &DeriveInput, errors: &mut Errors) -> Self {
        let mut head = Self { name: plain(&input.ident), namespace: String::new(), default_class: None, facade: parse_quote!(::recension) };
        let mut placed = false;
        for arg in arg::of_attributes(&input.attrs, "object", errors) {
            match arg.key().as_str() {
                "name" => head.name = arg.text(errors).map_or_else(String::new, |text| text.value()),
                "namespace" => {
                    placed = true;
                    head.namespace = arg.text(errors).map_or_else(String::new, |text| text.value());
                }
                "default_class" => head.default_class = options::class(&arg, errors),
                "crate" => head.facade = arg.path(errors).unwrap_or(head.facade),
                _ => errors.unknown("attribute", &arg.name, OBJECT_KEYS),
            }
        }
        if !placed {
            errors.at(&input.ident, "an object needs `#[object(namespace = \"..\")]`: the project whose name it carries on the wire");
        }
        head
    }
}

/// Where the facade crate is, for other derives on the same struct. They leave errors in it to this one.
pub(crate) fn facade(input: &DeriveInput) -> Path {
    let args = arg::of_attributes(&input.attrs, "object", &mut Errors::default());
    let path = args.iter().find(|arg| arg.key() == "crate").and_then(|arg| arg.path(&mut Errors::default()));
    path.unwrap_or_else(|| parse_quote!(::recension))
}

fn named_fields<'i>(input: &'i DeriveInput, errors: &mut Errors) -> Option<&'i Punctuated<syn::Field, Token![,]>> {
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return Some(&fields.named),
            Fields::Unnamed(fields) => errors.at(fields, "the fields of an object have names"),
            Fields::Unit => errors.at(&input.ident, "the fields of an object have names: write `{}` for one that has no fields"),
        },
        Data::Enum(data) => errors.at(&data.enum_token, "an object is a struct; an enum may be a field of it, with `FieldEnum`"),
        Data::Union(data) => errors.at(&data.union_token, "an object is a struct"),
    }
    None
}

fn read_field(field: &syn::Field, object: &Ident, default_class: Option<&Class>, errors: &mut Errors) -> Option<Field> {
    let ident = field.ident.clone()?;
    let mut name = Name { text: plain(&ident), span: ident.span() };
    let mut options = Options::default();
    for arg in arg::of_attributes(&field.attrs, "field", errors) {
        if arg.key() == "name" {
            if let Some(text) = arg.text(errors) {
                name = Name { text: text.value(), span: text.span() };
            }
        } else if !options.read(&arg, errors) {
            errors.unknown("attribute", &arg.name, OPTIONS.into_iter().chain(["name"]));
        }
    }
    let Some(shape) = Shape::of(&field.ty) else {
        errors.at(&field.ty, UNSUPPORTED);
        return None;
    };
    options.settle_class(shape, default_class);
    Some(Field { ident, name, ty: without_self(&field.ty, object), shape, options })
}

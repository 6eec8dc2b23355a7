//! From the tokens of a struct to the model of its table.

use proc_macro2::Span;
use syn::{Data, DeriveInput, Fields, Ident, LitStr, Path};

use super::model::{Column, Field, Fill, Idempotency, NaturalKey, Persist, Relation, RelationKind, SoftDelete, Table};
use crate::arg::{self, Arg, Rest};
use crate::errors::{Errors, plain, unknown};
use crate::object;
use crate::rust_type::{Shape, without_self};

const KEYS: [&str; 10] = [
    "table",
    "entity",
    "key",
    "revision",
    "natural_key",
    "idempotency_key",
    "soft_delete",
    "shared_with_reference",
    "has_many",
    "belongs_to",
];
const REPEATABLE: [&str; 2] = ["has_many", "belongs_to"];
const FIELD_KEYS: [&str; 3] = ["column", "fill", "null_as"];
const FILLS: [(&str, &str); 5] = [("auto", "Auto"), ("now", "Now"), ("touched", "Touched"), ("user", "User"), ("project", "Project")];

/// The model, with the errors of what could not be read; `None` where there is no telling what is meant.
pub(crate) fn persist(input: &DeriveInput, errors: &mut Errors) -> Option<Persist> {
    let Data::Struct(data) = &input.data else { return not_a_struct(input, errors) };
    let Fields::Named(fields) = &data.fields else { return not_a_struct(input, errors) };
    let declared = fields.named.len();
    let fields: Vec<Field> = fields.named.iter().filter_map(|field| read_field(field, &input.ident, errors)).collect();
    let head = Head::read(input, &fields, errors);
    let table = match (head.table, head.entity) {
        (Some(table), None) => Some(Table::Named(table)),
        (None, Some(entity)) => Some(Table::Entity(entity)),
        (Some(table), Some(_)) => {
            errors.span(table.span, "`table` makes an entity and `entity` names one: give one of them");
            None
        }
        (None, None) => {
            errors
                .at(&input.ident, "a stored object needs `#[persist(table = \"..\", key = \"..\")]`, or `entity = ..` in place of `table`");
            None
        }
    };
    if !head.key_given {
        errors.at(&input.ident, "a stored object needs `#[persist(key = \"..\")]`: the field that tells its rows apart");
    }
    Some(Persist {
        ident: input.ident.clone(),
        vis: input.vis.clone(),
        facade: object::facade(input),
        table: table?,
        keys: head.keys?,
        revision: head.revision,
        natural_key: head.natural_key,
        idempotency: head.idempotency,
        soft_delete: head.soft_delete,
        shared_until: head.shared_until,
        relations: head.relations,
        // The errors of a type that is no field are those of `VersionedObject`.
        whole: fields.len() == declared,
        fields,
        checked: false,
    })
}

fn not_a_struct<T>(input: &DeriveInput, errors: &mut Errors) -> Option<T> {
    errors.at(&input.ident, "a stored object is a struct whose fields have names");
    None
}

/// What `#[persist]` says of the struct.
#[derive(Default)]
struct Head {
    table: Option<Column>,
    entity: Option<Path>,
    key_given: bool,
    keys: Option<Vec<usize>>,
    revision: Option<Column>,
    natural_key: Option<NaturalKey>,
    idempotency: Option<Idempotency>,
    soft_delete: Option<SoftDelete>,
    shared_until: Option<String>,
    relations: Vec<Relation>,
}

impl Head {
    fn read(input: &DeriveInput, fields: &[Field], errors: &mut Errors) -> Self {
        let mut head = Self::default();
        for arg in arg::of_attributes_with(&input.attrs, "persist", &REPEATABLE, errors) {
            match arg.key().as_str() {
                "table" => head.table = arg.text(errors).map(Column::of),
                "entity" => head.entity = arg.path(errors),
                "key" => {
                    head.key_given = true;
                    head.keys = keys(&arg, fields, errors);
                }
                "revision" => head.revision = column_or_default(&arg, errors),
                "natural_key" => head.natural_key = natural_key(&arg, fields, errors),
                "idempotency_key" => head.idempotency = idempotency(&arg, errors),
                "soft_delete" => head.soft_delete = soft_delete(&arg, fields, errors),
                "shared_with_reference" => head.shared_until = shared_until(&arg, errors),
                "has_many" => head.relations.extend(relation(&arg, RelationKind::HasMany, errors)),
                "belongs_to" => {
                    let relation = relation(&arg, RelationKind::BelongsTo, errors);
                    let known = |by: &Ident, errors: &mut Errors| position(&plain(by), by.span(), fields, errors).is_some();
                    head.relations.extend(relation.filter(|relation| known(&relation.by, errors)));
                }
                _ => errors.unknown("attribute", &arg.name, KEYS),
            }
        }
        head
    }
}

/// `revision` alone names the column too; `revision = ".."` gives it another name.
fn column_or_default(arg: &Arg, errors: &mut Errors) -> Option<Column> {
    match arg.rest {
        Rest::Nothing => Some(Column { name: arg.key(), span: arg.name.span() }),
        _ => arg.text(errors).map(Column::of),
    }
}

/// `natural_key(field, .., column = "..")`
fn natural_key(arg: &Arg, fields: &[Field], errors: &mut Errors) -> Option<NaturalKey> {
    let Rest::List(parts) = &arg.rest else {
        errors.at(&arg.name, "write `natural_key(field, ..)`");
        return None;
    };
    let mut key = NaturalKey { column: Column { name: arg.key(), span: arg.name.span() }, fields: Vec::new() };
    for part in parts {
        match (part.key().as_str(), &part.rest) {
            (name, Rest::Nothing) => key.fields.extend(position(name, part.name.span(), fields, errors)),
            ("column", _) => key.column = part.text(errors).map_or(key.column, Column::of),
            _ => errors.unknown("argument", &part.name, ["column"]),
        }
    }
    if parts.iter().all(|part| !matches!(part.rest, Rest::Nothing)) {
        errors.at(&arg.name, "a natural key has at least one field");
    }
    Some(key)
}

/// `idempotency_key` alone names the columns too; `idempotency_key(column = "..", payload = "..")` gives them other names.
fn idempotency(arg: &Arg, errors: &mut Errors) -> Option<Idempotency> {
    let own = |name: &str| Column { name: name.to_owned(), span: arg.name.span() };
    let mut columns = Idempotency { key: own("idempotency_key"), payload: own("idempotency_payload") };
    let parts = match &arg.rest {
        Rest::Nothing => return Some(columns),
        Rest::List(parts) if !parts.is_empty() => parts,
        _ => {
            errors.at(&arg.name, "write `idempotency_key`, or `idempotency_key(column = \"..\", payload = \"..\")`");
            return None;
        }
    };
    for part in parts {
        match part.key().as_str() {
            "column" => columns.key = part.text(errors).map_or(columns.key, Column::of),
            "payload" => columns.payload = part.text(errors).map_or(columns.payload, Column::of),
            _ => errors.unknown("argument", &part.name, ["column", "payload"]),
        }
    }
    Some(columns)
}

/// `key = "field"` or `key(field, ..)`
fn keys(arg: &Arg, fields: &[Field], errors: &mut Errors) -> Option<Vec<usize>> {
    let Rest::List(parts) = &arg.rest else {
        let name = arg.text(errors)?;
        return position(&name.value(), name.span(), fields, errors).map(|key| vec![key]);
    };
    let mut keys = Vec::new();
    for part in parts {
        part.flag(errors);
        let key = position(&part.key(), part.name.span(), fields, errors)?;
        if keys.contains(&key) {
            errors.at(&part.name, format!("`{}` is given twice", part.key()));
        } else {
            keys.push(key);
        }
    }
    if !(1..=3).contains(&parts.len()) {
        errors.at(&arg.name, "a key has one to three fields");
        return None;
    }
    Some(keys)
}

/// `soft_delete(time = "field", mark = "field")`, or one of the two.
fn soft_delete(arg: &Arg, fields: &[Field], errors: &mut Errors) -> Option<SoftDelete> {
    let parts = match &arg.rest {
        Rest::List(parts) if !parts.is_empty() => parts,
        _ => {
            errors.at(&arg.name, "write `soft_delete(time = \"..\", mark = \"..\")`, or one of the two");
            return None;
        }
    };
    let mut deletion = SoftDelete { time: None, mark: None, span: arg.name.span() };
    for part in parts {
        let place = match part.key().as_str() {
            "time" => &mut deletion.time,
            "mark" => &mut deletion.mark,
            _ => {
                errors.unknown("argument", &part.name, ["time", "mark"]);
                continue;
            }
        };
        let name = part.text(errors);
        *place = name.and_then(|name| Some((position(&name.value(), name.span(), fields, errors)?, name.span())));
    }
    Some(deletion)
}

/// `shared_with_reference(until = "YYYY-MM-DD")`
fn shared_until(arg: &Arg, errors: &mut Errors) -> Option<String> {
    let Rest::List(parts) = &arg.rest else { return not_shared(arg, errors) };
    let [until] = parts.as_slice() else { return not_shared(arg, errors) };
    if until.key() != "until" {
        errors.unknown("argument", &until.name, ["until"]);
        return None;
    }
    until.day(errors)
}

fn not_shared<T>(arg: &Arg, errors: &mut Errors) -> Option<T> {
    errors.at(&arg.name, "write `shared_with_reference(until = \"2027-03-01\")`: the last day on which others write the table");
    None
}

/// `has_many(name: Object, by = "field")`, `belongs_to(name: Object, by = "field")`
fn relation(arg: &Arg, kind: RelationKind, errors: &mut Errors) -> Option<Relation> {
    let Rest::List(parts) = &arg.rest else { return not_a_relation(arg, errors) };
    let [Arg { name, rest: Rest::Type(other) }, by] = parts.as_slice() else { return not_a_relation(arg, errors) };
    if by.key() != "by" {
        errors.unknown("argument", &by.name, ["by"]);
        return None;
    }
    let by = by.text(errors)?;
    let Ok(field) = syn::parse_str::<Ident>(&by.value()) else {
        errors.at(&by, "this is no name of a field");
        return None;
    };
    let by = Ident::new(&field.to_string(), by.span());
    Some(Relation { kind, name: name.clone(), other: (**other).clone(), by })
}

fn not_a_relation<T>(arg: &Arg, errors: &mut Errors) -> Option<T> {
    errors.at(&arg.name, format!("write `{}(name: Object, by = \"field\")`", arg.key()));
    None
}

fn position(name: &str, span: Span, fields: &[Field], errors: &mut Errors) -> Option<usize> {
    let found = fields.iter().position(|field| plain(&field.ident) == name);
    if found.is_none() {
        let names: Vec<String> = fields.iter().map(|field| plain(&field.ident)).collect();
        errors.span(span, unknown("field", name, names.iter().map(String::as_str)));
    }
    found
}

fn read_field(field: &syn::Field, object: &Ident, errors: &mut Errors) -> Option<Field> {
    let ident = field.ident.clone()?;
    // A type that no field can have is an error of the object, which says so.
    let shape = Shape::of(&field.ty)?;
    let mut model = Field {
        column: Column { name: plain(&ident), span: ident.span() },
        ident,
        shape,
        ty: without_self(&field.ty, object),
        // What else is in `#[field]` is the object's to check.
        server_set: arg::of_attributes(&field.attrs, "field", &mut Errors::default()).iter().any(|arg| arg.key() == "server_set"),
        fill: None,
        null_as: None,
    };
    for arg in arg::of_attributes(&field.attrs, "persist", errors) {
        match arg.key().as_str() {
            "column" => model.column = arg.text(errors).map_or(model.column, Column::of),
            "fill" => model.fill = fill(&arg, errors),
            "null_as" => model.null_as = arg.literal(errors).map(|literal| (literal, arg.value_span())),
            _ => errors.unknown("attribute", &arg.name, FIELD_KEYS),
        }
    }
    Some(model)
}

fn fill(arg: &Arg, errors: &mut Errors) -> Option<Fill> {
    let text = arg.text(errors)?;
    let value = text.value();
    let variant = FILLS.iter().find(|(word, _)| *word == value);
    if variant.is_none() {
        errors.at(&text, unknown("fill", &value, FILLS.map(|(word, _)| word)));
    }
    variant.map(|(_, variant)| Fill(Ident::new(variant, text.span())))
}

impl Column {
    fn of(text: LitStr) -> Self {
        Self { name: text.value(), span: text.span() }
    }
}

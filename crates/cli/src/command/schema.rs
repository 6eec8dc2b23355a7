//! `recension schema`

use std::fs;
use std::path::Path;

use recension_model::{Classes, FieldClass, ObjectVersion};
use recension_versioning::{
    CompareMode, Compared, Lineage, Registry, SchemaForm, SchemaOptions, Verdict, VersionSchemas, Witness, compare_versions, draft07,
};
use serde_json::{Value as Json, json};

use crate::answer::Answer;
use crate::args::{ClassArg, Cli, CompareArgs, DraftArg, ExportArgs, Format, ModeArg, SchemaCommand, SideArg};
use crate::error::Error;
use crate::source::{self, Locked};

pub(crate) fn run(registry: Option<&Registry>, command: &SchemaCommand, cli: &Cli) -> Result<Answer, Error> {
    match command {
        SchemaCommand::Export(args) => export(registry, args, cli),
        SchemaCommand::Compare(args) => compare(registry, args, cli.format),
    }
}

/// A team's own objects, or those of the lock file.
fn objects(registry: Option<&Registry>, lock: &Path) -> Result<Registry, Error> {
    match registry {
        Some(registry) => Ok(registry.clone()),
        None => Locked::read(lock)?.registry(),
    }
}

fn lineage<'r>(registry: &'r Registry, object: &str) -> Result<&'r Lineage, Error> {
    registry.lineage(object).map_err(|_| Error::NoObject(object.to_owned()))
}

/// A version of an object.
pub(super) fn version(lineage: &Lineage, text: &str) -> Result<ObjectVersion, Error> {
    let shapes = lineage.shapes();
    let known = || shapes.iter().map(|shape| shape.version.to_string()).collect::<Vec<_>>().join(", ");
    let found = text.parse().ok().filter(|version| shapes.iter().any(|shape| shape.version == *version));
    found.ok_or_else(|| Error::NoVersion { object: lineage.head().name.to_string(), version: text.to_owned(), known: known() })
}

/// What an exported file is of.
pub(super) struct Exported {
    pub(super) object: String,
    /// Each text that it may have now: for everybody, and for readers outside who are shown these or those classes. None of a
    /// version that is no more.
    pub(super) texts: Vec<String>,
}

/// What a file of this name is of; `None` for a name that no export has.
pub(super) fn exported(registry: &Registry, name: &str, prefix: &str) -> Result<Option<Exported>, Error> {
    let Some(stem) = name.strip_suffix(".json") else { return Ok(None) };
    let (stem, draft) = stem.strip_suffix(".draft-07").map_or((stem, DraftArg::Latest), |stem| (stem, DraftArg::Draft07));
    let (stem, side) = match (stem.strip_suffix(".write"), stem.strip_suffix(".read")) {
        (Some(stem), _) => (stem, SideArg::Write),
        (_, Some(stem)) => (stem, SideArg::Read),
        _ => return Ok(None),
    };
    let Some((object, text)) = stem.rsplit_once('-') else {
        return Ok(None);
    };
    let (Ok(lineage), Ok(version)) = (registry.lineage(object), text.parse::<ObjectVersion>()) else { return Ok(None) };
    if lineage.shape(&version).is_err() {
        return Ok(Some(Exported { object: object.to_owned(), texts: Vec::new() }));
    }
    let mut texts = Vec::new();
    for classes in
        [&[][..], &[ClassArg::Public], &[ClassArg::Public, ClassArg::Internal], &[ClassArg::Public, ClassArg::Internal, ClassArg::Personal]]
    {
        let schema = registry.schema(object, &version, &described(side, prefix, classes)).map(Json::from);
        let schema = schema.map_err(|source| Error::Export { object: object.to_owned(), source })?;
        texts.push(format!("{:#}\n", if draft == DraftArg::Draft07 { draft07(&schema) } else { schema }));
    }
    Ok(Some(Exported { object: object.to_owned(), texts }))
}

/// What a schema describes.
fn described(side: SideArg, prefix: &str, named: &[ClassArg]) -> SchemaOptions {
    let form = SchemaForm::envelope(prefix.to_owned());
    let options = match side {
        SideArg::Write => SchemaOptions::write(form),
        SideArg::Read => SchemaOptions::read(form),
    };
    if named.is_empty() { options } else { options.disclosed(classes(named)) }
}

fn classes(named: &[ClassArg]) -> Classes {
    named.iter().fold(Classes::NONE, |classes, class| {
        classes.and(match class {
            ClassArg::Public => FieldClass::Public,
            ClassArg::Internal => FieldClass::Internal,
            ClassArg::Personal => FieldClass::Personal,
        })
    })
}

fn export(registry: Option<&Registry>, args: &ExportArgs, cli: &Cli) -> Result<Answer, Error> {
    let registry = objects(registry, &args.lock)?;
    let options = described(args.side, &cli.prefix, &args.classes);
    let exported = |object: &str, schema: Result<Json, recension_versioning::Error>| {
        schema.map_err(|source| Error::Export { object: object.to_owned(), source })
    };
    let lineages: Vec<&Lineage> = match &args.object {
        Some(object) => vec![lineage(&registry, object)?],
        None => registry.lineages().collect(),
    };
    let side = match args.side {
        SideArg::Write => "write",
        SideArg::Read => "read",
    };
    let mut schemas: Vec<(String, Json)> = Vec::new();
    if args.openapi {
        let document = registry.openapi("Objects of a service", env!("CARGO_PKG_VERSION"), &options);
        schemas.push((format!("openapi.{side}.json"), exported("openapi", document)?));
    }
    for lineage in lineages.into_iter().filter(|_| !args.openapi) {
        let versions = match &args.version {
            Some(text) => vec![version(lineage, text)?],
            None => lineage.shapes().iter().map(|shape| shape.version.clone()).collect(),
        };
        for version in versions {
            let name = source::in_file_name(lineage.head().name.as_str())?;
            let schema = exported(name, registry.schema(name, &version, &options).map(Json::from))?;
            let (schema, draft) = match args.draft {
                DraftArg::Latest => (schema, ""),
                DraftArg::Draft07 => (draft07(&schema), ".draft-07"),
            };
            schemas.push((format!("{name}-{version}.{side}{draft}.json"), schema));
        }
    }
    let Some(folder) = &args.out else {
        return Ok(match schemas.as_slice() {
            [(_, schema)] => Answer::json(schema),
            schemas => Answer::json(&schemas.iter().cloned().collect::<serde_json::Map<_, _>>().into()),
        });
    };
    let failed = |path: &Path, source| Error::File { path: path.to_owned(), source };
    fs::create_dir_all(folder).map_err(|source| failed(folder, source))?;
    for (name, schema) in &schemas {
        let path = folder.join(name);
        fs::write(&path, format!("{schema:#}\n")).map_err(|source| failed(&path, source))?;
    }
    let names: Vec<&String> = schemas.iter().map(|(name, _)| name).collect();
    Ok(match cli.format {
        Format::Json => Answer::json(&json!({ "written": names })),
        Format::Human => Answer::clean(names.into_iter().map(|name| format!("{name}\n")).collect::<String>()),
    })
}

/// A schema file, which is for writers and readers, or a version of an object.
fn schemas(registry: Option<&Registry>, args: &CompareArgs, name: &str) -> Result<VersionSchemas, Error> {
    let Some((object, text)) = name.split_once('@').filter(|_| !Path::new(name).exists()) else {
        let schema = source::json(Path::new(name))?;
        return Ok(VersionSchemas { name: name.to_owned(), write: schema.clone(), read: schema });
    };
    let registry = objects(registry, &args.lock)?;
    let version = version(lineage(&registry, object)?, text)?;
    let outside = registry.outside(object, classes(&args.classes));
    let outside = outside.map_err(|source| Error::Export { object: object.to_owned(), source })?;
    let of_version = outside.into_iter().find(|schemas| schemas.name == format!("{object}@{version}"));
    of_version.ok_or_else(|| Error::NoObject(object.to_owned()))
}

fn compare(registry: Option<&Registry>, args: &CompareArgs, format: Format) -> Result<Answer, Error> {
    let versions = args.schemas.iter().map(|name| schemas(registry, args, name)).collect::<Result<Vec<_>, _>>()?;
    let mode = match args.mode {
        ModeArg::Backward => CompareMode::Backward,
        ModeArg::Forward => CompareMode::Forward,
        ModeArg::Full => CompareMode::Full,
    };
    let compared = compare_versions(&versions, mode, args.transitive).map_err(Error::Schema)?;
    let found = compared.iter().any(|compared| compared.verdict != Verdict::Compatible);
    Ok(match format {
        Format::Json => Answer::json(&json!({ "comparisons": compared.iter().map(program).collect::<Vec<_>>() })),
        Format::Human => Answer::clean(compared.iter().map(human).collect::<String>()),
    }
    .found(found))
}

fn human(compared: &Compared) -> String {
    let Compared { writer, reader, verdict } = compared;
    match verdict {
        Verdict::Incompatible { instance, refused_by } => {
            let by = if refused_by.is_empty() { String::new() } else { format!(" by {}", refused_by.join(", ")) };
            let this = if instance.instance().is_some() { "this" } else { "what this describes" };
            format!("{writer} -> {reader}: incompatible\n    {this} is written, and refused{by}:\n    {instance}\n")
        }
        Verdict::Unknown { side, keyword, path } => {
            format!("{writer} -> {reader}: unknown\n    `{keyword}` at `#{path}` of the {side}'s schema is not decided\n")
        }
        _ => format!("{writer} -> {reader}: compatible\n"),
    }
}

fn program(compared: &Compared) -> Json {
    let Compared { writer, reader, verdict } = compared;
    match verdict {
        Verdict::Incompatible { instance, refused_by } => {
            let told = |name: &str, shown: Json| json!({ "writer": writer, "reader": reader, "verdict": "incompatible", "refused_by": refused_by, name: shown });
            match instance {
                Witness::Described(described) => told("described", described.clone()),
                shown => told("instance", json!(shown.instance())),
            }
        }
        Verdict::Unknown { side, keyword, path } => json!({
            "writer": writer, "reader": reader, "verdict": "unknown", "side": side.to_string(), "keyword": keyword, "path": path,
        }),
        _ => json!({ "writer": writer, "reader": reader, "verdict": "compatible" }),
    }
}

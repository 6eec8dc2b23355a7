//! What the derives emit, as snapshots. The inputs are modules, which a test that crosses the crates compiles.

use std::fs;
use std::path::Path;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::{Attribute, Item};

/// The code that a derive emits for the items of an input that ask for it, formatted.
fn expanded(input: &str, name: &str, derive: fn(TokenStream) -> TokenStream) -> String {
    let file: syn::File = syn::parse_str(input).unwrap();
    let asking = file.items.iter().filter(|item| attributes(item).iter().any(|attr| asks_for(attr, name)));
    let code: TokenStream = asking.map(|item| derive(item.to_token_stream())).collect();
    prettyplease::unparse(&syn::parse2(code).unwrap())
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Struct(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        _ => &[],
    }
}

fn asks_for(attr: &Attribute, derive: &str) -> bool {
    let list = attr.path().is_ident("derive").then(|| attr.meta.require_list().unwrap().tokens.to_string());
    list.is_some_and(|list| list.split([',', ' ']).any(|word| word == derive))
}

fn snapshot(input: &str, derive: &str, expand: fn(TokenStream) -> TokenStream) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/tests/inputs").join(input).with_extension("rs");
    let text = fs::read_to_string(path).unwrap();
    let code = expanded(&text, derive, expand);
    insta::with_settings!({ description => text, omit_expression => true, prepend_module_to_snapshot => false, snapshot_path => "tests/snapshots" }, {
        insta::assert_snapshot!(format!("{input}-{derive}"), code);
    });
}

#[test]
fn fields() {
    snapshot("fields", "VersionedObject", crate::object::derive);
}

#[test]
fn history() {
    snapshot("history", "VersionedObject", crate::object::derive);
}

#[test]
fn reshape() {
    snapshot("reshape", "VersionedObject", crate::object::derive);
}

#[test]
fn regrouped() {
    snapshot("regrouped", "VersionedObject", crate::object::derive);
}

#[test]
fn nested() {
    snapshot("nested", "VersionedObject", crate::object::derive);
}

#[test]
fn field_enum() {
    snapshot("field_enum", "FieldEnum", crate::field_enum::derive);
}

#[test]
fn table() {
    snapshot("table", "Persist", crate::persist::derive);
}

#[test]
fn given_entity() {
    snapshot("given_entity", "Persist", crate::persist::derive);
}

#[test]
fn related() {
    snapshot("related", "Persist", crate::persist::derive);
}

/// What a field costs is what every object pays for again and again.
#[test]
fn a_field_costs_few_lines() {
    let object = |fields: &str| {
        let text = format!(r#"#[object(namespace = "demo")] #[version("1.0", "first")] struct S {{ a: i64, {fields} }}"#);
        let code = crate::object::derive(text.parse().unwrap());
        prettyplease::unparse(&syn::parse2(code).unwrap()).lines().filter(|line| !line.trim_start().starts_with("///")).count()
    };
    let lines = object("b: i64, c: Option<i64>,") - object("");
    assert!(lines <= 2 * 26, "{lines} lines for two fields");
}

/// The first error of a derive, as its text.
fn messages(input: TokenStream) -> Vec<String> {
    let code: syn::File = syn::parse2(crate::object::derive(input)).unwrap();
    let errors = code.items.iter().filter_map(|item| match item {
        Item::Macro(item) if item.mac.path.segments.last().unwrap().ident == "compile_error" => Some(item.mac.tokens.to_string()),
        _ => None,
    });
    errors.map(|error| error.trim_matches('"').to_owned()).collect()
}

#[test]
fn an_object_has_at_most_128_fields() {
    let object = |count: usize| {
        let fields = (0..count).map(|index| quote::format_ident!("f{index}"));
        quote!(#[object(namespace = "demo")] #[version("1.0", "first")] struct Wide { #(#fields: i64),* })
    };
    assert_eq!(messages(object(128)), [""; 0]);
    assert_eq!(messages(object(129)), ["an object may have at most 128 fields, `Wide` has 129"]);
}

#[test]
fn s20_malformed_versions_are_refused() {
    let versions = |text: &str| {
        messages(quote!(
            #[object(namespace = "demo")]
            #[version(#text, "first")]
            struct S {}
        ))
    };
    for good in ["1", "0.0", "1.10", "12345.0.99999"] {
        assert_eq!(versions(good), [""; 0], "{good}");
    }
    for bad in ["", ".", "1.", ".1", "1..2", "1.2.3.4", "01.2", "1.02", "v1", "1.2-rc1", " 1.2", "+1", "123456", "1.١"] {
        assert_eq!(versions(bad), ["a version is one to three numbers of at most five digits joined by dots"], "{bad:?}");
    }
}

#[test]
fn a_stub_is_emitted_whatever_is_wrong() {
    let code = crate::object::derive(quote!(
        #[object(namespace = "demo")]
        #[version("1.0", "first")]
        enum Choice {
            A,
        }
    ));
    let text = code.to_string();
    assert!(text.contains("compile_error") && text.contains("impl __model :: Object for Choice"), "{text}");
}

//! Each limit of a message: what is at it is accepted, one past it is refused.

use recension::wire::{Codec, Error, Limit, Limits};

use super::tree::Tree;
use super::{message, newest, read, registry, tree};

/// Where a limit stands among all.
type Place = fn(&mut Limits) -> &mut usize;

fn verdict(text: &str, limits: Limits) -> Option<(Limit, usize)> {
    match Codec::default().limits(limits).record_from_json(registry(), text.as_bytes()) {
        Ok(_) => None,
        Err(Error::TooLarge { limit, max }) => Some((limit, max)),
        Err(other) => panic!("{other}"),
    }
}

fn depth(tree: &Tree) -> usize {
    tree.places(|_| true).iter().map(Vec::len).max().unwrap()
}

/// The most that any place of the tree has of something.
fn most(tree: &Tree, count: fn(&Tree) -> Option<usize>) -> usize {
    tree.places(|_| true).iter().filter_map(|path| count(tree.clone().at(path))).max().unwrap()
}

#[test]
fn s16_each_limit_of_a_message_is_accepted_and_one_less_refused() {
    let (text, tree) = (message(), tree());
    let objects = tree.places(|place| matches!(place, Tree::Map(entries) if entries[0].0 == "versioned_object.name")).len();
    let list_items = most(&tree, |place| if let Tree::List(items) = place { Some(items.len()) } else { None });
    let map_keys = most(&tree, |place| if let Tree::Map(entries) = place { Some(entries.len()) } else { None });
    let key_bytes = most(&tree, |place| if let Tree::Map(entries) = place { entries.iter().map(|(key, _)| key.len()).max() } else { None });
    let text_bytes = most(&tree, |place| match place {
        Tree::Leaf(text) if text.starts_with('"') => Some(text.len() - 2),
        _ => None,
    });
    let all = Limits::default();
    let table: [(Limit, usize, Place); 8] = [
        (Limit::MessageBytes, text.len(), |limits| &mut limits.message_bytes),
        (Limit::Depth, depth(&tree), |limits| &mut limits.depth),
        (Limit::Objects, objects, |limits| &mut limits.objects),
        (Limit::ListItems, list_items, |limits| &mut limits.list_items),
        (Limit::MapKeys, map_keys, |limits| &mut limits.map_keys),
        (Limit::KeyBytes, key_bytes, |limits| &mut limits.key_bytes),
        (Limit::TextBytes, text_bytes, |limits| &mut limits.text_bytes),
        // From 1.2 to 2.0, and no part of the object has further to go.
        (Limit::Hops, 2, |limits| &mut limits.hops),
    ];
    for (limit, most, place) in table {
        let mut limits = all;
        *place(&mut limits) = most;
        assert_eq!(verdict(&text, limits), None, "{limit} at {most}");
        *place(&mut limits) = most - 1;
        assert_eq!(verdict(&text, limits), Some((limit, most - 1)));
    }
}

#[test]
fn s16_the_defaults_hold() {
    let limits = Limits::default();
    let refused = |text: &str| match read(text) {
        Err(Error::TooLarge { limit, .. }) => limit,
        other => panic!("{other:?}"),
    };
    let note = |bytes: usize| newest(&format!(r#"{{"note":"{}"}}"#, "x".repeat(bytes)));
    assert_eq!(refused(&note(limits.text_bytes + 1)), Limit::TextBytes);
    // At the limit of a text it is the limit of the field that speaks.
    assert!(matches!(read(&note(limits.text_bytes)), Err(Error::Object(_))));
    assert_eq!(refused(&(" ".repeat(limits.message_bytes) + "{}")), Limit::MessageBytes);
    assert_eq!(refused(&newest(&format!(r#"{{"parts":[{}]}}"#, vec!["1"; limits.list_items + 1].join(",")))), Limit::ListItems);
    let keys: Vec<String> = (0..=limits.map_keys).map(|key| format!(r#""k{key}":1"#)).collect();
    assert_eq!(refused(&newest(&format!("{{{}}}", keys.join(",")))), Limit::MapKeys);
    assert_eq!(refused(&newest(&format!(r#"{{"{}":1}}"#, "k".repeat(limits.key_bytes + 1)))), Limit::KeyBytes);
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}")] {
        let deep = format!("{}1{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(refused(&newest(&format!(r#"{{"note":{deep}}}"#))), Limit::Depth);
    }
}

#[test]
fn s16_a_message_past_its_limit_is_not_written_either() {
    let small = Codec::default().limits(Limits { message_bytes: 100, ..Limits::default() });
    let record = read(&message()).unwrap();
    let refused = small.record_to_json(registry(), &record, recension::wire::Form::Trusted).unwrap_err();
    assert_eq!(refused, Error::TooLarge { limit: Limit::MessageBytes, max: 100 });
}

#[test]
fn s16_nothing_is_written_that_the_same_codec_refuses_to_read() {
    let (text, record) = (message(), read(&message()).unwrap());
    let places: [Place; 8] = [
        |limits| &mut limits.message_bytes,
        |limits| &mut limits.depth,
        |limits| &mut limits.objects,
        |limits| &mut limits.list_items,
        |limits| &mut limits.map_keys,
        |limits| &mut limits.key_bytes,
        |limits| &mut limits.text_bytes,
        |limits| &mut limits.hops,
    ];
    for place in places {
        let mut accepted = 0;
        for max in 0..=text.len().min(64) {
            let mut limits = Limits::default();
            *place(&mut limits) = max;
            let codec = Codec::default().limits(limits);
            let written = codec.record_to_json(registry(), &record, recension::wire::Form::Trusted).err();
            let found = written.map(|error| match error {
                Error::TooLarge { limit, max } => (limit, max),
                other => panic!("{other}"),
            });
            assert_eq!(found, verdict(&text, limits));
            accepted += usize::from(found.is_none());
        }
        let mut limits = Limits::default();
        assert!(accepted > 0 || *place(&mut limits) == limits.message_bytes);
    }
}

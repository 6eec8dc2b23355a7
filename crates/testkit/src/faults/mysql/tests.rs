//! Packets in pieces, and where answers end.

use super::super::Fault;
use super::super::fault::Kind;
use super::*;

const OK: &[u8] = &[0, 1, 0, 2, 0, 0, 0];
const OK_AND_MORE: &[u8] = &[0, 1, 0, 8, 0, 0, 0];
const ERR: &[u8] = b"\xff\x28\x04#42000no";
/// The ends of columns or rows, of the old kind and of the new one, and those where more follows or rows are fetched later.
const END: &[u8] = &[0xfe, 0, 0, 2, 0];
const END_AND_MORE: &[u8] = &[0xfe, 0, 0, 8, 0];
const END_WITH_CURSOR: &[u8] = &[0xfe, 0, 0, 0x40, 0];
const BRIEF_END: &[u8] = &[0xfe, 0, 0, 2, 0, 0, 0];
const BRIEF_END_AND_MORE: &[u8] = &[0xfe, 0, 0, 10, 0, 0, 0];
const COLUMN: &[u8] = b"\x03def";
const ROW: &[u8] = &[1, b'7'];

fn greeting(lower: u16, upper: u16, own: u32) -> Vec<u8> {
    let body = [
        b"\x0a10.11\0ididsaltsalt\0".as_slice(),
        &lower.to_le_bytes(),
        &[45, 2, 0],
        &upper.to_le_bytes(),
        &[21, 0, 0, 0, 0, 0, 0],
        &own.to_le_bytes(),
        b"the rest",
    ];
    written(0, &body.concat())
}

fn hello(capabilities: u32) -> Vec<u8> {
    written(1, &[capabilities.to_le_bytes().as_slice(), &[0; 28], b"user\0"].concat())
}

/// A connection that is logged in.
fn logged_in(is_brief: bool) -> MySql {
    let mut wire = MySql::default();
    assert_eq!(wire.request(&hello(0)), Ok(None), "the server speaks first");
    wire.part(&mut greeting(0xffff, 0xffff, 0)).unwrap();
    let request = wire.request(&hello(PROTOCOL_41 | if is_brief { BRIEF } else { 0 })).unwrap().unwrap();
    assert!(request.is_answered && request.statements == 0);
    wire.sent(&request);
    // The server asks for another password, gets it, and is content.
    assert!(!wire.part(&mut written(2, b"\xfeplugin\0salt")).unwrap().unwrap().ends);
    let password = wire.request(&written(3, b"c4n4ry")).unwrap().unwrap();
    assert!(!password.is_answered);
    wire.sent(&password);
    assert!(wire.part(&mut written(4, OK)).unwrap().unwrap().ends);
    assert_eq!(wire.phase, Phase::Commands);
    wire
}

fn send(wire: &mut MySql, body: &[u8]) -> Request {
    let request = wire.request(&written(0, body)).unwrap().unwrap();
    wire.sent(&request);
    request
}

/// Which packets of an answer end it, for each way to split its bytes in two.
fn ends(is_brief: bool, command: &[u8], packets: &[&[u8]]) -> Vec<bool> {
    let bytes: Vec<u8> = packets.iter().flat_map(|body| written(1, body)).collect();
    let mut all: Option<Vec<bool>> = None;
    for split in 0..=bytes.len() {
        let mut wire = logged_in(is_brief);
        send(&mut wire, command);
        let (mut ends, mut at) = (Vec::new(), 0);
        for end in [split, bytes.len()] {
            while let Some(part) = wire.part(&mut bytes[at..end].to_vec()).unwrap() {
                at += part.len;
                ends.push(part.ends);
            }
        }
        assert_eq!(at, bytes.len());
        assert_eq!(*all.get_or_insert_with(|| ends.clone()), ends, "split at {split}");
    }
    all.unwrap()
}

#[test]
fn an_answer_ends_where_what_is_in_it_says() {
    let query = b"\x03SELECT 1";
    let execute = b"\x17\x01\0\0\0";
    let prepared: &[u8] = &[0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 0];
    let prepared_to_nothing: &[u8] = &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    type Case<'c> = (bool, &'c [u8], &'c [&'c [u8]]);
    let cases: [Case<'_>; 15] = [
        (true, query, &[OK]),
        (false, query, &[ERR]),
        (false, query, &[&[1], COLUMN, END, ROW, ROW, END]),
        (true, query, &[&[2], COLUMN, COLUMN, ROW, BRIEF_END]),
        (true, query, &[&[1], COLUMN, ROW, ERR]),
        (true, query, &[OK_AND_MORE, &[1], COLUMN, ROW, BRIEF_END_AND_MORE, OK]),
        (false, query, &[&[1], COLUMN, END, ROW, END_AND_MORE, ERR]),
        (false, execute, &[&[1], COLUMN, END_WITH_CURSOR]),
        (false, b"\x1c\x01\0\0\0\x01\0\0\0", &[ROW, END]),
        (false, b"\x16SELECT ?", &[prepared, COLUMN, END, COLUMN, COLUMN, END]),
        (true, b"\x16SELECT ?", &[prepared, COLUMN, COLUMN, COLUMN]),
        (true, b"\x16SET x", &[prepared_to_nothing]),
        (true, b"\x16nonsense", &[ERR]),
        (true, b"\x0e", &[OK]),
        (true, b"\x09", &[b"Uptime: 1"]),
    ];
    for (is_brief, command, packets) in cases {
        let ends = ends(is_brief, command, packets);
        let expected: Vec<bool> = (1..=packets.len()).map(|at| at == packets.len()).collect();
        assert_eq!(ends, expected, "{is_brief} {command:?} {packets:?}");
    }
}

#[test]
fn a_row_of_many_pieces_is_no_end() {
    let mut wire = logged_in(true);
    send(&mut wire, b"\x03SELECT 1");
    for body in [&[1], COLUMN] {
        wire.part(&mut written(1, body)).unwrap();
    }
    // The length of its first cell is told in eight bytes, as it must be of a cell of that size, so it begins as an end does.
    let mut row = vec![0xfe; 0xff_ffff];
    row[..3].copy_from_slice(&[0xfe, 0, 0]);
    let mut bytes = [written(2, &row), written(3, b"rest")].concat();
    let len = bytes.len();
    assert_eq!(wire.part(&mut bytes[..len - 1]), Ok(None));
    assert_eq!(wire.part(&mut bytes), Ok(Some(Part { len, ends: false })));
    assert!(wire.part(&mut written(4, BRIEF_END)).unwrap().unwrap().ends);
}

#[test]
fn commands_without_an_answer_have_none_and_statements_are_counted() {
    let mut wire = logged_in(true);
    let cases: [(&[u8], u64, bool, bool); 10] = [
        (b"\x03BEGIN", 1, false, true),
        (b"\x03 commit", 1, true, true),
        (b"\x16COMMIT", 0, false, true),
        (b"\x17\x01\0\0\0", 1, true, true),
        (b"\x17\x02\0\0\0", 1, false, true),
        (b"\x19\x01\0\0\0", 0, false, false),
        (b"\x17\x01\0\0\0", 1, false, true),
        (b"\x18\x02\0\0\0", 0, false, false),
        (b"\x0e", 0, false, true),
        (b"\x01", 0, false, false),
    ];
    for (body, statements, is_commit, is_answered) in cases {
        let request = send(&mut wire, body);
        let len = body.len() + 4;
        assert_eq!(request, Request { len, statements, is_commit, is_answered, refusal: None }, "{body:?}");
        if body[0] == 0x16 {
            wire.due.drain(..wire.due.len() - 1);
            wire.part(&mut written(1, &[0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).unwrap();
        }
    }
}

#[test]
fn a_file_of_the_client_is_no_command() {
    let mut wire = logged_in(true);
    send(&mut wire, b"\x03LOAD DATA LOCAL INFILE 'x' INTO TABLE t");
    assert!(!wire.part(&mut written(1, b"\xfbx")).unwrap().unwrap().ends);
    for body in [&b"\x03COMMIT"[..], b""] {
        assert_eq!(send(&mut wire, body), Request { len: body.len() + 4, ..Request::default() });
    }
    assert!(wire.part(&mut written(4, OK)).unwrap().unwrap().ends);
    assert!(send(&mut wire, b"\x03COMMIT").is_commit);
}

#[test]
fn a_client_is_not_offered_what_the_proxy_would_not_understand() {
    for (own_is_read, lower) in [(true, 0xfffe_u16), (false, 0xffff)] {
        let mut bytes = greeting(lower, 0xffff, u32::MAX);
        MySql::default().part(&mut bytes).unwrap();
        let own = if own_is_read { !NOT_OFFERED_MARIADB } else { u32::MAX };
        assert_eq!(bytes, greeting(lower & !NOT_OFFERED, !NOT_OFFERED_UPPER, own));
    }
    // A server that has too many already.
    let full = written(0, b"\xff\x10\x04Too many connections");
    let mut bytes = full.clone();
    assert_eq!(MySql::default().part(&mut bytes), Ok(Some(Part { len: full.len(), ends: false })));
    assert_eq!(bytes, full);
}

#[test]
fn a_client_that_insists_on_tls_is_refused() {
    let mut wire = MySql::default();
    wire.part(&mut greeting(0, 0, 0)).unwrap();
    assert_eq!(wire.request(&written(1, &(PROTOCOL_41 | TLS).to_le_bytes())), Err(Broken));
}

fn told(fault: Fault) -> Told {
    match fault.kind {
        Kind::Error(answer) => answer,
        kind => panic!("{kind:?}"),
    }
}

#[test]
fn an_error_follows_on_the_packets_of_the_client() {
    let mut wire = logged_in(true);
    wire.request(&written(3, b"\x03SELECT 1")).unwrap();
    let bytes = wire.error(&told(Fault::errno(1213, "40001")));
    assert_eq!(bytes, written(4, b"\xff\xbd\x04#40001fault of a test"));
}

#[test]
fn the_server_is_made_to_have_the_transaction_that_the_error_says() {
    let wire = MySql::default();
    let commit = Request { is_commit: true, ..Request::default() };
    let other = Request::default();
    let cases = [
        (&other, Fault::errno(1213, "40001"), true),
        (&other, Fault::errno(1020, "HY000"), true),
        (&other, Fault::error("40001").after(), true),
        (&other, Fault::errno(1205, "HY000"), false),
        (&commit, Fault::errno(1205, "HY000"), true),
        (&commit, Fault::errno(1053, "08S01").after(), false),
    ];
    for (request, fault, is_undone) in cases {
        assert_eq!(wire.undoing(request, &told(fault.clone())).is_some(), is_undone, "{fault:?}");
    }
}

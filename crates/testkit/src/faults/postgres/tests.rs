//! Messages in pieces, and what they mean.

use super::super::Fault;
use super::super::fault::Kind;
use super::*;

fn start() -> Vec<u8> {
    let body = [196_608_u32.to_be_bytes().as_slice(), b"user\0u\0\0"].concat();
    [(body.len() as u32 + 4).to_be_bytes().as_slice(), &body].concat()
}

fn special(version: u32) -> Vec<u8> {
    [8_u32.to_be_bytes(), version.to_be_bytes()].concat()
}

/// A statement that is prepared and run.
fn run(name: &str, portal: &str) -> Vec<u8> {
    let bind = typed(b'B', format!("{portal}\0{name}\0\0\0\0\0\0\0").as_bytes());
    [bind, typed(b'E', format!("{portal}\0\0\0\0\0").as_bytes()), typed(b'S', b"")].concat()
}

fn parse(name: &str, sql: &str) -> Vec<u8> {
    [typed(b'P', format!("{name}\0{sql}\0\0\0").as_bytes()), typed(b'D', format!("S{name}\0").as_bytes()), typed(b'S', b"")].concat()
}

fn request(len: usize, statements: u64, is_commit: bool, is_answered: bool) -> Request {
    Request { len, statements, is_commit, is_answered, refusal: None }
}

/// The requests in the bytes of a client that arrive in two pieces.
fn requests(wire: &mut Postgres, bytes: &[u8], split: usize) -> Vec<Request> {
    let (mut requests, mut at) = (Vec::new(), 0);
    for end in [split, bytes.len()] {
        while let Some(request) = wire.request(&bytes[at..end]).unwrap() {
            at += request.len;
            requests.push(request);
        }
    }
    assert_eq!(at, bytes.len(), "nothing is left");
    requests
}

#[test]
fn requests_are_the_same_wherever_their_bytes_are_split() {
    let parts: [(Vec<u8>, u64, bool, bool); 12] = [
        (start(), 0, false, true),
        (typed(b'p', b"secret\0"), 0, false, false),
        (query(b"BEGIN"), 1, false, true),
        (parse("s1", "INSERT"), 0, false, true),
        (run("s1", ""), 1, false, true),
        (parse("s2", "/* so */ commit"), 0, false, true),
        (run("s2", "p"), 1, true, true),
        ([typed(b'C', b"Ss2\0"), typed(b'S', b"")].concat(), 0, false, true),
        (run("s2", "p"), 1, false, true),
        (query(b"COMMIT"), 1, true, true),
        (typed(b'd', b"row"), 0, false, false),
        (typed(b'X', b""), 0, false, false),
    ];
    let bytes: Vec<u8> = parts.iter().flat_map(|(bytes, ..)| bytes.clone()).collect();
    let expected: Vec<Request> = parts
        .iter()
        .map(|(bytes, statements, is_commit, is_answered)| request(bytes.len(), *statements, *is_commit, *is_answered))
        .collect();
    for split in 0..=bytes.len() {
        assert_eq!(requests(&mut Postgres::default(), &bytes, split), expected, "at {split}");
    }
}

#[test]
fn what_was_flushed_is_counted_at_its_sync() {
    let mut wire = Postgres { started: true, ..Postgres::default() };
    let execute = typed(b'E', b"\0\0\0\0\0");
    let flush = typed(b'H', b"");
    let bytes = [&execute, &execute, &flush, &execute, &typed(b'S', b"")].map(Vec::as_slice).concat();
    let flushed = 2 * execute.len() + flush.len();
    let expected = [request(flushed, 0, false, false), request(bytes.len() - flushed, 3, false, true)];
    assert_eq!(requests(&mut wire, &bytes, 7), expected);
}

#[test]
fn a_client_that_asks_for_encryption_is_told_that_there_is_none() {
    let mut wire = Postgres::default();
    for version in ENCRYPTIONS {
        let asked = wire.request(&special(version)).unwrap().unwrap();
        assert_eq!((asked.refusal, asked.len, asked.is_answered), (Some(NO), 8, false));
    }
    assert_eq!(wire.request(&start()).unwrap(), Some(request(start().len(), 0, false, true)));
    let cancel = [16_u32.to_be_bytes(), CANCEL.to_be_bytes(), [1; 4], [2; 4]].concat();
    assert_eq!(Postgres::default().request(&cancel).unwrap(), Some(request(16, 0, false, false)));
}

#[test]
fn bytes_of_another_protocol_are_refused() {
    // The beginning of TLS without asking, one that is too long, and lengths that cannot be.
    for bytes in [&[0x16, 3, 1, 2, 0, 1][..], &[0, 0, 0x27, 0x11], &[0, 0, 0, 7]] {
        assert_eq!(Postgres::default().request(bytes), Err(Broken), "{bytes:?}");
    }
    for bytes in [[b'Q', 0, 0, 0, 3], [b'Q', 0x40, 0, 0, 0], [b'Q', 0xff, 0xff, 0xff, 0xff]] {
        let mut wire = Postgres { started: true, ..Postgres::default() };
        assert_eq!(wire.request(&bytes), Err(Broken), "{bytes:?}");
        assert_eq!(wire.part(&mut bytes.to_vec()), Err(Broken), "{bytes:?}");
    }
}

#[test]
fn an_answer_ends_where_the_server_is_ready_however_its_bytes_arrive() {
    let row = typed(b'D', &vec![7; 3 * 1024 * 1024]);
    let small = [typed(b'1', b""), typed(b'C', b"SELECT 1\0"), typed(b'Z', b"T")].concat();
    let mut bytes = [row.clone(), small].concat();
    let mut wire = Postgres::default();
    let mut ends = Vec::new();
    let mut at = 0;
    for end in (0..10).chain(row.len() - 10..=bytes.len()) {
        while let Some(part) = wire.part(&mut bytes[at..end.max(at)]).unwrap() {
            at += part.len;
            ends.push((at, part.ends));
        }
    }
    let len = bytes.len();
    assert_eq!(ends, [(row.len(), false), (row.len() + 5, false), (len - 6, false), (len, true)]);
    assert_eq!(wire.status, b'T');
}

#[test]
fn a_sync_among_the_rows_of_a_copy_has_no_answer() {
    let mut wire = Postgres { started: true, ..Postgres::default() };
    let sync = typed(b'S', b"");
    let is_answered = |wire: &mut Postgres| wire.request(&sync).unwrap().unwrap().is_answered;
    assert!(is_answered(&mut wire));
    wire.part(&mut typed(b'G', b"\0\0\0")).unwrap();
    assert!(!is_answered(&mut wire));
    wire.part(&mut typed(b'C', b"COPY 1\0")).unwrap();
    assert!(is_answered(&mut wire));
}

fn error(fault: Fault) -> Answer {
    match fault.kind {
        Kind::Error(answer) => answer,
        kind => panic!("{kind:?}"),
    }
}

#[test]
fn an_error_is_a_message_and_the_status_that_the_server_has() {
    let mut wire = Postgres::default();
    wire.part(&mut typed(b'Z', b"E")).unwrap();
    let told = wire.error(&error(Fault::error("40001")));
    let first = b"SERROR\0VERROR\0C40001\0Mfault of a test\0\0";
    assert_eq!(told, [typed(b'E', first), typed(b'Z', b"E")].concat());
    let told = wire.error(&error(Fault::error("57P01").closing()));
    assert_eq!(told, typed(b'E', b"SFATAL\0VFATAL\0C57P01\0Mfault of a test\0\0"));
}

#[test]
fn the_server_is_made_to_have_the_transaction_that_the_error_says() {
    let mut wire = Postgres::default();
    let (before, after) = (error(Fault::error("40001")), error(Fault::error("40001").after()));
    let (commit, other) = (request(1, 1, true, true), request(1, 1, false, true));
    assert_eq!(wire.undoing(&other, &before), None);
    assert_eq!(wire.undoing(&commit, &before), Some(query(b"ROLLBACK")));
    assert_eq!(wire.undoing(&commit, &after), None);
    wire.part(&mut typed(b'Z', b"T")).unwrap();
    assert_eq!(wire.undoing(&other, &before), Some(query(FAILING)));
    assert_eq!(wire.undoing(&other, &after), Some(query(FAILING)));
    wire.part(&mut typed(b'Z', b"E")).unwrap();
    assert_eq!(wire.undoing(&other, &before), None);
}

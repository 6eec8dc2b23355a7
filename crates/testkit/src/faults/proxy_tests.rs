//! The proxy before a server of the test, which answers each query with what it was asked.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, timeout};

use super::{Cut, Fault, FaultProxy};

/// The beginning of a connection, and that the server is ready.
const START: &[u8] = b"\0\0\0\x08\0\x03\0\0";
const READY: &[u8] = b"Z\0\0\0\x05I";
const SOON: Duration = Duration::from_secs(5);

fn message(kind: u8, text: &str) -> Vec<u8> {
    let len = u32::try_from(text.len() + 5).unwrap();
    [&[kind], len.to_be_bytes().as_slice(), text.as_bytes(), b"\0"].concat()
}

fn query(text: &str) -> Vec<u8> {
    message(b'Q', text)
}

/// What the server says to a query.
fn answer(text: &str) -> Vec<u8> {
    [message(b'C', text), READY.to_vec()].concat()
}

/// Reads a message of a type: its text.
async fn read(stream: &mut TcpStream) -> Option<String> {
    let mut head = [0; 5];
    stream.read_exact(&mut head).await.ok()?;
    let len = u32::from_be_bytes(*head.last_chunk().unwrap());
    let mut body = vec![0; len as usize - 4];
    stream.read_exact(&mut body).await.ok()?;
    body.pop();
    Some(String::from_utf8(body).unwrap())
}

/// A server that answers each query with its text, and ends in the middle of an answer when it is asked to.
async fn serve(mut stream: TcpStream) {
    let mut start = [0; START.len()];
    if stream.read_exact(&mut start).await.is_err() {
        return;
    }
    stream.write_all(READY).await.unwrap();
    while let Some(text) = read(&mut stream).await {
        let answer = answer(&text);
        let end = if text == "die" { 7 } else { answer.len() };
        if stream.write_all(&answer[..end]).await.is_err() || text == "die" {
            return;
        }
    }
}

/// A proxy before such a server.
async fn proxy() -> FaultProxy {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream));
        }
    });
    FaultProxy::start(&format!("postgres://u:c4n4ry@127.0.0.1:{port}/d?x=1")).await.unwrap()
}

async fn connect(proxy: &FaultProxy) -> TcpStream {
    let url = proxy.url();
    let place = url.strip_prefix("postgres://u:c4n4ry@").unwrap().strip_suffix("/d?x=1").unwrap();
    TcpStream::connect(place).await.unwrap()
}

/// A client that is logged in.
async fn client(proxy: &FaultProxy) -> TcpStream {
    let mut stream = connect(proxy).await;
    stream.write_all(START).await.unwrap();
    expect(&mut stream, READY).await;
    stream
}

async fn expect(stream: &mut TcpStream, bytes: &[u8]) {
    let mut found = vec![0; bytes.len()];
    let read = timeout(SOON, stream.read_exact(&mut found)).await;
    assert!(matches!(read, Ok(Ok(_))), "{read:?} in place of {}", String::from_utf8_lossy(bytes));
    assert_eq!(String::from_utf8_lossy(&found), String::from_utf8_lossy(bytes));
}

async fn ask(stream: &mut TcpStream, text: &str) {
    stream.write_all(&query(text)).await.unwrap();
    expect(stream, &answer(text)).await;
}

/// All that still arrives before the connection is closed.
async fn rest(stream: &mut TcpStream) -> Vec<u8> {
    let mut rest = Vec::new();
    // One that is reset has ended, too.
    _ = timeout(SOON, stream.read_to_end(&mut rest)).await.expect("an end in time");
    rest
}

#[tokio::test]
async fn what_is_sent_in_one_go_is_one_round_trip() {
    let proxy = proxy().await;
    let mut stream = client(&proxy).await;
    let begun = proxy.counts();
    assert_eq!((begun.connections, begun.statements, begun.round_trips), (1, 0, 1));
    ask(&mut stream, "one").await;
    ask(&mut stream, "COMMIT").await;
    let both = [query("three"), query("four")].concat();
    stream.write_all(&both).await.unwrap();
    expect(&mut stream, &[answer("three"), answer("four")].concat()).await;
    let counts = proxy.counts().since(&begun);
    assert_eq!((counts.statements, counts.commits, counts.round_trips, counts.connections), (4, 1, 3, 0));
    let sent = ["one", "COMMIT", "three", "four"].map(|text| (query(text).len() as u64, answer(text).len() as u64));
    let sums = sent.iter().fold((0, 0), |sum, bytes| (sum.0 + bytes.0, sum.1 + bytes.1));
    assert_eq!((counts.bytes_to_server, counts.bytes_to_client), sums);
}

#[tokio::test]
async fn a_fault_waits_for_the_answers_that_are_due() {
    for (fault, expected) in [
        (Fault::from(Cut::RequestLost), Vec::new()),
        (Fault::from(Cut::ReplyLost), Vec::new()),
        (Fault::from(Cut::HalfReply), answer("two")[..7].to_vec()),
        (Fault::error("57P01").closing(), b"E\0\0\0\x2bSFATAL\0VFATAL\0C57P01\0Mfault of a test\0\0".to_vec()),
    ] {
        let proxy = proxy().await;
        let mut stream = client(&proxy).await;
        proxy.at_statement(2, fault.clone());
        stream.write_all(&[query("one"), query("two"), query("three")].concat()).await.unwrap();
        expect(&mut stream, &answer("one")).await;
        assert_eq!(rest(&mut stream).await, expected, "{fault:?}");
        assert_eq!((proxy.fired(), proxy.armed()), (1, 0));
        ask(&mut client(&proxy).await, "next").await;
    }
}

#[tokio::test]
async fn an_error_is_answered_and_the_connection_goes_on() {
    let proxy = proxy().await;
    let mut stream = client(&proxy).await;
    proxy.at_statement(1, Fault::error("40001"));
    stream.write_all(&[query("one"), query("two")].concat()).await.unwrap();
    let told = b"E\0\0\0\x2bSERROR\0VERROR\0C40001\0Mfault of a test\0\0";
    expect(&mut stream, &[told, READY, &answer("two")].concat()).await;
    assert_eq!(proxy.fired(), 1);
}

#[tokio::test]
async fn who_is_killed_is_cut_off_and_nobody_is_let_in_until_it_is_over() {
    let proxy = proxy().await;
    let mut stream = client(&proxy).await;
    proxy.kill();
    assert_eq!(rest(&mut stream).await, b"");
    assert_eq!(rest(&mut connect(&proxy).await).await, b"");
    proxy.resume();
    ask(&mut client(&proxy).await, "one").await;
    assert_eq!(proxy.counts().connections, 2, "one that was not let in is none");
}

#[tokio::test]
async fn nothing_is_passed_on_during_a_pause_and_nothing_is_lost() {
    let proxy = proxy().await;
    let mut stream = client(&proxy).await;
    let before = proxy.counts();
    proxy.pause();
    stream.write_all(&query("one")).await.unwrap();
    let mut waiting = connect(&proxy).await;
    waiting.write_all(START).await.unwrap();
    let mut byte = [0];
    assert!(timeout(Duration::from_millis(50), stream.peek(&mut byte)).await.is_err());
    assert!(timeout(Duration::from_millis(50), waiting.peek(&mut byte)).await.is_err());
    assert_eq!(proxy.counts().since(&before).bytes_to_server, 0);
    proxy.resume();
    expect(&mut stream, &answer("one")).await;
    expect(&mut waiting, READY).await;
    // Who is silent can be killed.
    proxy.pause();
    proxy.kill();
    assert_eq!(rest(&mut stream).await, b"");
}

#[tokio::test(start_paused = true)]
async fn statements_are_held_back_by_the_clock_of_tokio() {
    const HOUR: Duration = Duration::from_secs(3_600);
    let proxy = proxy().await;
    // Without a timeout, for which a paused clock would not wait.
    let mut stream = connect(&proxy).await;
    stream.write_all(START).await.unwrap();
    let mut found = vec![0; READY.len()];
    stream.read_exact(&mut found).await.unwrap();
    for (each, once) in [(HOUR, Duration::ZERO), (Duration::ZERO, HOUR), (HOUR, HOUR), (Duration::ZERO, Duration::ZERO)] {
        proxy.delay(each);
        proxy.at_statement(1, Fault::delay(once));
        let begun = Instant::now();
        stream.write_all(&query("one")).await.unwrap();
        let mut found = vec![0; answer("one").len()];
        stream.read_exact(&mut found).await.unwrap();
        let held = begun.elapsed();
        assert!(held >= each + once && held < each + once + HOUR, "{held:?}");
    }
    assert_eq!(proxy.fired(), 4);
}

#[tokio::test]
async fn what_a_server_that_goes_away_has_said_arrives() {
    let proxy = proxy().await;
    let mut stream = client(&proxy).await;
    stream.write_all(&query("die")).await.unwrap();
    assert_eq!(rest(&mut stream).await, &answer("die")[..7]);
    // Nor is more told than was asked for where the answer is to be lost.
    let mut stream = client(&proxy).await;
    proxy.at_statement(1, Cut::ReplyLost);
    stream.write_all(&query("die")).await.unwrap();
    assert_eq!(rest(&mut stream).await, b"");
    assert_eq!(proxy.fired(), 0, "the answer was lost without the proxy");
}

#[tokio::test]
async fn a_proxy_that_is_dropped_closes_what_it_had() {
    let proxy = proxy().await;
    let mut stream = client(&proxy).await;
    drop(proxy);
    assert_eq!(rest(&mut stream).await, b"");
}

#[tokio::test]
async fn a_client_whose_server_is_not_there_finds_its_connection_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let proxy = FaultProxy::start(&format!("postgres://u:c4n4ry@127.0.0.1:{port}/d?x=1")).await.unwrap();
    assert_eq!(rest(&mut connect(&proxy).await).await, b"");
}

#[tokio::test]
async fn s9_a_proxy_that_is_shown_has_no_password() {
    let proxy = proxy().await;
    proxy.at_commit(Cut::HalfReply);
    let shown = format!("{proxy:?}");
    assert!(shown.contains("armed: 1") && !shown.contains("c4n4ry"), "{shown}");
    assert!(proxy.url().contains("c4n4ry"));
}

#[tokio::test]
#[should_panic(expected = "statements are counted from 1")]
async fn there_is_no_statement_zero() {
    proxy().await.at_statement(0, Cut::HalfReply);
}

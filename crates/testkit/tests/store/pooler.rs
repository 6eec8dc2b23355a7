//! A pooler before a PostgreSQL server that lends its sessions for one transaction each, the one that was freed last first: as
//! PgBouncer does in the mode of that name, and like it before version 1.21 it knows nothing of prepared statements.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy};
use tokio::net::{TcpListener, TcpStream};

type Free = Arc<Mutex<Vec<TcpStream>>>;

/// Begins to listen; the URL that leads to the pooler in place of the server.
pub async fn before(url: &str) -> String {
    let (credentials, rest) = url.split_once('@').unwrap();
    let (server, path) = rest.split_once('/').unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (server, free) = (server.to_owned(), Free::default());
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let session = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(serve(client, session, free.clone()));
        }
    });
    let separator = if path.contains('?') { '&' } else { '?' };
    format!("{credentials}@127.0.0.1:{port}/{path}{separator}sslmode=disable")
}

/// One client: its greeting goes to a session of its own, which is everyone's afterwards.
async fn serve(mut client: TcpStream, session: TcpStream, free: Free) {
    let mut next = Some(session);
    loop {
        let mut byte = [0];
        if next.is_none() && client.peek(&mut byte).await.unwrap_or(0) == 0 {
            return;
        }
        // Until somebody frees one, if there is none.
        let mut session = loop {
            match next.take().or_else(|| free.lock().unwrap().pop()) {
                Some(session) => break session,
                None => tokio::task::yield_now().await,
            }
        };
        if transaction(&mut client, &mut session).await.is_none() {
            return;
        }
        free.lock().unwrap().push(session);
    }
}

/// Relays until the server is ready for a query outside of a transaction; nothing when one of the two is gone.
async fn transaction(client: &mut TcpStream, session: &mut TcpStream) -> Option<()> {
    let (mut from_client, mut to_client) = client.split();
    let (mut from_server, mut to_server) = session.split();
    let answers = async {
        loop {
            let mut head = [0; 5];
            from_server.read_exact(&mut head).await.ok()?;
            let [kind, length @ ..] = head;
            let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
            from_server.read_exact(&mut body).await.ok()?;
            to_client.write_all(&[&head[..], &body].concat()).await.ok()?;
            if kind == b'Z' && body == b"I" {
                return Some(());
            }
        }
    };
    tokio::select! {
        done = answers => done,
        _ = copy(&mut from_client, &mut to_server) => None,
    }
}

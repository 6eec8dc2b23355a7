//! What is not the server that it should be is not logged in at: bad set-ups of TLS, each with a real server, and what the client says to
//! it is kept. A server with TLS is started for this, and its certificate changed while it runs.

mod certificates;
mod tap;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use recension::store::{Error, Malformed, Store, SystemCapability};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlSslMode};
use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{Connection as _, Executor as _, Row as _};

use crate::objects::connect;
use crate::server::{Server, TURN, WithTls};
use certificates::{Authority, Certificate, openssl};
use tap::{Deed, Tap, is_mute};

/// The name of this machine that resolvers know, and the store takes for any other of the network: so nothing is said of TLS, and what holds
/// for a service holds here.
const HOST: &str = "LOCALHOST";
/// In certificates, where it is the same.
const NAME: &str = "localhost";

/// A URL without what comes after its database.
struct Url {
    scheme: String,
    user: String,
    password: String,
    port: u16,
    database: String,
}

impl Url {
    fn of(url: &str) -> Self {
        let (scheme, rest) = url.split_once("://").unwrap();
        let (who, place) = rest.split_once('@').unwrap();
        let (user, password) = who.split_once(':').unwrap();
        let (place, database) = place.split_once('/').unwrap();
        let database = database.split('?').next().unwrap();
        let [scheme, user, password, database] = [scheme, user, password, database].map(str::to_owned);
        Self { scheme, user, password, port: place.split_once(':').unwrap().1.parse().unwrap(), database }
    }

    /// The same by way of another port, with an authority by which the server is checked.
    fn by(&self, port: u16, authority: &Path) -> String {
        let Self { scheme, user, password, database, .. } = self;
        let ca = if self.is_postgres() { "sslrootcert" } else { "ssl-ca" };
        format!("{scheme}://{user}:{password}@{HOST}:{port}/{database}?{ca}={}", authority.display())
    }

    fn is_postgres(&self) -> bool {
        self.scheme == "postgres"
    }

    /// A mode of TLS, as a parameter after others.
    fn mode(&self, postgres: &str, mysql: &str) -> String {
        if self.is_postgres() { format!("&sslmode={postgres}") } else { format!("&ssl-mode={mysql}") }
    }
}

/// A bad set-up.
struct Bad<'b> {
    what: &'static str,
    /// What its error says.
    says: &'static str,
    server: &'b Url,
    serves: Option<&'b Certificate>,
    deed: Deed,
}

/// Opens a store in each bad set-up of an engine.
pub(crate) async fn refused(engine: &'static str) {
    let _turn = TURN.lock().await;
    let (authority, stranger) = (Authority::new(), Authority::new());
    let made = Instant::now();
    let expired = authority.sign("expired", NAME, 0);
    let good = authority.sign("good", NAME, 2);
    let elsewhere = authority.sign("elsewhere", "db.example", 2);
    let of_itself = authority.without("of-itself", NAME);
    let of_stranger = stranger.sign("stranger", NAME, 2);
    let (server, plain) = (WithTls::start(engine).await, Url::of(&Server(engine).url(1)));
    let url = Url::of(&server.url);
    // It is valid in the second in which it was made.
    while made.elapsed() < Duration::from_secs(2) {
        tokio::task::yield_now().await;
    }
    let old = Old::start(&good);
    let of = |what, says, certificate| Bad { what, says, server: &url, serves: Some(certificate), deed: Deed::Listen };
    let bad = [
        of("an authority that is not known", "is of no authority that is known here", &of_stranger),
        of("a certificate that signs itself", "as of one that signs itself", &of_itself),
        of("the name of another host", "is for another name", &elsewhere),
        of("an expired certificate", "has expired", &expired),
        Bad { what: "a server without TLS", says: "has no TLS", server: &plain, serves: None, deed: Deed::Listen },
        Bad { what: "somebody who takes TLS away", says: "has no TLS", server: &url, serves: Some(&good), deed: Deed::Strip },
        Bad { what: "TLS 1.1", says: "no version or cipher of TLS", server: &url, serves: Some(&good), deed: Deed::Divert(old.port) },
    ];
    for bad in &bad {
        if let Some(certificate) = bad.serves {
            serve(&url, certificate).await;
        }
        let tap = Tap::before(url.is_postgres(), bad.server.port, bad.deed).await;
        let by_tap = bad.server.by(tap.port, authority.path());
        is_refused(bad, &by_tap).await;
        let heard = tap.all_heard().await;
        for heard in &heard {
            assert_eq!(is_mute(url.is_postgres(), heard), Ok(()), "{}", bad.what);
            for canary in [&url.user, &url.password, &url.database] {
                assert!(!holds(heard, canary), "{}", bad.what);
            }
        }
        let bytes: usize = heard.iter().map(Vec::len).sum();
        println!("{engine}, {}: refused, {bytes} bytes sent, none of them of a login", bad.what);
    }
    weaker(&url, &authority).await;
    nothing_else_is_in_the_way(&url, &authority, [&of_stranger, &of_itself, &elsewhere, &expired], &good).await;
}

fn holds(heard: &[u8], text: &str) -> bool {
    heard.windows(text.len()).any(|window| window == text.as_bytes())
}

async fn is_refused(bad: &Bad<'_>, url: &str) {
    let Err(error) = connect(url).await else { panic!("{}: a store was opened", bad.what) };
    assert!(matches!(&error, Error::Unavailable(_)) && !error.is_transient(), "{}: {error:?}", bad.what);
    let all = error.privileged(&SystemCapability::named("look-for-secrets"));
    assert!(error.user().contains(bad.says), "{}: {all}", bad.what);
    for told in [error.user(), error.log(), format!("{error:?}"), all] {
        assert!(!told.contains(&bad.server.password), "{}: {told}", bad.what);
    }
}

/// A URL that asks for less is refused before anybody is spoken to.
async fn weaker(url: &Url, authority: &Authority) {
    let tap = Tap::before(url.is_postgres(), url.port, Deed::Listen).await;
    let modes = [("disable", "DISABLED"), ("prefer", "PREFERRED"), ("require", "REQUIRED"), ("verify-ca", "VERIFY_CA")];
    for (postgres, mysql) in modes {
        let weak = format!("{}{}", url.by(tap.port, authority.path()), url.mode(postgres, mysql));
        let error = Store::connect(&weak).await.map(drop).unwrap_err();
        assert!(matches!(error, Error::Malformed(Malformed::WeakTls)), "{postgres}: {error:?}");
    }
    assert_eq!(tap.heard().len(), 0, "nobody is spoken to");
}

/// What was refused above was so for TLS alone: a word of the program lets it through, and then the login is heard where nothing is encrypted.
async fn nothing_else_is_in_the_way(url: &Url, authority: &Authority, bad: [&Certificate; 4], good: &Certificate) {
    let encrypted = url.mode("require", "REQUIRED");
    for certificate in bad {
        serve(url, certificate).await;
        let opened = connect(&format!("{}{encrypted}", url.by(url.port, authority.path()))).insecure_tls().await;
        assert!(opened.is_ok(), "{opened:?}");
    }
    serve(url, good).await;
    let tap = Tap::before(url.is_postgres(), url.port, Deed::Listen).await;
    let opened = connect(&url.by(tap.port, authority.path())).await;
    assert!(opened.is_ok(), "{opened:?}");
    assert!(tap.heard().iter().any(|heard| is_mute(url.is_postgres(), heard).is_err()), "a login is told from none");
    assert!(tap.heard().iter().all(|heard| !holds(heard, &url.user)), "and it is encrypted");

    let tap = Tap::before(url.is_postgres(), url.port, Deed::Strip).await;
    let weak = format!("{}{}", url.by(tap.port, authority.path()), url.mode("prefer", "PREFERRED"));
    let opened = connect(&weak).insecure_tls().await;
    assert!(opened.is_err(), "the server itself demands TLS");
    assert!(tap.heard().iter().any(|heard| holds(heard, &url.user)), "which comes too late for the name");
}

/// Puts another certificate in the place of a server's, which it reads again, and waits until it shows that.
async fn serve(url: &Url, certificate: &Certificate) {
    if url.is_postgres() {
        let options = |user: &str, password: &str, database: &str| {
            let options = PgConnectOptions::new().host("127.0.0.1").port(url.port).ssl_mode(PgSslMode::Require);
            options.username(user).password(password).database(database)
        };
        let mut client = PgConnection::connect_with(&options(&url.user, &url.password, &url.database)).await.unwrap();
        let file: String = sqlx::query("SHOW ssl_cert_file").fetch_one(&mut client).await.unwrap().get(0);
        let password = put(Path::new(&file), certificate);
        let mut superuser = PgConnection::connect_with(&options("postgres", &password, "postgres")).await.unwrap();
        superuser.execute("SELECT pg_reload_conf()").await.unwrap();
    } else {
        let options = |user: &str, password: &str| {
            let options = MySqlConnectOptions::new().host("127.0.0.1").port(url.port).ssl_mode(MySqlSslMode::Required);
            options.username(user).password(password)
        };
        let mut client = MySqlConnection::connect_with(&options(&url.user, &url.password)).await.unwrap();
        let file: String = sqlx::query("SELECT @@ssl_cert").fetch_one(&mut client).await.unwrap().get(0);
        let password = put(Path::new(&file), certificate);
        let mut superuser = MySqlConnection::connect_with(&options("root", &password)).await.unwrap();
        superuser.execute("FLUSH SSL").await.unwrap();
    }
    let (begun, protocol) = (Instant::now(), if url.is_postgres() { "postgres" } else { "mysql" });
    let address = format!("127.0.0.1:{}", url.port);
    loop {
        let shown = openssl("s_client").args(["-connect", &address, "-starttls", protocol]).output().unwrap();
        if String::from_utf8_lossy(&shown.stdout).contains(certificate.text().trim()) {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(60), "the server does not show its new certificate");
    }
}

/// Writes over the files of a server, which stay its own; the password of its superuser, which lies beside them.
fn put(file: &Path, certificate: &Certificate) -> String {
    std::fs::copy(&certificate.certificate, file).unwrap();
    std::fs::write(file.with_extension("key"), std::fs::read(&certificate.key).unwrap()).unwrap();
    std::fs::read_to_string(file.with_file_name("superuser-password")).unwrap()
}

/// Somebody who speaks no newer TLS than 1.1, with a certificate that is good.
struct Old {
    port: u16,
    process: Child,
}

/// What was still done when TLS 1.1 was.
const OLD: [&str; 3] = ["-tls1_1", "-cipher", "ALL:!aNULL:@SECLEVEL=0"];

impl Old {
    fn start(certificate: &Certificate) -> Self {
        let mut command = openssl("s_server");
        command.args(["-accept", "127.0.0.1:0"]).args(OLD).arg("-cert").arg(&certificate.certificate).arg("-key").arg(&certificate.key);
        // Without an input it would leave at once.
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
        let port = lines.find_map(|line| line.strip_prefix("ACCEPT 127.0.0.1:")?.parse().ok()).unwrap();
        // What it says about each client is read, so that it never waits for that.
        std::thread::spawn(move || lines.for_each(drop));
        let shown = openssl("s_client").args(["-connect", &format!("127.0.0.1:{port}")]).args(OLD).output().unwrap();
        let shown = String::from_utf8_lossy(&shown.stdout);
        assert!(shown.contains("TLSv1.1") && shown.contains(certificate.text().trim()), "{shown}");
        Self { port, process }
    }
}

impl Drop for Old {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

//! `behaviour`: a name that stands twice, and one that nothing has.
use recension::VersionedObject;

#[derive(Clone, VersionedObject)]
#[object(namespace = "demo")]
#[version("1.0", "first version")]
#[version("1.1", "counts", behaviour(counts_attempts), behaviour(), behaviour(a: b))]
#[version("1.2", "counts again", behaviour(counts_attempts))]
pub struct Server {}

fn main() {
    // What is wrong with the history is not said of its users too.
    let _ = Server::COUNTS_ATTEMPTS.name();
    let _ = Server::COUNTS_ATEMPTS.name();
}

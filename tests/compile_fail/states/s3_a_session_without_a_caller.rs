//! S3: a session is had from a store and a caller, and from nothing less.
use recension::{Session, Store};

async fn no_caller(store: Store) {
    let _ = store.session();
    let _: Session = Session::default();
    let _ = Session::new(store.clone());
    let _ = Session { store };
}

fn main() {}

//! What more than one test that crosses crates needs.

//! What must not compile, and what is said then.
//!
//! A message that changed on purpose is taken over with `TRYBUILD=overwrite cargo test -p recension-tests`.

/// S3: no session without a caller. S20: only a draft can be created, and only what was stored be saved. S6: a
/// field that the service sets has no setter on the draft. Each file says which it proves.
#[test]
fn s3_s6_s20_what_states_of_objects_cannot_do() {
    trybuild::TestCases::new().compile_fail("compile_fail/states/*.rs");
}

#[test]
fn histories_that_do_not_fold() {
    trybuild::TestCases::new().compile_fail("compile_fail/history/*.rs");
}

#[test]
fn attributes_fields_enums_and_tables_that_make_no_sense() {
    let cases = trybuild::TestCases::new();
    cases.compile_fail("compile_fail/attributes/*.rs");
    cases.compile_fail("compile_fail/fields/*.rs");
    cases.compile_fail("compile_fail/enums/*.rs");
    cases.compile_fail("compile_fail/persist/*.rs");
}

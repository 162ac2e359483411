//! What the types of the lock reject at compile time: each file of `tests/rejected` and what the compiler says.

#[test]
fn misuse_of_the_lock_does_not_compile() {
    trybuild::TestCases::new().compile_fail("tests/rejected/*.rs");
}

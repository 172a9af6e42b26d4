//! What the command line prints and how it ends; see `tests/cmd/`.
//!
//! `TRYCMD=overwrite cargo test -p onrecord --test cli` takes over what is printed now.

#[test]
fn commands_print_what_is_written_down() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.toml")
        .case("tests/cmd/*.md")
        .env("NO_COLOR", "1")
        .run();
}

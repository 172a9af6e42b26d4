//! Saying what a run leaves out.

use std::{collections::BTreeSet, env, io::Write, sync::Mutex};

static SAID: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Whether this run must leave nothing out.
pub(crate) fn nothing_may_be_left_out() -> bool {
    env::var("CI").is_ok_and(|value| value == "true")
}

/// Says once, past the test runner's capture, that something is left out and why.
///
/// # Panics
/// With `CI=true`, where nothing may be left out.
pub(crate) fn left_out(what: &str, why: &str) {
    assert!(
        !nothing_may_be_left_out(),
        "{what} must not be left out with CI=true, but {why}"
    );
    say_left_out(what, why);
}

/// The same for what may be absent anywhere, such as data that is no part of the checkout.
pub(crate) fn say_left_out(what: &str, why: &str) {
    let message = format!("left out: {what}, because {why}\n");
    if SAID.lock().unwrap().insert(message.clone()) {
        // The print macros are captured; a person who runs the tests is to see this line.
        std::io::stderr().write_all(message.as_bytes()).unwrap();
    }
}

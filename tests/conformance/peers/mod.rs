//! Clients that nobody here wrote: kcat, confluent-kafka for Python, and Kafka's own tools.

mod kafka_tools;
mod kcat;
mod python;

use std::process::Output;

/// What a peer printed.
///
/// # Panics
/// Where it failed; the message has all that it said.
fn printed(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the peer failed with {}:\n{said}\n{complained}",
        output.status
    );
    said
}

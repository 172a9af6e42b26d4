//! A port that another program has.

use std::{net::TcpListener, process::ExitStatus};

use super::{run_arguments, write_configuration};
use crate::harness::{
    deadline::{PATIENCE, wait_for},
    onrecord::Process,
};

/// The documented exit code for what another program holds.
const BUSY: i32 = 6;

#[test]
fn a_taken_port_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let folder = tempfile::tempdir().unwrap();
    write_configuration(folder.path(), "http://127.0.0.1:1/feed", &address, "");
    let broker = ["broker", "--listen", &address, "--data", "data"];
    for arguments in [run_arguments(), broker.map(str::to_owned).to_vec()] {
        let log = folder.path().join(format!("{}.log", arguments[0]));
        let mut process = Process::start(&arguments, folder.path(), &log);
        let status: ExitStatus = wait_for("its end", PATIENCE, || process.ended());
        let said = process.last_words();
        assert_eq!(status.code(), Some(BUSY), "{said}");
        assert!(said.contains(&address), "{said}");
    }
}

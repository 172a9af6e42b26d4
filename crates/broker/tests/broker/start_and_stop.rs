//! Starting, and what is said where that is not possible.

use std::net::TcpListener;

use broker::StartError;

use crate::harness::{broker, config_in, create_topic, drain, producer, read_all, send};

#[test]
fn a_folder_has_one_broker_at_a_time() {
    let first = broker();
    let error = broker::start(config_in(&first.folder)).unwrap_err();
    assert!(matches!(error, StartError::DataLocked { .. }));
    let words = error.to_string();
    assert!(
        words.contains("in use by another run")
            && words.contains(&*first.folder.path().to_string_lossy())
    );
    let config = config_in(&first.folder);
    first.broker.shutdown();
    broker::start(config).unwrap().shutdown();
}

#[test]
fn a_taken_port_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut config = config_in(&folder);
    config.listen = taken.local_addr().unwrap();
    let error = broker::start(config).unwrap_err();
    assert!(matches!(error, StartError::PortTaken { .. }));
    assert!(
        error
            .to_string()
            .contains(&taken.local_addr().unwrap().port().to_string())
    );
}

#[test]
fn a_stop_with_connected_clients_leaves_port_and_folder_free() {
    let broker = broker();
    create_topic(&broker.address(), "t", 1, &[]);
    let connected = producer(&broker.address(), &[]);
    send(&connected, "t", "k", "before");
    drain(&connected);
    let broker = broker.restarted();
    send(&connected, "t", "k", "after");
    drain(&connected);
    let values = read_all(&broker.address(), "t", "read_committed");
    assert_eq!(values[&0], ["before", "after"]);
}

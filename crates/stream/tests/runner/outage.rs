//! Kafka stops, and comes back.

use std::{net::SocketAddr, thread};

use stream::{BatchLimits, RunnerConfig, StageState, StageStatus};

use crate::harness::{
    Running, config_at, data_folder, enriched_numbers, start_broker, wait_until, write_articles,
};

#[test]
fn a_stage_says_that_kafka_is_gone_and_goes_on_when_it_is_back() {
    let data = data_folder("outage");
    let mut kafka = start_broker(&data, SocketAddr::from(([127, 0, 0, 1], 0)));
    let address = kafka.bootstrap_servers();
    let config = RunnerConfig {
        batch: BatchLimits {
            records: 25,
            ..BatchLimits::default()
        },
        ..config_at(&address, 2)
    };
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        for outage in 0..3 {
            let written = outage * 200;
            let before = stage.status.snapshot().committed_inputs;
            write_articles(&config, written..written + 200, |_| "plain".to_owned());
            wait_until("some of them are committed", || {
                stage.status.snapshot().committed_inputs > before
            });
            kafka.shutdown();
            // That this takes less than five seconds is held where the time-outs are set.
            wait_until("the status names it", || names(&stage.status, &address));
            kafka = start_broker(&data, address.parse().unwrap());
            // The status does not count a commit whose answer was lost with the connection.
            wait_until("it has caught up", || {
                stage.status.is_idle() && enriched_numbers(&config).len() >= written + 200
            });
        }
        stage.stop();
        assert_eq!(enriched_numbers(&config), (0..600).collect::<Vec<_>>());
        kafka.shutdown();
    });
}

#[test]
fn a_stage_stops_in_time_while_kafka_is_gone() {
    let kafka = start_broker(&data_folder("gone"), SocketAddr::from(([127, 0, 0, 1], 0)));
    let config = config_at(&kafka.bootstrap_servers(), 2);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &config);
        wait_until("it runs", || stage.status.is_idle());
        kafka.shutdown();
        // Asks at once, before the stage has noticed.
        stage.stop();
    });
}

/// Whether the status says that Kafka is not to be reached at this address.
fn names(status: &StageStatus, address: &str) -> bool {
    matches!(status.state(), StageState::Retrying { reason, .. } if reason.contains(address))
}

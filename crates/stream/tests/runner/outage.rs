//! Kafka stops, and comes back.

use std::{net::SocketAddr, thread};

use stream::{BatchLimits, RunnerConfig, StageState, StageStatus};

use crate::cuttable::Cuttable;
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

/// librdkafka's own call does not come back then (confluentinc/librdkafka#5456).
#[test]
fn a_kafka_that_goes_while_offsets_are_handed_over_is_named() {
    let loopback = SocketAddr::from(([127, 0, 0, 1], 0));
    let kafka = start_broker(&data_folder("offsets"), loopback);
    let way = Cuttable::to(kafka.bootstrap_servers().parse().unwrap());
    let address = way.address().to_string();
    let config = config_at(&kafka.bootstrap_servers(), 2);
    let mut its_config = config.clone();
    its_config.kafka.bootstrap_servers.clone_from(&address);
    thread::scope(|scope| {
        let stage = Running::copying(scope, &its_config);
        wait_until("it runs", || stage.status.is_idle());
        way.cut_at_offsets();
        write_articles(&config, 0..50, |_| "plain".to_owned());
        wait_until("offsets are handed over", || way.is_cut());
        wait_until("the status names it", || names(&stage.status, &address));
        way.mend();
        wait_until("it has caught up", || {
            stage.status.is_idle() && enriched_numbers(&config).len() >= 50
        });
        assert_eq!(enriched_numbers(&config), (0..50).collect::<Vec<_>>());
        way.cut_at_offsets();
        write_articles(&config, 50..100, |_| "plain".to_owned());
        wait_until("offsets are handed over again", || way.is_cut());
        // It stops in that call too.
        stage.stop();
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

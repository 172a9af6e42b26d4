//! What the tests stand on: brokers, clients, processes, feeds, and waiting with a deadline.

pub(crate) mod apache_kafka;
pub(crate) mod broker;
pub(crate) mod client;
pub(crate) mod consumer;
pub(crate) mod deadline;
pub(crate) mod embedded_broker;
pub(crate) mod feed_server;
pub(crate) mod free_port;
pub(crate) mod keeper;
pub(crate) mod left_out;
pub(crate) mod onrecord;
pub(crate) mod producer;

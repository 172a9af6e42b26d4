//! The broker as librdkafka sees it.

mod death;
mod harness;
mod produce_and_consume;
mod start_and_stop;
mod transactions;

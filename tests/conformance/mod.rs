//! What the pipeline needs of a broker, held against the embedded one and Apache Kafka alike.
//!
//! Each function takes a broker that it knows by `bootstrap.servers` alone, and runs once a broker.

mod crash;
mod groups;
mod offsets;
mod peers;
mod produce;
mod retention;
mod topics;
mod transactions;

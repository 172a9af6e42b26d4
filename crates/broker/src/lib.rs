//! An embedded single-node broker that speaks the Kafka protocol.
//!
//! [`start`] opens (or creates) a data folder, listens on loopback and answers Kafka clients until
//! [`Broker::shutdown`]. It has one copy of everything and no access control: it is for one
//! machine. What it promises is Kafka's: order per partition, consumer groups, transactions, and
//! that an acknowledged record survives the death of the process.
//!
//! Each connection has a thread of its own, since the work is file and socket calls that block;
//! an idle broker does nothing.

mod api;
mod catalog;
mod clock;
mod config;
mod connection;
mod data_lock;
mod group;
mod groups;
mod journal;
mod layout;
mod layouts;
mod log;
mod node;
mod partition;
mod reply;
mod requests;
mod server;
mod start_error;
mod topic;
mod topic_settings;
mod transaction;
mod transactions;
mod upkeep;
mod waiter;

pub use config::{Config, Fsync};
pub use server::{Broker, start};
pub use start_error::StartError;

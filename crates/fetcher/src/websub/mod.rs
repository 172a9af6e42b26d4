//! `WebSub` (W3C Recommendation of 23 January 2018): hubs that say when a feed has news.
//!
//! A push makes the feed due at once, and the poll that follows reads it like any other: one way
//! in for articles, one kind of transaction. Subscriptions live in memory and are asked for anew
//! after a restart; meanwhile, and when a hub dies silently, polling finds the news.

mod discovery;
mod endpoint;
mod signature;
mod subscribe;
mod subscriptions;

pub(crate) use discovery::{HubLinks, hub_of};
pub(crate) use endpoint::Endpoint;
pub(crate) use subscribe::subscribe;
pub(crate) use subscriptions::Subscriptions;

//! `WebSub` (W3C Recommendation of 23 January 2018): hubs that say when a feed has news.
//!
//! A push makes the feed due at once, and the poll that follows reads it like any other: one way
//! in for articles, one kind of transaction. What a hub has agreed to stands in the feed's cursor, so
//! that its pushes count after a restart; when a hub dies silently, polling finds the news.

mod discovery;
mod endpoint;
mod signature;
mod subscribe;
mod subscriptions;

pub(crate) use discovery::{HubLinks, hub_of};
pub(crate) use endpoint::Endpoint;
pub(crate) use subscribe::subscribe;
pub(crate) use subscriptions::Subscriptions;

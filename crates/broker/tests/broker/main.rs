//! The broker as librdkafka sees it.

#[cfg(test)]
mod death;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod produce_and_consume;
#[cfg(test)]
mod spoilt_requests;
#[cfg(test)]
mod start_and_stop;
#[cfg(test)]
mod transactions;

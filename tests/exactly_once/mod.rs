//! Whatever is killed and whenever: every article downstream once, in order.

mod chance;
mod ledger;
mod ledger_test;
mod newsroom;

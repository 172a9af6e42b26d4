//! Which network addresses may be dialled: none that only we could reach, unless allowed.
//!
//! Feeds, pages and targets of alerts are named by host, and a name can lead anywhere. The check is
//! made on the address that is dialled, after the look-up, so that a name which changes its answer
//! gains nothing. These rules stand here once, for all that dials out.

mod block;
mod guard;
mod public;

pub use block::{AddressBlock, ParseAddressBlockError};
pub use guard::{AddressError, AddressGuard};

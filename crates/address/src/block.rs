//! Blocks of addresses, as they stand in the configuration.

use std::{fmt, net::IpAddr, str::FromStr};

use ipnet::IpNet;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// An address or a block of addresses, such as `127.0.0.1`, `fd00::/8` or `10.1.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct AddressBlock(IpNet);

/// Why a text is not a block of addresses.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not an address or block (expected one like `127.0.0.1` or `10.1.0.0/16`): {0:?}")]
pub struct ParseAddressBlockError(String);

impl AddressBlock {
    /// Whether the address lies in it.
    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address)
    }
}

impl FromStr for AddressBlock {
    type Err = ParseAddressBlockError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        let net = text
            .parse::<IpNet>()
            .ok()
            .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from));
        net.map(Self)
            .ok_or_else(|| ParseAddressBlockError(text.to_owned()))
    }
}

impl TryFrom<String> for AddressBlock {
    type Error = ParseAddressBlockError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<AddressBlock> for String {
    fn from(block: AddressBlock) -> Self {
        block.to_string()
    }
}

impl fmt::Display for AddressBlock {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(formatter)
        } else {
            self.0.fmt(formatter)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_read_as_they_are_written() {
        for text in ["127.0.0.1", "10.1.0.0/16", "fd00::/8", "::1"] {
            assert_eq!(text.parse::<AddressBlock>().unwrap().to_string(), text);
        }
        assert!("localhost".parse::<AddressBlock>().is_err());
        assert!("10.0.0.0/40".parse::<AddressBlock>().is_err());
    }
}

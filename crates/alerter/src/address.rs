//! Which network addresses targets may stand at: none that only we could reach, unless allowed.
//!
//! The check is made on the address that is dialled, after the look-up.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs},
    sync::Arc,
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

/// An address or a block of addresses, such as `127.0.0.1` or `10.1.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct TargetAddress(IpNet);

/// Why a text is not a block of addresses.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not an address or block (expected one like `127.0.0.1` or `10.1.0.0/16`): {0:?}")]
pub struct ParseTargetAddressError(String);

/// Why a host is not dialled.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum AddressError {
    /// The name has no address.
    #[error("host name {host} cannot be looked up: {reason}")]
    LookUp { host: String, reason: String },
    /// The address is closed to us.
    #[error(
        "{host} leads to {address}, a private or reserved address (alerter.allow_addresses opens it)"
    )]
    Blocked { host: String, address: IpAddr },
}

/// Decides which addresses may be dialled.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressGuard {
    allowed: Arc<[IpNet]>,
}

impl AddressGuard {
    pub(crate) fn new(allowed: &[TargetAddress]) -> Self {
        Self {
            allowed: allowed.iter().map(|block| block.0).collect(),
        }
    }

    /// Checks a URL whose host is a literal address: the connector dials those without a look-up.
    pub(crate) fn check_literal(&self, url: &Url) -> Result<(), AddressError> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        self.check(&address.to_string(), address)
    }

    /// Looks a host up and gives an address of it that may be dialled. Blocks.
    pub(crate) fn dialled(&self, host: &str, port: u16) -> Result<IpAddr, AddressError> {
        let found = (host, port).to_socket_addrs();
        let found = found.map_err(|error| AddressError::LookUp {
            host: host.to_owned(),
            reason: error.to_string(),
        })?;
        let open = self.open(host, found)?;
        open.first()
            .map(SocketAddr::ip)
            .ok_or_else(|| no_address(host))
    }

    fn check(&self, host: &str, address: IpAddr) -> Result<(), AddressError> {
        let is_allowed = |address: &IpAddr| self.allowed.iter().any(|net| net.contains(address));
        let canonical = address.to_canonical();
        if is_allowed(&address) || is_allowed(&canonical) || is_public(canonical) {
            return Ok(());
        }
        Err(AddressError::Blocked {
            host: host.to_owned(),
            address,
        })
    }

    /// Those that may be dialled, at least one.
    fn open(
        &self,
        host: &str,
        found: impl Iterator<Item = SocketAddr>,
    ) -> Result<Vec<SocketAddr>, AddressError> {
        let mut closed = None;
        let mut open = Vec::new();
        for address in found {
            match self.check(host, address.ip()) {
                Ok(()) => open.push(address),
                Err(error) => closed = closed.or(Some(error)),
            }
        }
        if open.is_empty() {
            return Err(closed.unwrap_or_else(|| no_address(host)));
        }
        Ok(open)
    }
}

impl Resolve for AddressGuard {
    fn resolve(&self, name: Name) -> Resolving {
        let guard = self.clone();
        Box::pin(async move {
            let host = name.as_str();
            let found = tokio::net::lookup_host((host, 0)).await;
            let found = found.map_err(|error| AddressError::LookUp {
                host: host.to_owned(),
                reason: error.to_string(),
            })?;
            let open = guard.open(host, found)?;
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

impl TryFrom<String> for TargetAddress {
    type Error = ParseTargetAddressError;

    fn try_from(text: String) -> Result<Self, ParseTargetAddressError> {
        let address = text.parse::<IpAddr>().map(IpNet::from);
        let block = text.parse::<IpNet>().or(address);
        block.map(Self).map_err(|_| ParseTargetAddressError(text))
    }
}

impl From<TargetAddress> for String {
    fn from(address: TargetAddress) -> Self {
        address.to_string()
    }
}

impl fmt::Display for TargetAddress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

fn no_address(host: &str) -> AddressError {
    AddressError::LookUp {
        host: host.to_owned(),
        reason: "no address".to_owned(),
    }
}

/// Whether an address is one of the public internet, by IANA's special-purpose registries.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let is_shared = a == 100 && (64..128).contains(&b);
    let is_protocol = a == 192 && b == 0 && c == 0;
    let is_benchmark = a == 198 && (b == 18 || b == 19);
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || is_shared
        || is_protocol
        || is_benchmark
        || a == 0
        || a >= 224)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    let is_documentation = first == 0x2001 && second == 0xdb8;
    // Teredo, 6to4 and NAT64 carry IPv4 addresses inside, which would pass unchecked.
    let is_tunnel = (first == 0x2001 && second == 0) || first == 0x2002 || first == 0x64;
    let is_global = (0x2000..0x4000).contains(&first);
    is_global && !is_documentation && !is_tunnel
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_refused_unless_allowed() {
        let guard = AddressGuard::default();
        for closed in [
            "127.0.0.1",
            "10.0.0.1",
            "192.168.1.1",
            "172.16.0.1",
            "169.254.169.254",
            "0.0.0.0",
            "100.64.0.1",
            "::1",
            "fe80::1",
            "fd00::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
        ] {
            assert!(
                guard.check("x", closed.parse().unwrap()).is_err(),
                "{closed}"
            );
        }
        for open in ["1.1.1.1", "2606:4700:4700::1111"] {
            assert!(guard.check("x", open.parse().unwrap()).is_ok(), "{open}");
        }
        let allowed: TargetAddress = "127.0.0.0/8".to_owned().try_into().unwrap();
        let guard = AddressGuard::new(&[allowed]);
        assert!(guard.check("x", "127.0.0.1".parse().unwrap()).is_ok());
        assert!(
            guard
                .check("x", "::ffff:127.0.0.1".parse().unwrap())
                .is_ok()
        );
        assert!(guard.check("x", "10.0.0.1".parse().unwrap()).is_err());
        assert_eq!(
            guard.dialled("localhost", 25).unwrap().to_string(),
            "127.0.0.1"
        );
    }
}

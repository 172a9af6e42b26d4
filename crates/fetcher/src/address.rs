//! Which network addresses may be dialled: none that only we could reach.
//!
//! Feed and page data name hosts, and a name can lead anywhere. The check is made on the address
//! that is dialled, after the look-up, so that a name which changes its answer gains nothing.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    str::FromStr,
    sync::Arc,
};

use ipnet::IpNet;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use url::{Host, Url};

/// An address or a block of addresses, such as `127.0.0.1`, `fd00::/8` or `10.1.0.0/16`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct AddressBlock(IpNet);

/// Why a text is not a block of addresses.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("not an address or block (expected one like `127.0.0.1` or `10.1.0.0/16`): {0:?}")]
pub struct ParseAddressBlockError(String);

/// Why a host is not dialled.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub(crate) enum AddressError {
    /// The name has no address.
    #[error("host name {host} cannot be looked up: {reason}")]
    LookUp {
        /// The name.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// The address is closed to us.
    #[error("{host} leads to {address}, a private or reserved address (allow_addresses opens it)")]
    Blocked {
        /// The name, or the address itself.
        host: String,
        /// The address it leads to.
        address: IpAddr,
    },
}

/// Decides which addresses may be dialled.
#[derive(Clone, Debug, Default)]
pub(crate) struct AddressGuard {
    allowed: Arc<[IpNet]>,
}

impl AddressGuard {
    pub(crate) fn new(allowed: &[AddressBlock]) -> Self {
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
        if self.allows(address) {
            return Ok(());
        }
        Err(AddressError::Blocked {
            host: url.host_str().unwrap_or_default().to_owned(),
            address,
        })
    }

    /// Whether an address may be dialled.
    pub(crate) fn allows(&self, address: IpAddr) -> bool {
        let is_allowed = |address: &IpAddr| self.allowed.iter().any(|net| net.contains(address));
        is_allowed(&address) || is_allowed(&address.to_canonical()) || is_public(address)
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
            let (open, closed): (Vec<SocketAddr>, Vec<SocketAddr>) =
                found.partition(|address| guard.allows(address.ip()));
            if !open.is_empty() {
                return Ok(Box::new(open.into_iter()) as Addrs);
            }
            let error = match closed.first() {
                Some(address) => AddressError::Blocked {
                    host: host.to_owned(),
                    address: address.ip(),
                },
                None => AddressError::LookUp {
                    host: host.to_owned(),
                    reason: "no address".into(),
                },
            };
            Err(error.into())
        })
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
    let reserved = match a {
        // This network, private, loopback; multicast, reserved and broadcast from 224 up.
        0 | 10 | 127 | 224.. => true,
        // Carrier-grade NAT, which also holds some clouds' metadata services.
        100 => (64..128).contains(&b),
        // Link-local, with the metadata service at 169.254.169.254.
        169 => b == 254,
        172 => (16..32).contains(&b),
        // 192.0.0/24 protocol assignments, 192.0.2/24 documentation, 192.88.99/24 6to4 relays.
        192 => b == 168 || (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99),
        // Benchmarks 198.18/15, documentation 198.51.100/24.
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        _ => false,
    };
    !reserved
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(embedded) = embedded_v4(address) {
        return is_public_v4(embedded);
    }
    let [first, second, ..] = address.segments();
    // Only 2000::/3 is handed out; what lies outside is loopback, unique local (fc00::/7),
    // link-local, site-local, multicast or reserved.
    let is_global_unicast = first & 0xe000 == 0x2000;
    // 2001::/23 protocol assignments (Teredo among them), 2001:db8::/32 and 3fff::/20
    // documentation.
    let is_special = (first == 0x2001 && (second < 0x0200 || second == 0x0db8))
        || (first == 0x3fff && second < 0x1000);
    is_global_unicast && !is_special
}

/// The IPv4 address inside a mapped, compatible, NAT64, 6to4 or ISATAP address.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Ipv4Addr::from((u32::from(high) << 16) | u32::from(low));
    match address.segments() {
        // ::ffff:0:0/96 mapped, ::ffff:0:0:0/96 translated, ::/96 compatible, 64:ff9b::/96 NAT64;
        // 2002::/16 6to4; ISATAP in any prefix.
        [0, 0, 0, 0, 0, 0xffff | 0, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0, 0, 0, 0, high, low]
        | [0x2002, high, low, ..]
        | [.., 0 | 0x0200, 0x5efe, high, low] => Some(v4(high, low)),
        // 64:ff9b:1::/48 is NAT64 for local use, which is never public.
        [0x64, 0xff9b, ..] => Some(Ipv4Addr::UNSPECIFIED),
        _ => None,
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

    #[track_caller]
    fn check(address: &str, expected: bool) {
        let guard = AddressGuard::default();
        assert_eq!(
            guard.allows(address.parse().unwrap()),
            expected,
            "{address}"
        );
    }

    #[test]
    fn public_addresses_are_open() {
        for address in [
            "8.8.8.8",
            "93.184.216.34",
            "172.32.0.1",
            "100.128.0.1",
            "198.20.0.1",
        ] {
            check(address, true);
        }
        for address in ["2606:2800:220:1:248:1893:25c8:1946", "2a00:1450:4001::1"] {
            check(address, true);
        }
    }

    #[test]
    fn closed_addresses_are_refused() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.192",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.1",
            "203.0.113.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "192.88.99.1",
        ] {
            check(address, false);
        }
        for address in [
            "::",
            "::1",
            "fc00::1",
            "fd00:ec2::254",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "3fff::1",
            "100::1",
        ] {
            check(address, false);
        }
    }

    #[test]
    fn closed_addresses_in_disguise_are_refused() {
        for address in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "::ffff:0:169.254.169.254",
            "64:ff9b::7f00:1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::808:808",
            "2002:7f00:1::",
            "2002:a00:1::1",
            "2a00::5efe:192.168.0.1",
            "2a00::200:5efe:10.0.0.1",
        ] {
            check(address, false);
        }
        check("::ffff:8.8.8.8", true);
        check("64:ff9b::808:808", true);
    }

    #[test]
    fn a_literal_in_any_spelling_is_refused() {
        let guard = AddressGuard::default();
        for url in [
            "http://127.0.0.1/",
            "http://127.1/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://[::1]/",
            "http://[::ffff:7f00:1]/",
            "http://0/",
            "http://１２７.0.0.1/",
        ] {
            let url = Url::parse(url).unwrap();
            assert!(guard.check_literal(&url).is_err(), "{url}");
        }
    }

    #[test]
    fn the_allow_list_opens_just_what_it_names() {
        let blocks: Vec<AddressBlock> = ["127.0.0.1", "10.1.0.0/16"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let guard = AddressGuard::new(&blocks);
        for (address, expected) in [
            ("127.0.0.1", true),
            ("::ffff:127.0.0.1", true),
            ("127.0.0.2", false),
            ("10.1.200.3", true),
            ("10.2.0.1", false),
            ("::1", false),
        ] {
            assert_eq!(
                guard.allows(address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
    }

    #[test]
    fn blocks_read_as_they_are_written() {
        for text in ["127.0.0.1", "10.1.0.0/16", "fd00::/8", "::1"] {
            assert_eq!(text.parse::<AddressBlock>().unwrap().to_string(), text);
        }
        assert!("localhost".parse::<AddressBlock>().is_err());
        assert!("10.0.0.0/40".parse::<AddressBlock>().is_err());
    }
}

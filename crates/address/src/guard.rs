//! The guard at each connection.

use std::{
    net::{IpAddr, SocketAddr, ToSocketAddrs},
    sync::Arc,
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use thiserror::Error;
use url::{Host, Url};

use crate::{AddressBlock, public::is_public};

/// Why a host is not dialled.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum AddressError {
    /// The name has no address.
    #[error("host name {host} cannot be looked up: {reason}")]
    LookUp {
        /// The name.
        host: String,
        /// What the system said.
        reason: String,
    },
    /// The address is closed to us.
    #[error("{host} leads to {address}, a private or reserved address ({setting} opens it)")]
    Blocked {
        /// The name, or the address itself.
        host: String,
        /// The address it leads to.
        address: IpAddr,
        /// The setting that would open it.
        setting: &'static str,
    },
}

/// Decides which addresses may be dialled; as a resolver it hands out only those.
#[derive(Clone, Debug)]
pub struct AddressGuard {
    allowed: Arc<[AddressBlock]>,
    setting: &'static str,
}

impl AddressGuard {
    /// A guard that lets through the public internet and what is allowed; refusals name the
    /// `setting` that allows more.
    pub fn new(allowed: &[AddressBlock], setting: &'static str) -> Self {
        Self {
            allowed: allowed.into(),
            setting,
        }
    }

    /// Checks a URL whose host is a literal address: the connector dials those without a look-up.
    ///
    /// # Errors
    /// Where the address is closed.
    pub fn check_literal(&self, url: &Url) -> Result<(), AddressError> {
        let address = match url.host() {
            Some(Host::Ipv4(address)) => IpAddr::V4(address),
            Some(Host::Ipv6(address)) => IpAddr::V6(address),
            Some(Host::Domain(_)) | None => return Ok(()),
        };
        self.check(url.host_str().unwrap_or_default(), address)
    }

    /// Looks a host up and gives an address of it that may be dialled, for clients that take no
    /// resolver. Blocks.
    ///
    /// # Errors
    /// Where it has none.
    pub fn dialled(&self, host: &str, port: u16) -> Result<IpAddr, AddressError> {
        let found = (host, port).to_socket_addrs();
        let found = found.map_err(|error| look_up(host, &error.to_string()))?;
        let open = self.open(host, found)?;
        let first = open.first().map(SocketAddr::ip);
        first.ok_or_else(|| look_up(host, NO_ADDRESS))
    }

    fn check(&self, host: &str, address: IpAddr) -> Result<(), AddressError> {
        if self.allows(address) {
            return Ok(());
        }
        Err(AddressError::Blocked {
            host: host.to_owned(),
            address,
            setting: self.setting,
        })
    }

    fn allows(&self, address: IpAddr) -> bool {
        let is_allowed = |address: IpAddr| self.allowed.iter().any(|net| net.contains(address));
        is_allowed(address) || is_allowed(address.to_canonical()) || is_public(address)
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
            return Err(closed.unwrap_or_else(|| look_up(host, NO_ADDRESS)));
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
            let found = found.map_err(|error| look_up(host, &error.to_string()))?;
            let open = guard.open(host, found)?;
            Ok(Box::new(open.into_iter()) as Addrs)
        })
    }
}

const NO_ADDRESS: &str = "no address";

fn look_up(host: &str, reason: &str) -> AddressError {
    AddressError::LookUp {
        host: host.to_owned(),
        reason: reason.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard(allowed: &[&str]) -> AddressGuard {
        let blocks: Vec<AddressBlock> = allowed.iter().map(|text| text.parse().unwrap()).collect();
        AddressGuard::new(&blocks, "x.allow_addresses")
    }

    #[test]
    fn a_literal_in_any_spelling_is_refused() {
        let guard = guard(&[]);
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
        let guard = guard(&["127.0.0.1", "10.1.0.0/16"]);
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
    fn a_name_leads_to_what_is_open_only_and_a_refusal_names_the_setting() {
        let error = guard(&[]).dialled("localhost", 25).unwrap_err().to_string();
        assert!(
            error.starts_with("localhost leads to") && error.contains("x.allow_addresses"),
            "{error}"
        );
        let open = guard(&["127.0.0.0/8"]).dialled("localhost", 25).unwrap();
        assert_eq!(open.to_string(), "127.0.0.1");
    }

    #[test]
    fn of_several_addresses_the_open_ones_are_dialled() {
        let found = ["10.0.0.1:80", "8.8.8.8:80", "[::1]:80"].map(|text| text.parse().unwrap());
        let open = guard(&[]).open("mixed.example", found.into_iter()).unwrap();
        assert_eq!(open, ["8.8.8.8:80".parse().unwrap()]);
        let none = guard(&[]).open("empty.example", std::iter::empty());
        assert!(matches!(none, Err(AddressError::LookUp { .. })));
    }
}

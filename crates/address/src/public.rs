//! The public internet, by IANA's special-purpose registries.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address is one of the public internet, also where it stands inside another.
pub(crate) fn is_public(address: IpAddr) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(address: &str, expected: bool) {
        assert_eq!(is_public(address.parse().unwrap()), expected, "{address}");
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
}

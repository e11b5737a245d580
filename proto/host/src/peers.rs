//! Those who come to a server, so that none of them takes it from the others: who counts as one, how many
//! connections each may hold, and how often the log names it.

mod lingering;
mod places;
mod repeated;

use std::net::{IpAddr, Ipv6Addr};

pub use lingering::{Linger, Lingering};
pub use places::{Place, Places};
pub use repeated::Repeated;

/// Who counts as one peer.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// Whoever has proved to be of that name.
    Named(String),
    /// Whoever connects from that address, if no proof is asked for: see [`Peer::at`].
    At(IpAddr),
}

// === impl Peer ===

impl Peer {
    /// The peer for whoever connects from `ip`.
    #[must_use]
    pub fn at(ip: IpAddr) -> Self {
        Self::At(network_of(ip))
    }
}

/// The network of addresses that counts as one peer: whoever has one address of a /64 of IPv6 has all of
/// them. An IPv4 address is a network of its own.
#[must_use]
pub fn network_of(ip: IpAddr) -> IpAddr {
    match ip.to_canonical() {
        IpAddr::V6(ip) => {
            let [a, b, c, d, ..] = ip.segments();
            Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into()
        }
        ip @ IpAddr::V4(_) => ip,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_of_ipv6_is_one_peer_and_a_mapped_address_is_its_own() {
        let at = |ip: &str| Peer::at(ip.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::2:3"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:10.0.0.1"), Peer::At([10, 0, 0, 1].into()));
    }
}

//! Who is counted as one where requests are bounded.

use std::net::IpAddr;

use vwis_host::peers::network_of;

use super::Via;

/// Who is counted as one.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Counted {
    Identity(Via),
    /// The network of an address that sent bad credentials: see [`Counted::failing`].
    Failing(IpAddr),
    /// The network of an address that asks for open paths, or sends no credentials: see [`Counted::open`].
    Open(IpAddr),
}

// === impl Counted ===

impl Counted {
    /// Counts bad credentials from `ip`; an IPv6 address stands for its /64.
    #[must_use]
    pub(crate) fn failing(ip: IpAddr) -> Self {
        Self::Failing(network_of(ip))
    }

    /// Counts requests without credentials from `ip`; an IPv6 address stands for its /64.
    #[must_use]
    pub(crate) fn open(ip: IpAddr) -> Self {
        Self::Open(network_of(ip))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_has_one_address_of_a_network_has_no_more_by_the_others() {
        let at = |ip: &str| Counted::open(ip.parse().unwrap());
        assert_eq!(at("2001:db8::1"), at("2001:db8::ffff:1:2"));
        assert_ne!(at("2001:db8::1"), at("2001:db8:0:1::1"));
        assert_eq!(at("::ffff:10.0.0.1"), at("10.0.0.1"));
        assert_ne!(at("10.0.0.1"), at("10.0.0.2"));
    }
}

//! Where a request came from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use http::HeaderMap;
use vwis_host::peers::Peer;

/// Where a request came from. A configured proxy adds the address that it saw at the end of
/// `X-Forwarded-For`; anybody may have written what stands before it. None where the proxy did not add it:
/// then it has to bound its callers itself.
#[must_use]
pub fn of(is_behind_proxy: bool, headers: &HeaderMap, peer: SocketAddr) -> Option<IpAddr> {
    if !is_behind_proxy {
        return Some(peer.ip());
    }
    let mut lines = headers.get_all("x-forwarded-for").iter();
    let last = lines.next_back()?.to_str().ok()?.rsplit(',').next()?.trim();
    last.parse().ok()
}

/// The peer that the log names. All requests without a known address count as one peer.
#[must_use]
pub fn peer(ip: Option<IpAddr>) -> Peer {
    Peer::at(ip.unwrap_or(Ipv6Addr::UNSPECIFIED.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn behind_a_proxy_the_address_is_the_last_that_the_proxy_added() {
        let address = |is_behind_proxy: bool, lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            of(is_behind_proxy, &headers, "127.0.0.1:9".parse().unwrap())
        };
        let ip = |text: &str| Some(text.parse().unwrap());
        assert_eq!(address(false, &["10.0.0.1"]), ip("127.0.0.1"));
        assert_eq!(address(true, &["10.9.9.9, 10.0.0.1"]), ip("10.0.0.1"));
        assert_eq!(
            address(true, &["10.9.9.9", "2001:db8::1"]),
            ip("2001:db8::1")
        );
        assert_eq!(address(true, &[]), None);
        assert_eq!(address(true, &["10.0.0.1, unknown"]), None);
    }
}

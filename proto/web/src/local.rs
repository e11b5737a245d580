//! Whether a program on this machine asks on its own behalf.

use http::{HeaderMap, Uri, Version, header};

/// Whether a program on this machine asks on its own behalf.
///
/// A page of a foreign site can make a browser on this machine ask this server. If it uses a foreign name
/// that was pointed here (DNS rebinding), the Host header shows it; if it uses this server's own name, the
/// browser says so (`Sec-Fetch-Site`). A proxy names itself in one of many headers, or speaks HTTP/1.0 as
/// nginx does.
#[must_use]
pub fn is_local(headers: &HeaderMap, uri: &Uri, version: Version) -> bool {
    let hosts: Vec<_> = headers.get_all(header::HOST).iter().collect();
    let host = match hosts[..] {
        [host] => host.to_str().ok(),
        _ => None,
    };
    let whole = uri.authority().map(http::uri::Authority::as_str);
    host.is_some_and(is_this_machine)
        && whole.is_none_or(is_this_machine)
        && version > Version::HTTP_10
        && !headers.iter().any(|(name, value)| {
            let name = name.as_str();
            names_a_proxy(name) || (name == "sec-fetch-site" && !is_own_site(value.as_bytes()))
        })
}

fn is_this_machine(host: &str) -> bool {
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name.eq_ignore_ascii_case("localhost")
        || address
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

/// Whether `Sec-Fetch-Site` says that the user typed the address, or that a page of this server asks.
fn is_own_site(value: &[u8]) -> bool {
    [&b"none"[..], b"same-origin"].contains(&value)
}

/// Whether only proxies send a header of that name.
fn names_a_proxy(name: &str) -> bool {
    const NAMES: [&str; 12] = [
        "forwarded",
        "via",
        "client-ip",
        "true-client-ip",
        "x-real-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "x-remote-ip",
        "x-remote-addr",
        "x-proxyuser-ip",
        "x-host",
        "cdn-loop",
    ];
    const BEGINNINGS: [&str; 13] = [
        "x-forwarded",
        "x-original-",
        "x-rewrite-",
        "x-envoy-",
        "x-amz-cf-",
        "x-amzn-",
        "x-appengine-",
        "x-arr-",
        "x-azure-",
        "x-proxy-",
        "cf-",
        "fly-",
        "fastly-",
    ];
    NAMES.contains(&name)
        || BEGINNINGS.iter().any(|begin| name.starts_with(begin))
        || name.ends_with("-for")
        || name.ends_with("-client-ip")
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};

    use super::*;

    fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, HeaderValue::try_from(*value).unwrap());
        }
        headers
    }

    fn asked(pairs: &[(HeaderName, &str)]) -> bool {
        let uri = Uri::from_static("/api/v1/releases");
        is_local(&headers(pairs), &uri, Version::HTTP_11)
    }

    #[test]
    fn without_identity_only_programs_on_this_machine_are_answered() {
        for good in [
            "127.0.0.1:7480",
            "localhost",
            "LOCALHOST:1",
            "[::1]:7480",
            "[::1]",
        ] {
            assert!(asked(&[(header::HOST, good)]), "{good}");
        }
        for bad in [
            "evil.example",
            "evil.example:7480",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "",
        ] {
            assert!(!asked(&[(header::HOST, bad)]), "{bad}");
        }
        assert!(!asked(&[]));
        let twice = [(header::HOST, "localhost"), (header::HOST, "localhost")];
        assert!(!asked(&twice));
        let here = headers(&[(header::HOST, "localhost")]);
        let absolute = Uri::from_static("http://evil.example/api/v1/releases");
        assert!(!is_local(&here, &absolute, Version::HTTP_11));
        let plain = Uri::from_static("/");
        for old in [Version::HTTP_09, Version::HTTP_10] {
            assert!(!is_local(&here, &plain, old), "{old:?}");
        }
    }

    #[test]
    fn nothing_that_came_through_another_program_or_site_is_anonymous() {
        let with = |name: &str, value: &str| {
            let name = HeaderName::try_from(name).unwrap();
            asked(&[(header::HOST, "localhost"), (name, value)])
        };
        for proxy in [
            "Forwarded",
            "Via",
            "X-Forwarded-For",
            "X-Forwarded-Host",
            "X-Forwarded-Proto",
            "X-Forwarded-Port",
            "X-Forwarded-Server",
            "X-Forwarded-Prefix",
            "X-Forwarded",
            "X-Real-IP",
            "X-Client-IP",
            "X-Cluster-Client-IP",
            "True-Client-IP",
            "Client-IP",
            "CF-Connecting-IP",
            "CF-Ray",
            "CDN-Loop",
            "Fastly-Client-IP",
            "Fly-Client-IP",
            "X-Envoy-External-Address",
            "X-Envoy-Original-Path",
            "X-Original-For",
            "X-Original-URL",
            "X-Original-Forwarded-For",
            "X-ProxyUser-Ip",
            "X-Coming-For",
            "X-Azure-ClientIP",
            "X-Amzn-Trace-Id",
            "X-Nginx-Client-IP",
        ] {
            assert!(!with(proxy, "10.0.0.1"), "{proxy}");
            assert!(!with(proxy, ""), "{proxy}, empty");
        }
        for other in ["cross-site", "same-site", "", "none, cross-site"] {
            assert!(!with("sec-fetch-site", other), "{other}");
        }
        for own in ["none", "same-origin"] {
            assert!(with("sec-fetch-site", own), "{own}");
        }
        for plain in ["accept", "x-request-id", "if-none-match", "sec-fetch-mode"] {
            assert!(with(plain, "a"), "{plain}");
        }
    }
}

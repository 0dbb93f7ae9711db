//! Which proxies are believed, and from which address a request comes that passed them.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;
use ipnet::{IpNet, Ipv4Net};
use serde::Deserialize;

/// The proxies that are believed, by address or network. By default none is: anybody can write a header.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "String")]
pub struct Proxies(Vec<IpNet>);

impl TryFrom<String> for Proxies {
    type Error = String;

    /// Reads addresses and networks, comma separated. The error names the first that is neither.
    fn try_from(text: String) -> Result<Proxies, String> {
        let entries = text.split(',').map(str::trim).filter(|entry| !entry.is_empty());
        let read = |entry| {
            network(entry).ok_or_else(|| format!("neither an IP address nor a network such as 10.0.0.0/8: {entry:?}"))
        };
        entries.map(read).collect::<Result<_, _>>().map(Proxies)
    }
}

impl Proxies {
    /// Where a request comes from: the peer; or, when the peer is one of these proxies, the last address in
    /// `X-Forwarded-For` that is none of theirs. Each of them writes at the end whom it has answered, so what stands
    /// before that is anybody's word. When there is no such address, or it cannot be read, it is the peer.
    ///
    /// An IPv4 address that is written as IPv6 is the IPv4 address.
    pub fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let peer = peer.to_canonical();
        if !self.believed(peer) {
            return peer;
        }
        let values = headers.get_all("x-forwarded-for").iter().rev();
        let mut from_last = values.flat_map(|value| value.as_bytes().rsplit(|byte| *byte == b',')).map(address);
        from_last.find(|found| found.is_none_or(|found| !self.believed(found))).flatten().unwrap_or(peer)
    }

    fn believed(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

fn network(text: &str) -> Option<IpNet> {
    let network = text.parse::<IpNet>().or_else(|_| text.parse::<IpAddr>().map(IpNet::from)).ok()?;
    match network {
        IpNet::V6(v6) if v6.prefix_len() >= 96 => match v6.addr().to_ipv4_mapped() {
            Some(v4) => Ipv4Net::new(v4, v6.prefix_len() - 96).ok().map(IpNet::V4),
            None => Some(network),
        },
        IpNet::V4(_) | IpNet::V6(_) => Some(network),
    }
}

/// What one proxy wrote. Some write the port as well.
fn address(entry: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(entry.trim_ascii()).ok()?;
    let address = text.parse::<IpAddr>().or_else(|_| text.parse::<SocketAddr>().map(|found| found.ip())).ok()?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderMap, HeaderValue};

    use super::Proxies;

    fn proxies(text: &str) -> Proxies {
        Proxies::try_from(text.to_owned()).expect("proxies")
    }

    fn client(proxies: &Proxies, peer: &str, forwarded: &[&[u8]]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", HeaderValue::from_bytes(value).expect("a header"));
        }
        proxies.client(peer.parse().expect("an address"), &headers).to_string()
    }

    /// Red when: somebody writes into the header where he comes from, or one of our proxies is taken for whoever asks.
    #[test]
    fn the_last_address_that_is_no_proxy_is_the_client() {
        let ours = proxies(" 192.0.2.1, 10.0.0.0/8,2001:db8:1::/48 , ::ffff:172.16.0.0/108");
        let cases: &[(&str, &[&[u8]], &str)] = &[
            ("192.0.2.1", &[b"198.51.100.1"], "198.51.100.1"),
            ("192.0.2.1", &[b"203.0.113.9, 198.51.100.1"], "198.51.100.1"),
            ("192.0.2.1", &[b"203.0.113.9", b"198.51.100.1"], "198.51.100.1"),
            ("192.0.2.1", &[b"203.0.113.9,198.51.100.1 ,10.1.2.3,\t192.0.2.1"], "198.51.100.1"),
            ("192.0.2.1", &[b"198.51.100.1, 10.1.2.3", b"10.1.2.4"], "198.51.100.1"),
            ("10.255.0.1", &[b"198.51.100.1"], "198.51.100.1"),
            ("::ffff:192.0.2.1", &[b"::ffff:198.51.100.1"], "198.51.100.1"),
            ("172.17.0.1", &[b"198.51.100.1"], "198.51.100.1"),
            ("2001:db8:1:ffff::1", &[b"2001:db8:2::1"], "2001:db8:2::1"),
            // With a port.
            ("192.0.2.1", &[b"198.51.100.1:4711"], "198.51.100.1"),
            ("192.0.2.1", &[b"[2001:db8:2::1]:4711"], "2001:db8:2::1"),
            // What cannot be read before it does not matter.
            ("192.0.2.1", &[b"\xff, unknown,, 198.51.100.1"], "198.51.100.1"),
            // Nobody else is believed.
            ("192.0.2.2", &[b"198.51.100.1"], "192.0.2.2"),
            ("11.0.0.1", &[b"198.51.100.1"], "11.0.0.1"),
            ("2001:db8:2::1", &[b"198.51.100.1"], "2001:db8:2::1"),
            ("::ffff:192.0.2.2", &[], "192.0.2.2"),
            // Nothing that can be read.
            ("192.0.2.1", &[], "192.0.2.1"),
            ("192.0.2.1", &[b""], "192.0.2.1"),
            ("192.0.2.1", &[b"10.1.2.3"], "192.0.2.1"),
            ("192.0.2.1", &[b"198.51.100.1, unknown"], "192.0.2.1"),
            ("192.0.2.1", &[b"198.51.100.1, \xff"], "192.0.2.1"),
            ("192.0.2.1", &[b"198.51.100.1", b""], "192.0.2.1"),
        ];
        for &(peer, forwarded, expected) in cases {
            let shown: Vec<_> = forwarded.iter().map(|value| String::from_utf8_lossy(value)).collect();
            assert_eq!(client(&ours, peer, forwarded), expected, "{peer} {shown:?}");
        }
        for none in ["", " ", ","] {
            assert_eq!(client(&proxies(none), "192.0.2.1", &[b"198.51.100.1"]), "192.0.2.1", "{none:?}");
        }
    }

    /// Red when: a proxy that is written wrongly is silently not believed.
    #[test]
    fn what_is_no_address_and_no_network_is_named() {
        for wrong in ["caddy", "10.0.0.0/33", "10.0.0", "2001:db8::/129", "192.0.2.1:80", "10.0.0.1 10.0.0.2"] {
            let told = Proxies::try_from(format!("192.0.2.1, {wrong}")).expect_err(wrong);
            assert!(told.contains(wrong) && !told.contains("192.0.2.1,"), "{told}");
        }
    }
}

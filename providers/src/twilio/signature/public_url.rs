//! The public URL, in the pieces of which the signed text is made.

/// A URL cut into the pieces that are signed, each verbatim: parsing and printing it again could change
/// an escape or the letter case of the host. User name and fragment are never signed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PublicUrl<'a> {
    pub(super) scheme: &'a str,
    pub(super) host: &'a str,
    /// With its colon; empty where there is none.
    pub(super) port: &'a str,
    /// Path and query.
    pub(super) rest: &'a str,
}

impl<'a> PublicUrl<'a> {
    pub(super) fn read(url: &'a str) -> Option<Self> {
        let url = url.split_once('#').map_or(url, |(before, _)| before);
        let (scheme, after) = url.split_once("://")?;
        let (authority, rest) = after.split_at(after.find(['/', '?']).unwrap_or(after.len()));
        let address = authority
            .rsplit_once('@')
            .map_or(authority, |(_, address)| address);
        // A colon within brackets belongs to an IPv6 address.
        let bracket = address.rfind(']').map_or(0, |at| at + 1);
        let colon = address[bracket..]
            .find(':')
            .map_or(address.len(), |at| bracket + at);
        let (host, port) = address.split_at(colon);
        (!host.is_empty()).then_some(Self {
            scheme,
            host,
            port,
            rest,
        })
    }

    /// The ports to try: as given, none, and the scheme's own. Carriers and the proxies before us do not
    /// agree on which of them is "the" URL.
    pub(super) fn port_spellings(&self) -> [Option<&'a str>; 3] {
        let own = if self.scheme.eq_ignore_ascii_case("https") {
            ":443"
        } else {
            ":80"
        };
        [
            Some(self.port),
            (!self.port.is_empty()).then_some(""),
            (self.port != own).then_some(own),
        ]
    }

    pub(super) fn body_sha256(&self) -> Option<&'a str> {
        let (_, query) = self.rest.split_once('?')?;
        query
            .split('&')
            .find_map(|parameter| parameter.strip_prefix("bodySHA256="))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_cut_without_changing_a_byte() {
        let read = |url| PublicUrl::read(url).map(|u| (u.scheme, u.host, u.port, u.rest));
        assert_eq!(
            read("https://h:8443?a=b/c"),
            Some(("https", "h", ":8443", "?a=b/c"))
        );
        assert_eq!(
            read("http://[::1]:80/x%20y"),
            Some(("http", "[::1]", ":80", "/x%20y"))
        );
        assert_eq!(read("http://[::1]"), Some(("http", "[::1]", "", "")));
        assert_eq!(read("https://h/p@q:1"), Some(("https", "h", "", "/p@q:1")));
    }
}

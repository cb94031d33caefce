//! Where a callback goes, and which form of its URL is signed.

use super::Directives;

/// How a callback is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    Post,
    Get,
}

/// One callback URL as a client gave it.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    given: String,
    /// With user and password, without fragment: what the request is made to.
    requested: String,
    /// Without either: what is signed.
    signed: String,
    pub method: Method,
    pub directives: Directives,
}

impl Target {
    /// A target for a URL that has been found valid.
    pub fn new(given: &str, method: Method) -> Self {
        let (requested, fragment) = given.split_once('#').unwrap_or((given, ""));
        Self {
            given: given.to_owned(),
            requested: requested.to_owned(),
            signed: without_user(requested),
            method,
            directives: Directives::parse(fragment),
        }
    }

    /// The URL exactly as the client gave it.
    pub fn as_given(&self) -> &str {
        &self.given
    }

    /// The URL to request and the URL to sign. With GET the parameters are part of both.
    pub fn urls(&self, parameters: &[(&str, String)]) -> (String, String) {
        match self.method {
            Method::Post => (self.requested.clone(), self.signed.clone()),
            Method::Get => {
                let separator = if self.requested.contains('?') { '&' } else { '?' };
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(parameters);
                let query = query.finish();
                (
                    format!("{}{separator}{query}", self.requested),
                    format!("{}{separator}{query}", self.signed),
                )
            }
        }
    }
}

/// The URL without `user:password@`, otherwise to the letter.
fn without_user(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let end = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{path}")
}

#[cfg(test)]
mod tests {
    use super::{Method, Target};

    #[test]
    fn the_signed_url_is_the_given_one_without_fragment_and_user() {
        let target = Target::new(
            "http://me:s%40cret@Hooks.Example.com:80/a%20b?x=1&y=%C3%A9#rc=3&rp=all",
            Method::Post,
        );
        let (requested, signed) = target.urls(&[]);
        assert_eq!(
            requested,
            "http://me:s%40cret@Hooks.Example.com:80/a%20b?x=1&y=%C3%A9"
        );
        assert_eq!(signed, "http://Hooks.Example.com:80/a%20b?x=1&y=%C3%A9");
    }

    #[test]
    fn a_get_carries_and_signs_its_parameters_in_the_query() {
        let target = Target::new("http://hooks.example.com/status?c=1", Method::Get);
        let (requested, signed) = target.urls(&[("To", "+15551230002".to_owned())]);
        assert_eq!(requested, "http://hooks.example.com/status?c=1&To=%2B15551230002");
        assert_eq!(signed, requested);
    }
}

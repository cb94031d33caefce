//! Where a callback goes, and which form of its URL is signed.

use url::Url;

use super::Directives;
use crate::dialect::Dialect;

const MAX_URL_CHARACTERS: usize = 4000;

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
    /// In whose name it is sent: decides the header and the kind of the signature.
    pub dialect: Dialect,
}

impl Target {
    /// A target for a URL as a client gave it.
    ///
    /// # Errors
    /// Why no callback can be sent there, such as `has no host`.
    pub fn new(dialect: Dialect, given: &str, method: Method) -> Result<Self, &'static str> {
        if given.chars().count() > MAX_URL_CHARACTERS {
            return Err("is longer than 4000 characters");
        }
        let url = Url::parse(given).map_err(|_| "is not a valid URL")?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err("is not an http or https URL");
        }
        match url.host_str() {
            None | Some("") => return Err("has no host"),
            Some(host) if host.contains('_') => return Err("has an underscore in its host"),
            Some(_) => {}
        }
        let (requested, fragment) = given.split_once('#').unwrap_or((given, ""));
        Ok(Self {
            given: given.to_owned(),
            requested: requested.to_owned(),
            signed: without_user(requested),
            method,
            directives: dialect.directives(fragment),
            dialect,
        })
    }

    /// The target that a document at this one means by `url`: absolute, relative to it, or empty for itself.
    ///
    /// # Errors
    /// Why no request can be sent there.
    pub fn join(&self, url: &str, method: Method) -> Result<Self, &'static str> {
        if url.is_empty() {
            return Self::new(self.dialect, &self.given, method);
        }
        if Url::parse(url).is_ok() {
            // To the letter: a normalised URL would be another one to sign.
            return Self::new(self.dialect, url, method);
        }
        let base = Url::parse(&self.requested).map_err(|_| "is not a valid URL")?;
        let joined = base.join(url).map_err(|_| "is not a valid URL")?;
        Self::new(self.dialect, joined.as_str(), method)
    }

    /// The path alone: what may be told of a URL whose query may hold a secret.
    pub fn path(&self) -> String {
        Url::parse(&self.given).map_or_else(|_| String::new(), |url| url.path().to_owned())
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
    use crate::dialect::Dialect;

    #[test]
    fn the_signed_url_is_the_given_one_without_fragment_and_user() {
        let target = Target::new(
            Dialect::Twilio,
            "http://me:s%40cret@Hooks.Example.com:80/a%20b?x=1&y=%C3%A9#rc=3&rp=all",
            Method::Post,
        )
        .unwrap();
        let (requested, signed) = target.urls(&[]);
        assert_eq!(
            requested,
            "http://me:s%40cret@Hooks.Example.com:80/a%20b?x=1&y=%C3%A9"
        );
        assert_eq!(signed, "http://Hooks.Example.com:80/a%20b?x=1&y=%C3%A9");
    }

    #[test]
    fn a_get_carries_and_signs_its_parameters_in_the_query() {
        let target = Target::new(
            Dialect::Twilio,
            "http://hooks.example.com/status?c=1",
            Method::Get,
        )
        .unwrap();
        let (requested, signed) = target.urls(&[("To", "+15551230002".to_owned())]);
        assert_eq!(requested, "http://hooks.example.com/status?c=1&To=%2B15551230002");
        assert_eq!(signed, requested);
    }

    #[test]
    fn a_url_in_a_document_is_meant_relative_to_the_document() {
        let document = Target::new(
            Dialect::Twilio,
            "http://me:pw@hooks.example.com/a/voice?s=1#rc=3",
            Method::Post,
        )
        .unwrap();
        let cases = [
            ("", "http://me:pw@hooks.example.com/a/voice?s=1#rc=3"),
            ("next?s=2", "http://me:pw@hooks.example.com/a/next?s=2"),
            ("/next#rc=1", "http://me:pw@hooks.example.com/next#rc=1"),
            ("?d=1", "http://me:pw@hooks.example.com/a/voice?d=1"),
            ("http://Other.example.com:80/x", "http://Other.example.com:80/x"),
        ];
        for (url, expected) in cases {
            let target = document.join(url, Method::Post).unwrap();
            assert_eq!(target.as_given(), expected);
        }
        assert!(document.join("ftp://x/y", Method::Post).is_err());
    }
}

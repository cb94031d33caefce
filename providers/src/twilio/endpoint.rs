//! Where an account's resources stand, and how callback URLs are dressed for Twilio.
//!
//! SignalWire has the same resources under a path of its own, which the base URL brings along.

use url::Url;

use super::account::{SetupError, TwilioAccount};
use super::words::is_call_id;
use crate::dialect::{Dialect, SIGNALWIRE_PATH, is_signalwire_host};

const API_VERSION: &str = "/2010-04-01";

/// Asks for up to five retries of a callback, whatever went wrong (refused connection, time-out, 4xx,
/// 5xx). Milliseconds: 2000 to connect, 3000 to answer, 15000 (Twilio's maximum) over all tries, so
/// that one stalled try leaves room for the others. By default Twilio retries a failed connection
/// once, and an error answer never.
const CALLBACK_RETRIES: &str = "#rc=5&rp=all&ct=2000&rt=3000&tt=15000";

/// The callback URL with the fragment that asks Twilio to repeat a callback which was not taken.
///
/// Twilio never sends the fragment and never signs it: what is verified is the URL without it. A URL
/// that already has a fragment is left as it is.
pub fn with_callback_retries(url: &str) -> String {
    if url.contains('#') {
        url.to_owned()
    } else {
        format!("{url}{CALLBACK_RETRIES}")
    }
}

/// The addresses of one account's calls.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    /// The base URL, without a trailing slash in its path.
    base: Url,
    /// The base URL's path: empty, or a prefix such as `/twilio`.
    prefix: String,
    account: String,
}

impl Endpoint {
    pub(crate) fn new(dialect: Dialect, account: &TwilioAccount) -> Result<Self, SetupError> {
        let sid = &account.account_sid;
        if !is_call_id(sid) {
            return Err(SetupError::AccountSid(sid.clone()));
        }
        let given = account.api_base_url.as_deref().or(dialect.default_base_url());
        let value = given.unwrap_or_default();
        let refuse = |problem: &str| SetupError::BaseUrl {
            field: "api_base_url",
            value: value.to_owned(),
            problem: problem.to_owned(),
            example: dialect.base_url_example(),
        };
        if value.is_empty() {
            return Err(refuse("is empty: it names no carrier"));
        }
        let base = Url::parse(value).map_err(|error| refuse(&format!("is no URL ({error})")))?;
        if !matches!(base.scheme(), "http" | "https") {
            return Err(refuse("is neither http nor https"));
        }
        if !base.username().is_empty() || base.password().is_some() {
            // The value is not repeated: it holds a password.
            return Err(SetupError::BaseUrl {
                field: "api_base_url",
                value: "…".to_owned(),
                problem: "carries a user name".to_owned(),
                example: dialect.base_url_example(),
            });
        }
        if base.query().is_some() || base.fragment().is_some() {
            return Err(refuse("carries a query or a fragment"));
        }
        let prefix = base.path().trim_end_matches('/').to_owned();
        if dialect == Dialect::SignalWire
            && base.host_str().is_some_and(is_signalwire_host)
            && prefix != SIGNALWIRE_PATH
        {
            return Err(refuse("has another path than SignalWire's compatibility API"));
        }
        Ok(Self {
            base,
            prefix,
            account: sid.clone(),
        })
    }

    /// Whether requests leave in clear.
    pub(crate) fn is_plain_http(&self) -> bool {
        self.base.scheme() == "http"
    }

    /// The collection of calls.
    pub(crate) fn calls(&self) -> Url {
        self.under_account("Calls.json")
    }

    /// One call; `None` if the id could not be one, so that no id can point elsewhere.
    pub(crate) fn call(&self, id: &str) -> Option<Url> {
        is_call_id(id).then(|| self.under_account(&format!("Calls/{id}.json")))
    }

    /// The page that a `next_page_uri` names; `None` if it leads to another host, which must not be
    /// shown the credentials. Twilio writes it relative to its own root and does not know our prefix.
    pub(crate) fn next_page(&self, uri: &str) -> Option<Url> {
        let mut page = self.base.join(uri).ok()?;
        if page.origin() != self.base.origin() || !page.username().is_empty() || page.password().is_some() {
            return None;
        }
        if page.path().starts_with(&format!("{API_VERSION}/")) {
            page.set_path(&format!("{}{}", self.prefix, page.path()));
        }
        Some(page)
    }

    fn under_account(&self, resource: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(&format!(
            "{}{API_VERSION}/Accounts/{}/{resource}",
            self.prefix, self.account
        ));
        url
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::secret::Secret;

    fn endpoint(base: Option<&str>) -> Result<Endpoint, SetupError> {
        endpoint_for(Dialect::Twilio, base)
    }

    fn endpoint_for(dialect: Dialect, base: Option<&str>) -> Result<Endpoint, SetupError> {
        Endpoint::new(
            dialect,
            &TwilioAccount {
                account_sid: "AC123".to_owned(),
                auth_token: Secret::from("t"),
                api_base_url: base.map(str::to_owned),
            },
        )
    }

    #[test]
    fn without_a_base_url_requests_go_to_twilio() {
        let endpoint = endpoint(None).expect("default address");
        assert_eq!(
            endpoint.calls().as_str(),
            "https://api.twilio.com/2010-04-01/Accounts/AC123/Calls.json"
        );
    }

    #[test]
    fn a_base_url_keeps_its_path_as_a_prefix_with_or_without_a_final_slash() {
        for base in ["http://127.0.0.1:9/t", "http://127.0.0.1:9/t/"] {
            let endpoint = endpoint(Some(base)).expect("base");
            assert_eq!(
                endpoint.call("CA1").expect("id").as_str(),
                "http://127.0.0.1:9/t/2010-04-01/Accounts/AC123/Calls/CA1.json"
            );
        }
    }

    #[test]
    fn a_bad_base_url_is_refused_by_name() {
        for (base, problem) in [
            ("api.twilio.com", "is no URL"),
            ("ftp://x", "neither http nor https"),
            ("https://x/?a=1", "query or a fragment"),
            ("https://x/#a", "query or a fragment"),
        ] {
            let error = endpoint(Some(base)).expect_err(base).to_string();
            assert!(error.contains(problem) && error.contains(base), "{error}");
        }
        let error = endpoint(Some("https://me:hunter2@x/"))
            .expect_err("user name")
            .to_string();
        assert!(
            error.contains("user name") && !error.contains("hunter2"),
            "{error}"
        );
    }

    #[test]
    fn a_signalwire_address_has_its_space_and_its_path() {
        let base = "https://acme.signalwire.com/api/laml";
        let endpoint = endpoint_for(Dialect::SignalWire, Some(base)).expect("base");
        assert_eq!(
            endpoint.calls().as_str(),
            format!("{base}/2010-04-01/Accounts/AC123/Calls.json")
        );
        let next = "/api/laml/2010-04-01/Accounts/AC123/Calls?Page=1&PageToken=x";
        assert_eq!(
            endpoint.next_page(next).map(String::from),
            Some(format!("https://acme.signalwire.com{next}"))
        );
        assert!(endpoint_for(Dialect::SignalWire, Some("http://127.0.0.1:9/laml")).is_ok());
        for wrong in [
            None,
            Some(""),
            Some("https://acme.signalwire.com"),
            Some("https://acme.signalwire.com/api"),
        ] {
            let error = endpoint_for(Dialect::SignalWire, wrong)
                .expect_err("wrong")
                .to_string();
            assert!(
                error.starts_with(&format!("api_base_url `{}` ", wrong.unwrap_or_default()))
                    && error.contains("`https://example.signalwire.com/api/laml`"),
                "{error}"
            );
        }
    }

    #[test]
    fn an_account_sid_cannot_lead_to_another_path() {
        for sid in ["", "..", "AC1/../AC2", "AC 1", "AC1?x"] {
            let account = TwilioAccount {
                account_sid: sid.to_owned(),
                auth_token: Secret::from("t"),
                api_base_url: None,
            };
            let error = Endpoint::new(Dialect::Twilio, &account).expect_err(sid);
            assert_eq!(error, SetupError::AccountSid(sid.to_owned()));
        }
    }

    #[test]
    fn a_call_id_cannot_lead_to_another_path() {
        let endpoint = endpoint(None).expect("default address");
        for id in ["", "..", "../Messages", "CA1.json", "CA1?x=1", "CA 1"] {
            assert_eq!(endpoint.call(id), None, "{id}");
        }
    }

    #[test]
    fn the_next_page_stays_on_the_host_and_under_the_prefix() {
        let uri = "/2010-04-01/Accounts/AC123/Calls.json?Page=1&PageToken=PA";
        assert_eq!(
            endpoint(None)
                .expect("default address")
                .next_page(uri)
                .map(String::from),
            Some(format!("https://api.twilio.com{uri}"))
        );
        let prefixed = endpoint(Some("https://proxy.example/twilio")).expect("base");
        assert_eq!(
            prefixed.next_page(uri).map(String::from),
            Some(format!("https://proxy.example/twilio{uri}"))
        );
        assert_eq!(
            prefixed.next_page(&format!("/twilio{uri}")).map(String::from),
            Some(format!("https://proxy.example/twilio{uri}"))
        );
        for elsewhere in [
            "https://evil.example/x",
            "//evil.example/x",
            "/\\evil.example/x",
            "http://proxy.example/twilio/x",
            "https://proxy.example:444/x",
            "https://u:p@proxy.example/x",
        ] {
            assert_eq!(prefixed.next_page(elsewhere), None, "{elsewhere}");
        }
    }

    #[test]
    fn callback_retries_are_asked_for_once_and_in_the_fragment_only() {
        let url = "https://hooks.example.com/webhooks/twilio/l/attempts/a/status?c=1&s=2";
        let dressed = with_callback_retries(url);
        assert_eq!(dressed, format!("{url}#rc=5&rp=all&ct=2000&rt=3000&tt=15000"));
        assert_eq!(with_callback_retries(&dressed), dressed);
        assert_eq!(with_callback_retries("https://h/x#rc=1"), "https://h/x#rc=1");
    }
}

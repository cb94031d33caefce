//! What an error answer means for a call that was asked for: Twilio's codes, and HTTP where it gave none.

/// Who, if anybody, may be rung after this answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// This contact cannot be rung, now or later.
    Contact,
    /// The account or line is not set up for it: every contact would be refused.
    Configuration,
    /// Never processed; safe to ask again later.
    Later,
    /// The call may ring. Never asked again.
    Unknown,
}

/// The wrong-state code: the call is no longer (or not yet) where the change needs it to be.
pub(crate) const WRONG_STATE: &str = "21220";

/// The slow-down code that goes with HTTP 429.
pub(crate) const TOO_MANY_REQUESTS: &str = "20429";

/// Classes an error answer to "create call". The code decides where it is known, HTTP otherwise.
///
/// - **5xx is always unknown**, whatever code comes with it: a server that failed may have failed after
///   it had dialled.
/// - **408 is unknown**: intermediaries also send it when the answer, not the request, was late.
/// - **Any other 4xx with a code not listed here is a configuration refusal.** Nothing rang, that is
///   certain; what is not certain is whom it concerns, and the two mistakes are not alike. To take a
///   faulty account for a faulty contact would fail a whole list for good, one refusal at a time and
///   unseen. To take a faulty contact for a faulty account pauses the campaign with the carrier's own
///   words as the reason, loses nothing, and leaves the contact pending for a person to skip or
///   correct.
pub(crate) fn class_of(http_status: u16, code: Option<&str>) -> Class {
    if !(400..500).contains(&http_status) {
        return Class::Unknown;
    }
    if let Some(class) = code.and_then(class_of_code) {
        return class;
    }
    match http_status {
        429 => Class::Later,
        408 => Class::Unknown,
        _ => Class::Configuration,
    }
}

/// The codes that Twilio documents for calls (<https://www.twilio.com/docs/api/errors>). SignalWire uses
/// the same ones; its codes in letters are unlisted, and so a matter of configuration.
fn class_of_code(code: &str) -> Option<Class> {
    Some(match code {
        // Invalid number; not permitted to ring it; blocked; not a valid number.
        "21211" | "21214" | "21216" | "21217" => Class::Contact,
        // URLs, caller id, methods, application, trial account.
        "21205" | "21206" | "21208" | "21209" | "21210" | "21212" | "21213" | "21218" | "21219" | "21234" => {
            Class::Configuration
        }
        // The account does not permit the country: one switch concerns every number in it.
        "21215" => Class::Configuration,
        // Credentials; account not active.
        "20003" | "20005" | "10001" => Class::Configuration,
        TOO_MANY_REQUESTS | "22005" => Class::Later,
        "20500" | "20503" => Class::Unknown,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_code_decides_over_the_http_status() {
        for (status, code, expected) in [
            (400, "21211", Class::Contact),
            (400, "21214", Class::Contact),
            (403, "21216", Class::Contact),
            (404, "21217", Class::Contact),
            (401, "20003", Class::Configuration),
            (403, "20005", Class::Configuration),
            (400, "10001", Class::Configuration),
            (429, "20429", Class::Later),
            (400, "20429", Class::Later),
            (400, "22005", Class::Later),
            (400, "20500", Class::Unknown),
            (429, "20503", Class::Unknown),
        ] {
            assert_eq!(class_of(status, Some(code)), expected, "{status} {code}");
        }
        // With a status that alone would say otherwise.
        for code in [
            "21205", "21206", "21208", "21209", "21210", "21212", "21213", "21215", "21218", "21219", "21234",
        ] {
            assert_eq!(class_of(429, Some(code)), Class::Configuration, "{code}");
        }
    }

    #[test]
    fn without_a_known_code_http_decides() {
        for (status, expected) in [
            (400, Class::Configuration),
            (401, Class::Configuration),
            (403, Class::Configuration),
            (404, Class::Configuration),
            (408, Class::Unknown),
            (429, Class::Later),
        ] {
            assert_eq!(class_of(status, None), expected, "{status}");
            for code in ["99999", "from_not_owned"] {
                assert_eq!(class_of(status, Some(code)), expected, "{status} {code}");
            }
        }
    }

    #[test]
    fn what_is_no_4xx_is_unknown_whatever_its_code() {
        for status in [100, 301, 302, 307, 308, 500, 502, 503, 504, 599] {
            assert_eq!(class_of(status, None), Class::Unknown, "{status}");
            assert_eq!(class_of(status, Some("21211")), Class::Unknown, "{status}");
        }
    }
}

//! Who is asking: an API key in `Authorization: Bearer`, or the cookie of somebody who signed in to the dashboard.
//!
//! A browser sends a cookie also where another site made it do so. The cookie is `SameSite=Strict`; what changes
//! something must besides come from a page of this origin, by the browser's own word (`Origin`).

use std::future::{Ready, ready};

use actix_web::dev::{Payload, ServiceRequest};
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};

use super::problem::Problem;
use crate::access::{Caller, Credential};
use crate::orchestrator::Orchestrator;

/// The cookie that holds a session's token.
pub(crate) const SESSION_COOKIE: &str = "outdial_session";

/// The caller whom the gate of the route let in.
impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Self>().cloned();
        ready(known.ok_or_else(|| Problem::unauthorized("this route lets nobody in")))
    }
}

/// Finds out who asks; the caller is then at hand for the handler. Whether it may, the gate asks of it.
pub(super) fn known(request: &ServiceRequest) -> Result<Caller, Problem> {
    let Some(credential) = credential_of(request.request()) else {
        return Err(Problem::unauthorized(
            "send the API key as `Authorization: Bearer odk_…`",
        ));
    };
    let Some(outdial) = request.app_data::<web::Data<Orchestrator>>() else {
        return Err(Problem::not_ready("the HTTP layer is not mounted".to_owned()));
    };
    let is_session = matches!(credential, Credential::Session(_));
    if is_session
        && !request.method().is_safe()
        && !is_same_origin(request.headers(), &outdial.inner.public_url)
    {
        return Err(Problem::foreign_origin());
    }
    let caller = outdial.admitted(&credential)?;
    let unknown = || {
        Problem::unauthorized(if is_session {
            "this session has ended; sign in again"
        } else {
            "this API key is not known, was revoked, or has expired"
        })
    };
    let caller = caller.ok_or_else(unknown)?;
    request.extensions_mut().insert(caller.clone());
    Ok(caller)
}

/// What a request shows to be let in. A key that is sent on purpose goes over a cookie that is always sent; what else
/// stands in `Authorization` is for a proxy.
pub(crate) fn credential_of(request: &HttpRequest) -> Option<Credential> {
    let header = request.headers().get(header::AUTHORIZATION);
    let key = header.and_then(|value| bearer_key(value.to_str().ok()?));
    let token = || cookie(request.headers(), SESSION_COOKIE);
    key.map(|key| Credential::ApiKey(key.trim().to_owned()))
        .or_else(|| token().map(|token| Credential::Session(token.to_owned())))
}

/// A cookie of the request (RFC 6265, section 4.2.1).
pub(crate) fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let all = headers
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok());
    all.flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(found, value)| (found == name).then_some(value))
}

/// Whether a request comes from a page of this very origin: of the host that it is for, or of the public one. Without
/// `Origin` it does not, since browsers send that with whatever changes something (Fetch, section 3.2).
pub(crate) fn is_same_origin(headers: &HeaderMap, public_url: &str) -> bool {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &header::HeaderValue| value.to_str().ok())
    };
    let Some((_, origin)) = text(header::ORIGIN).and_then(|origin| origin.split_once("://")) else {
        return false;
    };
    let public = public_url
        .split_once("://")
        .map(|(_, rest)| rest.split('/').next());
    text(header::HOST) == Some(origin) || public.flatten() == Some(origin)
}

/// The scheme's name may be in capitals or not (RFC 9110, section 11.1).
fn bearer_key(header: &str) -> Option<&str> {
    let (scheme, key) = header.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(key)
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn headers(all: &[(&'static str, &str)]) -> HeaderMap {
        let request = all.iter().fold(TestRequest::default(), |request, (name, value)| {
            request.append_header((*name, *value))
        });
        request.to_http_request().headers().clone()
    }

    #[test]
    fn a_cookie_is_found_among_others_by_its_whole_name() {
        let sent = headers(&[("cookie", "a=1; outdial_session=ab; b=2"), ("cookie", "c=3")]);
        assert_eq!(cookie(&sent, SESSION_COOKIE), Some("ab"));
        assert_eq!(cookie(&sent, "c"), Some("3"));
        assert_eq!(
            cookie(&headers(&[("cookie", "xoutdial_session=ab")]), SESSION_COOKIE),
            None
        );
    }

    #[test]
    fn only_pages_of_this_host_or_of_the_public_one_come_from_here() {
        let is = |origin: &[(&'static str, &str)]| {
            let all = [&[("host", "127.0.0.1:8080")], origin].concat();
            is_same_origin(&headers(&all), "https://dial.example.com/under")
        };
        assert!(is(&[("origin", "http://127.0.0.1:8080")]) && is(&[("origin", "https://dial.example.com")]));
        for foreign in [
            "http://127.0.0.1:8081",
            "https://dial.example.com.evil.example",
            "https://evil.example",
            "null",
            "",
        ] {
            assert!(!is(&[("origin", foreign)]), "{foreign}");
        }
        assert!(!is(&[]));
    }
}

//! What was done, told once on the page that follows: it travels in a cookie of its own and is text.

use actix_web::http::header::{HeaderMap, HeaderValue};
use maud::{Markup, html};

use super::BASE;
use crate::http::caller::cookie;

const COOKIE: &str = "outdial_flash";
/// A cookie holds 4,096 bytes with its name and attributes (RFC 6265, section 6.1), and a byte takes two here.
const LONGEST: usize = 1_800;

/// What was done, or was not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Flash {
    /// It was done.
    Done(String),
    /// It was not.
    Refused(String),
}

impl Flash {
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let value = cookie(headers, COOKIE)?;
        let (kind, hex) = value.split_at_checked(1)?;
        let bytes: Option<Vec<u8>> = hex
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok())
            .collect();
        let text = String::from_utf8_lossy(&bytes?).into_owned();
        match kind {
            "d" => Some(Self::Done(text)),
            "r" => Some(Self::Refused(text)),
            _ => None,
        }
    }

    /// The cookie with which it travels.
    pub(super) fn cookie(&self) -> HeaderValue {
        let (kind, text) = match self {
            Self::Done(text) => ('d', text),
            Self::Refused(text) => ('r', text),
        };
        let hex: String = text
            .bytes()
            .take(LONGEST)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let cookie = format!("{COOKIE}={kind}{hex}; Path={BASE}; Max-Age=60; HttpOnly; SameSite=Strict");
        HeaderValue::from_str(&cookie).expect("hexadecimal digits can stand in a header")
    }

    /// The cookie that ends it, once it was told.
    pub(super) fn told() -> HeaderValue {
        let cookie = format!("{COOKIE}=; Path={BASE}; Max-Age=0; HttpOnly; SameSite=Strict");
        HeaderValue::from_str(&cookie).expect("the cookie's name can stand in a header")
    }

    pub(super) fn shown(&self) -> Markup {
        match self {
            Self::Done(text) => html! { p.flash.done role="status" { (text) } },
            Self::Refused(text) => html! { p.flash.refused role="alert" { (text) } },
        }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn what_was_done_is_told_as_it_was_said_whatever_is_in_it() {
        for flash in [
            Flash::Done("Paused; 3 in flight".to_owned()),
            Flash::Refused("„A; b=c\"\r\nSet-Cookie: x“ <b>".to_owned()),
        ] {
            let cookie = flash.cookie();
            let sent = cookie.to_str().expect("plain").split(';').next().expect("a pair");
            let request = TestRequest::default()
                .insert_header(("cookie", sent))
                .to_http_request();
            assert_eq!(Flash::of(request.headers()), Some(flash));
        }
    }

    #[test]
    fn what_is_no_flash_is_none() {
        for sent in [
            "outdial_flash=x",
            "outdial_flash=dzz",
            "outdial_flash=",
            "other=d41",
        ] {
            let request = TestRequest::default()
                .insert_header(("cookie", sent))
                .to_http_request();
            assert_eq!(Flash::of(request.headers()), None, "{sent}");
        }
    }
}

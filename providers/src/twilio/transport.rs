//! One request out, at most one on the wire, and what is known of its fate.
//!
//! A repeated "create call" rings a person twice, so everything that could send a request again is
//! off, and what remains was read in the sources (reqwest 0.13.5, hyper-util 0.1.21, hyper 1.12.0):
//!
//! - **reqwest** repeats requests by itself on HTTP/2 and HTTP/3 refusals (`retry::Builder::default`,
//!   `ProtocolNacks`). Off by `retry::never()`, and HTTP/2 is neither compiled in nor offered.
//! - **reqwest** follows redirects, and repeats the POST on 307 and 308. Off by `Policy::none()`.
//! - **hyper-util**'s pooling client has `retry_canceled_requests`, on by default, and reqwest offers no
//!   switch. It cannot send anything twice. It repeats only when hyper gives the request *back*
//!   (`TrySendError::message`), and a request given back was never taken: `proto/h1/dispatch.rs` returns
//!   the one still in the channel (`recv_msg`, "never even started"), `dispatch.rs` the one whose
//!   envelope is dropped unopened, `conn/http1.rs` the one that found the connection not ready. Once
//!   `poll_msg` has taken it apart to write its first byte, every failure carries `message: None`, which
//!   hyper-util reports and does not repeat. So a connection that the carrier closed while idle costs a
//!   new connection if the close was seen before writing, and an error of unknown fate otherwise.
//! - **Nothing left** is certain for one kind of error only: `is_connect()`, which hyper-util gives to
//!   failures of name lookup, TCP and TLS (`connect_to`) and of waiting for a connection (`connection_for`),
//!   all before a request is handed to one. The connect time-out is of this kind; the total time-out
//!   is not, even while connecting.
//!
//! Idle connections are kept for [`IDLE`] only, below the five seconds after which the more impatient
//! servers close them: a handshake more is cheap, an attempt of unknown fate is not.

use std::error::Error;
use std::time::Duration;

use chrono::Utc;
use outdial_domain::time::Millis;
use reqwest::{Client, RequestBuilder, StatusCode, redirect, retry};

use super::account::{SetupError, Timeouts};
use super::retry_after::retry_after;
use super::tls;

/// How long an unused connection is kept.
const IDLE: Duration = Duration::from_secs(4);

/// The longest answer that is read: a full page of 1000 calls is about 2 MB.
const LONGEST_BODY: usize = 16 << 20;

/// An answer, whatever it says.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: StatusCode,
    pub(crate) retry_after: Option<Millis>,
    /// The body, or why it could not be read to its end.
    pub(crate) body: Result<Vec<u8>, String>,
}

/// Why there is no answer.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The request certainly never left this machine.
    NeverLeft(String),
    /// It may have arrived.
    FateUnknown(String),
}

impl Failure {
    pub(crate) fn into_detail(self) -> String {
        match self {
            Self::NeverLeft(detail) | Self::FateUnknown(detail) => detail,
        }
    }
}

/// The HTTP client: no redirects, no retries, no proxies from the environment.
pub(crate) fn http_client(timeouts: Timeouts, plain_http: bool) -> Result<Client, SetupError> {
    let tls = tls::client_config(plain_http).map_err(|error| SetupError::Tls(error.to_string()))?;
    Client::builder()
        .tls_backend_preconfigured(tls)
        .http1_only()
        .https_only(!plain_http)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .user_agent(concat!("outdial/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(timeouts.connect)
        .timeout(timeouts.total)
        .pool_idle_timeout(IDLE)
        .build()
        .map_err(|error| SetupError::Tls(chain(&error)))
}

/// Sends a request once and reads the answer to its end.
pub(crate) async fn send(request: RequestBuilder) -> Result<Reply, Failure> {
    let mut response = request.send().await.map_err(|error| {
        let never_left = error.is_connect();
        let detail = detail(error);
        if never_left {
            Failure::NeverLeft(detail)
        } else {
            Failure::FateUnknown(detail)
        }
    })?;
    let status = response.status();
    let retry_after = retry_after(response.headers(), Utc::now());
    let mut body = Vec::new();
    let body = loop {
        match response.chunk().await {
            Ok(None) => break Ok(body),
            Ok(Some(chunk)) if body.len() + chunk.len() > LONGEST_BODY => {
                break Err(format!("it is longer than {LONGEST_BODY} bytes"));
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Err(error) => break Err(detail(error)),
        }
    };
    Ok(Reply {
        status,
        retry_after,
        body,
    })
}

/// The whole story of an error, without its URL: a query names phone numbers.
fn detail(error: reqwest::Error) -> String {
    let timed_out = error.is_timeout();
    let story = chain(&error.without_url());
    if timed_out && !story.contains("timed out") {
        format!("timed out: {story}")
    } else {
        story
    }
}

fn chain(error: &dyn Error) -> String {
    let mut story = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let text = cause.to_string();
        if !story.ends_with(&text) {
            story.push_str(": ");
            story.push_str(&text);
        }
        source = cause.source();
    }
    story
}

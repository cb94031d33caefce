//! Delivers one callback: signed HTTP requests, repeated on failure as the URL's directives say.

use std::sync::Arc;
use std::time::Duration;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use tokio::time::{Instant, sleep, timeout};

use super::directives::RetryPolicy;
use super::target::{Method, Target};
use crate::carrier::Carrier;
use crate::error::SimulatorError;

/// Kept below the 5 seconds after which many servers close an idle connection, lest a request meets the closing.
const IDLE_CONNECTION: Duration = Duration::from_secs(3);

/// How it went.
#[derive(Debug)]
pub(crate) struct Delivered {
    pub tries: u32,
    /// The last HTTP status, or why there was none.
    pub last: Result<u16, String>,
    /// What the last answer said, as text; empty where there was none.
    pub body: String,
}

/// An answer of the receiver.
struct Said {
    status: u16,
    body: String,
}

impl Delivered {
    fn answered(tries: u32, said: Said) -> Self {
        Self {
            tries,
            last: Ok(said.status),
            body: said.body,
        }
    }

    const fn without_answer(tries: u32, reason: String) -> Self {
        Self {
            tries,
            last: Err(reason),
            body: String::new(),
        }
    }
}

/// Why a try is not a success.
enum Failure {
    Connection(String),
    Timeout,
    Said(Said),
}

impl Failure {
    fn is_worth_a_retry(&self, policy: RetryPolicy) -> bool {
        match self {
            Self::Connection(_) => policy.connection,
            Self::Timeout => policy.timeout,
            Self::Said(said) => match said.status {
                400..=499 => policy.status_4xx,
                500..=599 => policy.status_5xx,
                _ => false,
            },
        }
    }

    fn into_delivered(self, tries: u32) -> Delivered {
        match self {
            Self::Connection(error) => Delivered::without_answer(tries, error),
            Self::Timeout => Delivered::without_answer(tries, "no answer in time".to_owned()),
            Self::Said(said) => Delivered::answered(tries, said),
        }
    }
}

/// The client for all callbacks: no proxy, no redirects, and no trust in any certificate.
pub(crate) fn http_client() -> Result<reqwest::Client, SimulatorError> {
    let tls = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| SimulatorError::Client(error.to_string()))?
        .with_root_certificates(RootCertStore::empty())
        .with_no_client_auth();
    reqwest::Client::builder()
        .tls_backend_preconfigured(tls)
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .pool_idle_timeout(IDLE_CONNECTION)
        .user_agent("TwilioProxy/1.1")
        .build()
        .map_err(|error| SimulatorError::Client(error.to_string()))
}

/// Delivers `parameters` to `target`.
pub(crate) async fn deliver(carrier: &Carrier, target: &Target, parameters: &[(&str, String)]) -> Delivered {
    let directives = target.directives;
    let mut backoff = Duration::from_secs_f64(carrier.behaviour().retry_backoff_seconds);
    let mut deadline = None;
    let mut tries = 0;
    loop {
        let Ok(permit) = carrier.deliveries.acquire().await else {
            return Delivered::without_answer(tries, "the simulator is stopping".to_owned());
        };
        let deadline = *deadline.get_or_insert_with(|| Instant::now() + directives.total_timeout);
        tries += 1;
        let failure = match one_try(carrier, target, parameters, deadline).await {
            Ok(said) => return Delivered::answered(tries, said),
            Err(failure) => failure,
        };
        drop(permit);
        let again = tries <= directives.retries
            && failure.is_worth_a_retry(directives.policy)
            && Instant::now() + backoff < deadline;
        if !again {
            return failure.into_delivered(tries);
        }
        sleep(backoff).await;
        backoff *= 2;
    }
}

async fn one_try(
    carrier: &Carrier,
    target: &Target,
    parameters: &[(&str, String)],
    deadline: Instant,
) -> Result<Said, Failure> {
    let (url, signed_url) = target.urls(parameters);
    let (request, signed_parameters) = match target.method {
        Method::Post => (carrier.http.post(url).form(parameters), parameters),
        Method::Get => (carrier.http.get(url), [].as_slice()),
    };
    let dialect = target.dialect;
    let signature = dialect.signature(&carrier.signing_key(dialect), &signed_url, signed_parameters);
    let request = request.header(dialect.signature_header(), signature);
    let exchange = async {
        let response = request
            .send()
            .await
            .map_err(|error| Failure::Connection(describe(&error)))?;
        let status = response.status().as_u16();
        // Read to its end, so that the connection serves the next callback. A body that breaks off says nothing.
        let bytes = response.bytes().await.unwrap_or_default();
        let body = String::from_utf8_lossy(&bytes).into_owned();
        let said = Said { status, body };
        if (200..300).contains(&status) {
            Ok(said)
        } else {
            Err(Failure::Said(said))
        }
    };
    let left = deadline.saturating_duration_since(Instant::now());
    timeout(target.directives.read_timeout.min(left), exchange)
        .await
        .unwrap_or(Err(Failure::Timeout))
}

/// The error with its causes, without the URL, whose query may hold a secret.
fn describe(error: &reqwest::Error) -> String {
    let mut cause = std::error::Error::source(error);
    let mut text = "no answer".to_owned();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}

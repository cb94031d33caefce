//! Why a request came to nothing, told so that whoever reads it knows what to do.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use serde::Deserialize;

use super::super::table::plain;

/// Why a request came to nothing.
#[derive(Debug)]
pub(in crate::cli) enum Failure {
    /// Nobody is there.
    Unreachable { url: String, reason: String },
    /// Somebody is there, and does not answer.
    Silent {
        url: String,
        within: Duration,
        may_be_done: bool,
    },
    /// The connection broke before the answer was whole.
    Broken {
        url: String,
        reason: String,
        may_be_done: bool,
    },
    /// The answer is not one of the API's.
    Strange { url: String },
    /// The service says no.
    Refused {
        url: String,
        key_source: String,
        status: u16,
        wait: Option<Duration>,
        problem: Problem,
    },
}

/// What the service says of it (RFC 9457).
#[derive(Debug, Default, Deserialize)]
pub(in crate::cli) struct Problem {
    #[serde(default)]
    detail: String,
    #[serde(default)]
    errors: Vec<FieldError>,
}

#[derive(Debug, Deserialize)]
struct FieldError {
    field: String,
    message: String,
}

impl Problem {
    /// Reads it; an answer that is no problem has no detail.
    pub(super) fn read(text: &[u8]) -> Self {
        serde_json::from_slice(text).unwrap_or_default()
    }
}

impl Failure {
    /// How long to wait before another try, where there were too many requests.
    pub(super) fn wait(&self) -> Option<Duration> {
        match self {
            Self::Refused {
                status: 429, wait, ..
            } => Some(wait.unwrap_or(Duration::from_secs(1))),
            _ => None,
        }
    }

    /// Whether it may pass by itself: a service that restarts, or cannot write for a while.
    pub(in crate::cli) fn may_pass(&self) -> bool {
        match self {
            Self::Unreachable { .. } | Self::Silent { .. } | Self::Broken { .. } => true,
            Self::Strange { .. } => false,
            Self::Refused { status, .. } => *status == 429 || *status >= 500,
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&plain(&self.told()))
    }
}

impl Failure {
    fn told(&self) -> String {
        let doubt = |may_be_done: bool| {
            if may_be_done {
                "; look before you try again, since it may have been done"
            } else {
                ""
            }
        };
        match self {
            Self::Unreachable { url, reason } => format!(
                "no service answers at {url} ({reason}); is it running? Start it with `outdial serve`, or say where it \
                 is with --url or OUTDIAL_URL"
            ),
            Self::Silent {
                url,
                within,
                may_be_done,
            } => format!(
                "the service at {url} has not answered within {} seconds{}",
                within.as_secs(),
                doubt(*may_be_done)
            ),
            Self::Broken {
                url,
                reason,
                may_be_done,
            } => format!(
                "the connection to the service at {url} broke before its answer was whole ({reason}){}",
                doubt(*may_be_done)
            ),
            Self::Strange { url } => {
                format!(
                    "what answers at {url} is no outdial; say where the service is with --url or OUTDIAL_URL"
                )
            }
            Self::Refused {
                url,
                key_source,
                status,
                wait,
                problem,
            } => {
                let detail = &problem.detail;
                match status {
                    _ if detail.is_empty() => format!(
                        "what answers at {url} says {status} and no more; is there an outdial at this address?"
                    ),
                    401 => {
                        format!("the service at {url} does not take the API key from {key_source}: {detail}")
                    }
                    403 => format!("{detail} (the API key is from {key_source})"),
                    404 | 409 | 412 | 413 => detail.clone(),
                    422 if !problem.errors.is_empty() => {
                        let fields = problem.errors.iter();
                        let fields = fields.map(|error| format!("\n  {}: {}", error.field, error.message));
                        format!("not all is what it should be:{}", fields.collect::<String>())
                    }
                    400 | 415 | 422 => detail.clone(),
                    429 => match wait {
                        Some(wait) => format!("{detail}; try again in {} seconds", wait.as_secs()),
                        None => format!("{detail}; try again later"),
                    },
                    _ => format!("the service at {url} answers {status}: {detail}"),
                }
            }
        }
    }
}

impl From<Failure> for String {
    fn from(failure: Failure) -> Self {
        failure.to_string()
    }
}

/// What is at the bottom of an error: those above it only say that there is one.
pub(super) fn root_of(error: &dyn Error) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    root.to_string()
}

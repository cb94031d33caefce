//! What came of asking for a call, from the answer or the lack of one.

use outdial_domain::call::CallStatus;
use serde_json::Value;

use super::call::Call;
use super::codes::{Class, class_of};
use super::error_body::{ErrorBody, excerpt};
use super::transport::{Failure, Reply};
use crate::provider::Placement;

/// Judges one "create call".
pub(crate) fn placement(outcome: Result<Reply, Failure>) -> Placement {
    match outcome {
        Ok(reply) if reply.status.is_success() => accepted(&reply),
        Ok(reply) => refused(&reply),
        Err(Failure::NeverLeft(detail)) => Placement::NotSent { detail },
        Err(Failure::FateUnknown(detail)) => Placement::Unknown { detail },
    }
}

/// A 2xx says that the call was taken; only its id makes it ours to follow. A status word that is not
/// known does not matter here: the call is at least queued, and its callbacks will say more.
fn accepted(reply: &Reply) -> Placement {
    let status = reply.status.as_u16();
    let body = match &reply.body {
        Ok(body) => body,
        Err(problem) => {
            return Placement::Unknown {
                detail: format!("HTTP {status}, but the body could not be read: {problem}"),
            };
        }
    };
    let value: Value = serde_json::from_slice(body).unwrap_or(Value::Null);
    match Call::read(&value) {
        Some(call) => Placement::Placed(call.fact().unwrap_or_else(|_| call.fact_with(CallStatus::Queued))),
        None => Placement::Unknown {
            detail: format!("HTTP {status}, but the body names no call: {}", excerpt(body)),
        },
    }
}

/// The answer's first line alone already says whether it is a refusal, so a body that broke off costs
/// the code and the message only.
fn refused(reply: &Reply) -> Placement {
    let error = match &reply.body {
        Ok(body) => ErrorBody::read(body),
        Err(_) => ErrorBody::default(),
    };
    let class = class_of(reply.status.as_u16(), error.code.as_deref());
    let refusal = error.into_refusal(reply);
    match class {
        Class::Contact => Placement::RefusedContact(refusal),
        Class::Configuration => Placement::RefusedConfiguration(refusal),
        Class::Later => Placement::Deferred {
            retry_after: reply.retry_after,
            refusal,
        },
        Class::Unknown => Placement::Unknown {
            detail: format!(
                "HTTP {} ({}: {})",
                reply.status.as_u16(),
                refusal.code,
                refusal.message
            ),
        },
    }
}

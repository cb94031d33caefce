//! What becomes of a create request: the faults that strike it, the orders for its number, the call it creates.
//!
//! Every request is recorded together with the answer that it gets, in one step: whoever reads the books sees both
//! or neither.

use std::time::Duration;

use chrono::Utc;
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::time::Instant;

use super::{Form, resource};
use crate::behaviour::{Behaviour, Override, RequestFault};
use crate::call::CallIndex;
use crate::call_request::CallRequest;
use crate::carrier::{Carrier, Desk, OverridePositions};
use crate::dialect::Dialect;
use crate::dialer::DialOrder;
use crate::ledger::Request;
use crate::plan::{Plan, lots};
use crate::twilio_error::TwilioError;

/// Real time by which the answer is ahead of the first callback, unless a fault says otherwise.
const HEAD_START_OF_THE_ANSWER: Duration = Duration::from_millis(10);

/// What the client is told.
pub(super) enum Answer {
    /// The call, with the status for it; not before the first callback, where there is one to wait for.
    Created {
        body: Value,
        first_callback: Option<oneshot::Receiver<()>>,
    },
    /// An error.
    Refused {
        error: TwilioError,
        retry_after_seconds: Option<u32>,
    },
    /// Nothing: the connection is closed after this time.
    Silence { after: Duration },
}

/// Decides, records, and puts the new call, if there is one, into the queue.
pub(super) fn receive(carrier: &Carrier, dialect: Dialect, form: &Form) -> Answer {
    let mut desk = carrier.desk();
    let behaviour = carrier.behaviour();
    let to = form.get("To").unwrap_or_default();
    let mut record = Request {
        at: Utc::now(),
        monotonic_ms: u64::try_from(carrier.started.elapsed().as_millis()).unwrap_or(u64::MAX),
        to: to.to_owned(),
        from: form.get("From").unwrap_or_default().to_owned(),
        status_callback: form.get("StatusCallback").map(str::to_owned),
        answer: None,
        code: None,
        fault: None,
        call: None,
    };
    let mut rng = lots(carrier.seed, to, desk.ledger.count_request_to(to));

    let answer = match admit(dialect, &behaviour, &mut desk.overrides, form, &mut rng) {
        Err(Refusal { error, fault }) => {
            record.fault = fault.map(RequestFault::as_str);
            refused(&behaviour, error)
        }
        Ok(Admission {
            request,
            order,
            fault,
        }) => {
            record.fault = fault.map(RequestFault::as_str);
            let plan = Plan::draw(&behaviour, &request, order.as_ref(), rng);
            let (call, answer) = create(carrier, &mut desk, &behaviour, request, plan, fault);
            record.call = Some(call);
            answer
        }
    };
    match &answer {
        Answer::Created { .. } => record.answer = Some(dialect.created()),
        Answer::Refused { error, .. } => {
            record.answer = Some(error.status);
            record.code = Some(error.code);
        }
        Answer::Silence { .. } => {}
    }
    desk.ledger.record(record);
    answer
}

struct Admission {
    request: CallRequest,
    order: Option<Override>,
    fault: Option<RequestFault>,
}

struct Refusal {
    error: TwilioError,
    fault: Option<RequestFault>,
}

/// Whether the request creates a call. A request that is refused by chance, or is wrong, uses up no order for its
/// number.
fn admit(
    dialect: Dialect,
    behaviour: &Behaviour,
    positions: &mut OverridePositions,
    form: &Form,
    rng: &mut fastrand::Rng,
) -> Result<Admission, Refusal> {
    let drawn = behaviour.faults.draw_for_request(rng);
    if drawn == Some(RequestFault::Answer429) {
        return Err(Refusal {
            error: TwilioError::too_many_requests(),
            fault: drawn,
        });
    }
    let request = CallRequest::parse(dialect, form).map_err(|error| Refusal { error, fault: None })?;
    if drawn == Some(RequestFault::Answer500) {
        return Err(Refusal {
            error: TwilioError::internal(),
            fault: drawn,
        });
    }
    let order = next_order(behaviour, positions, &request.to);
    let fault = match order {
        Some(Override::Refuse { code }) => {
            return Err(Refusal {
                error: TwilioError::with_code(code),
                fault: None,
            });
        }
        Some(Override::Status { status }) => {
            return Err(Refusal {
                error: TwilioError::with_status(status),
                fault: None,
            });
        }
        Some(Override::Call {
            fault: Some(fault), ..
        }) => Some(fault),
        Some(Override::Call { fault: None, .. }) | None => drawn,
    };
    match fault {
        Some(RequestFault::Answer429) => Err(Refusal {
            error: TwilioError::too_many_requests(),
            fault,
        }),
        Some(RequestFault::Answer500) => Err(Refusal {
            error: TwilioError::internal(),
            fault,
        }),
        _ => Ok(Admission {
            request,
            order,
            fault,
        }),
    }
}

/// The order for the next call to this number; the last one stays.
fn next_order(behaviour: &Behaviour, positions: &mut OverridePositions, to: &str) -> Option<Override> {
    let orders = behaviour.overrides.get(to)?;
    let position = positions.entry(to.to_owned()).or_default();
    let order = orders.get(*position).or_else(|| orders.last());
    *position += 1;
    order.cloned()
}

fn create(
    carrier: &Carrier,
    desk: &mut Desk,
    behaviour: &Behaviour,
    request: CallRequest,
    plan: Plan,
    fault: Option<RequestFault>,
) -> (CallIndex, Answer) {
    let callback_first = fault == Some(RequestFault::CallbackBeforeAnswer);
    let (told, first_callback) = callback_first.then(oneshot::channel).unzip();
    let queue_milliseconds = expected_wait(behaviour, desk.ledger.queued);
    let call = desk.ledger.create(request, plan, queue_milliseconds, told);

    let head_start = if callback_first {
        Duration::ZERO
    } else {
        HEAD_START_OF_THE_ANSWER
    };
    // Refused only when the simulator stops, and then no call goes on.
    let _stopping = carrier.dial_queue.send(DialOrder {
        call,
        not_before: Instant::now() + head_start,
    });

    let answer = match fault {
        Some(RequestFault::AcceptThen500) => Answer::Refused {
            error: TwilioError::internal(),
            retry_after_seconds: None,
        },
        Some(RequestFault::AcceptThenHang) => {
            let after = Duration::try_from_secs_f64(behaviour.faults.hang_seconds).unwrap_or_default();
            Answer::Silence { after }
        }
        Some(RequestFault::AcceptThenReset) => Answer::Silence {
            after: Duration::ZERO,
        },
        Some(RequestFault::CallbackBeforeAnswer | RequestFault::Answer429 | RequestFault::Answer500)
        | None => Answer::Created {
            body: resource::call(carrier.account_sid(), desk.ledger.call(call)),
            first_callback,
        },
    };
    (call, answer)
}

fn refused(behaviour: &Behaviour, error: TwilioError) -> Answer {
    let retry_after_seconds = behaviour
        .faults
        .retry_after_seconds
        .filter(|_| error.status == 429);
    Answer::Refused {
        error,
        retry_after_seconds,
    }
}

/// Milliseconds that a call waits behind so many others.
fn expected_wait(behaviour: &Behaviour, queued: usize) -> u64 {
    let Some(pace) = behaviour.calls_per_second else {
        return 0;
    };
    let queued = u32::try_from(queued).unwrap_or(u32::MAX);
    let wait = Duration::try_from_secs_f64(f64::from(queued) / pace).unwrap_or_default();
    u64::try_from(wait.as_millis()).unwrap_or(u64::MAX)
}

//! The call resource as JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::call::{Call, CallStatus};
use crate::dialect::Dialect;

const PRICE_PER_MINUTE: f64 = 0.014;

/// The path of a resource of the account.
pub(super) fn path(dialect: Dialect, account_sid: &str, resource: &str) -> String {
    let prefix = dialect.prefix();
    format!("{prefix}/2010-04-01/Accounts/{account_sid}/{resource}.json")
}

/// One call, with every field that Twilio gives.
pub(super) fn call(account_sid: &str, call: &Call) -> Value {
    let dialect = call.request.dialect;
    let uri = path(dialect, account_sid, &format!("Calls/{}", call.sid));
    let below = |name: &str| path(dialect, account_sid, &format!("Calls/{}/{name}", call.sid));
    json!({
        "sid": call.sid,
        "account_sid": account_sid,
        "api_version": "2010-04-01",
        "status": call.status.as_str(),
        "direction": "outbound-api",
        "to": call.request.to,
        "to_formatted": call.request.to,
        "from": call.request.from,
        "from_formatted": call.request.from,
        "date_created": rfc2822(call.created_at),
        "date_updated": rfc2822(call.updated_at),
        "start_time": call.started_at.map(rfc2822),
        "end_time": call.started_at.and(call.ended_at).map(rfc2822),
        "duration": call.duration_seconds.map(|seconds| dialect.duration(seconds)),
        "answered_by": call.answered_by,
        "price": price(call).map(|amount| dialect.price(amount)),
        "price_unit": "USD",
        "queue_time": call.queue_milliseconds.to_string(),
        "parent_call_sid": null,
        "phone_number_sid": null,
        "caller_name": null,
        "annotation": null,
        "forwarded_from": null,
        "group_sid": null,
        "trunk_sid": null,
        "uri": uri,
        "subresource_uris": {
            "events": below("Events"),
            "notifications": below("Notifications"),
            "payments": below("Payments"),
            "recordings": below("Recordings"),
            "siprec": below("Siprec"),
            "streams": below("Streams"),
            "transcriptions": below("Transcriptions"),
            "user_defined_messages": below("UserDefinedMessages"),
            "user_defined_message_subscriptions": below("UserDefinedMessageSubscriptions"),
        },
    })
}

/// Begun minutes, as a negative amount; none until a completed call has ended.
fn price(call: &Call) -> Option<f64> {
    let seconds = call
        .duration_seconds
        .filter(|_| call.status == CallStatus::Completed)?;
    let minutes = u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX);
    Some(-PRICE_PER_MINUTE * f64::from(minutes))
}

fn rfc2822(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

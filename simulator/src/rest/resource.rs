//! The call resource as JSON.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::call::{Call, CallStatus};

const PRICE_PER_MINUTE: f64 = 0.014;

/// One call, with every field that Twilio gives.
pub(super) fn call(account_sid: &str, call: &Call) -> Value {
    let uri = format!("/2010-04-01/Accounts/{account_sid}/Calls/{}.json", call.sid);
    let below = |name: &str| {
        format!(
            "/2010-04-01/Accounts/{account_sid}/Calls/{}/{name}.json",
            call.sid
        )
    };
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
        "duration": call.duration_seconds.map(|seconds| seconds.to_string()),
        "answered_by": call.answered_by,
        "price": price(call),
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

/// Begun minutes, as a negative amount in a string; `null` until a completed call has ended.
fn price(call: &Call) -> Option<String> {
    let seconds = call
        .duration_seconds
        .filter(|_| call.status == CallStatus::Completed)?;
    let minutes = u32::try_from(seconds.div_ceil(60)).unwrap_or(u32::MAX);
    Some(format!("{:.5}", -PRICE_PER_MINUTE * f64::from(minutes)))
}

fn rfc2822(time: DateTime<Utc>) -> String {
    time.format("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

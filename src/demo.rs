//! The demo: a whole campaign over the contact list that comes with outdial, through a simulated carrier that rings
//! nobody. `outdial demo` runs one and ends; `POST /demo` makes one in a service, to be started there and watched.

use outdial_domain::ids::LineId;
use outdial_simulator::Behaviour;
use serde_json::{Value, json};

use crate::lines::LineSpec;

mod carrier;
mod making;

pub(crate) use carrier::{DemoCarrier, is_of_demo};

/// The contact list that comes with outdial.
pub(crate) const CONTACTS: &[u8] = include_bytes!("../examples/contacts.csv");
/// What that list is called.
pub(crate) const CONTACTS_FILE: &str = "contacts.csv";
/// The number that those who are rung would see; reserved for fiction.
const CALLER_ID: &str = "+12025550100";

/// How fast a demo goes.
pub(crate) struct Pace {
    /// Real seconds for each second of the carrier's.
    pub(crate) time_scale: f64,
    max_concurrent: u32,
    per_minute: u32,
    backoff_seconds: [u32; 2],
    unknown_wait_seconds: u32,
    watchdog_seconds: u32,
}

impl Pace {
    /// Over in a quarter of a minute: the carrier lives fifty times faster than life.
    pub(crate) const BRISK: Self = Self {
        time_scale: 0.02,
        max_concurrent: 60,
        per_minute: 1500,
        backoff_seconds: [1, 2],
        unknown_wait_seconds: 2,
        watchdog_seconds: 3,
    };
    /// To be watched: somewhat more than a minute, in which most calls last a few seconds.
    pub(crate) const TO_WATCH: Self = Self {
        time_scale: 0.1,
        max_concurrent: 36,
        per_minute: 420,
        backoff_seconds: [4, 8],
        unknown_wait_seconds: 5,
        watchdog_seconds: 10,
    };
}

/// How the carrier lives: as life might, but faster.
pub(crate) fn behaviour(pace: &Pace) -> Behaviour {
    Behaviour {
        time_scale: pace.time_scale,
        ..Behaviour::lifelike()
    }
}

/// A line to a simulated carrier.
pub(crate) fn line(name: &str, account_sid: &str, auth_token: &str, api_base_url: String) -> LineSpec {
    LineSpec {
        name: name.to_owned(),
        kind: carrier::KIND.to_owned(),
        account_sid: account_sid.to_owned(),
        auth_token: auth_token.to_owned(),
        caller_ids: vec![CALLER_ID.to_owned()],
        calls_per_second: 50.0,
        max_concurrent: None,
        api_base_url: Some(api_base_url),
        webhook_keys: Vec::new(),
        space: None,
    }
}

/// A campaign at any hour. The carrier lives fast, so the waits are short.
pub(crate) fn campaign(name: &str, line: LineId, pace: &Pace) -> Value {
    json!({
        "name": name,
        "type": "reminder",
        "line_id": line.to_string(),
        "calling_windows": [],
        "pacing": {
            "max_concurrent": pace.max_concurrent,
            "per_minute": pace.per_minute,
            "delay_seconds": 0,
        },
        "retry": {
            "max_retries": pace.backoff_seconds.len(),
            "backoff_seconds": pace.backoff_seconds,
            "outcomes": ["no-answer", "busy", "failed"],
        },
        "unknown": {"wait_seconds": pace.unknown_wait_seconds, "then": "lost"},
        "watchdog_seconds": pace.watchdog_seconds,
        "ring_timeout_seconds": 40,
    })
}

//! A line as the API shows it. Its credentials are not shown.

use outdial_actors::meter::LineHealth;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::time::Timestamp;
use outdial_storage::records::LineV1;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::{schema, text};

/// A provider account, less its credentials.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct LineView {
    /// Its id.
    #[schemars(with = "schema::Id")]
    pub id: Uuid,
    /// What people call it.
    pub name: String,
    /// Which carrier: `twilio`, `signalwire` or `simulated`.
    pub kind: String,
    /// The account sid; SignalWire's project id.
    pub account_sid: String,
    /// The numbers shown to those who are rung.
    #[serde(serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Phone>")]
    pub caller_ids: Vec<PhoneNumber>,
    /// Starts per second.
    pub calls_per_second: f64,
    /// Calls in flight at once, over all campaigns; `null`: any number.
    pub max_concurrent: Option<u32>,
    /// Where the carrier's API stands; `null`: where it usually does.
    pub api_base_url: Option<String>,
    /// When it was created.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Time")]
    pub created_at: Timestamp,
    /// How it does.
    pub health: LineHealthView,
}

/// How a line does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LineHealthView {
    /// Calls in flight.
    pub in_flight: u64,
    /// Campaigns that wait for it.
    pub waiting_campaigns: u64,
    /// Nothing is sent before this instant, where the carrier is in trouble.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Time>")]
    pub held_until: Option<Timestamp>,
    /// Why nothing is sent.
    pub held_reason: Option<String>,
}

/// Shows a line; `health` is what its actor says of it, where it lives.
pub fn line_view(record: &LineV1, health: Option<&LineHealth>) -> LineView {
    let caller_ids = record
        .caller_ids
        .iter()
        .filter_map(|digits| PhoneNumber::from_digits(*digits));
    let held = health.and_then(|health| health.held_until.as_ref());
    LineView {
        id: record.id,
        name: record.name.clone(),
        kind: record.kind.clone(),
        account_sid: record.account_sid.clone(),
        caller_ids: caller_ids.collect(),
        calls_per_second: record.calls_per_second,
        max_concurrent: record.max_concurrent,
        api_base_url: record.api_base_url.clone(),
        created_at: Timestamp::from_millis(record.created_at),
        health: LineHealthView {
            in_flight: health.map_or(0, |health| health.in_flight as u64),
            waiting_campaigns: health.map_or(0, |health| health.asking as u64),
            held_until: held.map(|(until, _)| *until),
            held_reason: health
                .and_then(|health| health.held_back.as_ref())
                .or(held.map(|(_, reason)| reason))
                .cloned(),
        },
    }
}

//! The ledger as stored.

use std::sync::Arc;

use outdial_domain::attempt::{Attempt, AttemptState, Clearance};
use outdial_domain::call::{AnsweredBy, CallResult};
use outdial_domain::ids::{AttemptId, ContactId, Incarnation, LaneId};
use outdial_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use bincode::Options;

use super::codes::{self, Coded};
use super::{Record, Unreadable, codec};

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptV1 {
    id: Uuid,
    lane: u16,
    block: u32,
    place: u8,
    number: u32,
    run: u32,
    state: u8,
    epoch: u32,
    wake: u32,
    to: u64,
    from: u64,
    provider_id: Option<String>,
    config_version: u32,
    intended_at: i64,
    placed_at: Option<i64>,
    answered_at: Option<i64>,
    ended_at: Option<i64>,
    duration_seconds: Option<u32>,
    answered_by: Option<u8>,
    error_code: Option<String>,
    error_message: Option<String>,
    deadline: i64,
    asked: u32,
    previous: Option<Uuid>,
    local_time: Option<String>,
    zone: Option<String>,
    zone_source: String,
    rules: Vec<String>,
}

impl Record for AttemptV1 {
    const VERSION: u8 = 1;
    const TABLE: &'static str = "attempt";
}

impl From<&Attempt> for AttemptV1 {
    fn from(attempt: &Attempt) -> Self {
        Self {
            id: attempt.id.0,
            lane: attempt.contact.lane.0,
            block: attempt.contact.block,
            place: attempt.contact.place,
            number: attempt.number,
            run: attempt.run,
            state: attempt.state.code(),
            epoch: attempt.incarnation.epoch,
            wake: attempt.incarnation.wake,
            to: attempt.to.digits(),
            from: attempt.from.digits(),
            provider_id: attempt.provider_id.clone(),
            config_version: attempt.config_version,
            intended_at: attempt.intended_at.millis(),
            placed_at: attempt.placed_at.map(Timestamp::millis),
            answered_at: attempt.answered_at.map(Timestamp::millis),
            ended_at: attempt.ended_at.map(Timestamp::millis),
            duration_seconds: attempt.duration_seconds,
            answered_by: attempt.answered_by.map(AnsweredBy::code),
            error_code: attempt.error_code.clone(),
            error_message: attempt.error_message.clone(),
            deadline: attempt.deadline.millis(),
            asked: attempt.asked,
            previous: attempt.previous.map(|id| id.0),
            local_time: attempt.clearance.local_time.clone(),
            zone: attempt.clearance.zone.clone(),
            zone_source: attempt.clearance.zone_source.to_owned(),
            rules: attempt.clearance.rules.clone(),
        }
    }
}

impl TryFrom<AttemptV1> for Attempt {
    type Error = Unreadable;

    fn try_from(stored: AttemptV1) -> Result<Self, Unreadable> {
        Ok(Self {
            id: AttemptId(stored.id),
            contact: ContactId {
                lane: LaneId(stored.lane),
                block: stored.block,
                place: stored.place,
            },
            number: stored.number,
            run: stored.run,
            state: AttemptState::from_code(stored.state)?,
            incarnation: Incarnation {
                epoch: stored.epoch,
                wake: stored.wake,
            },
            to: codes::phone(stored.to)?,
            from: codes::phone(stored.from)?,
            provider_id: stored.provider_id,
            config_version: stored.config_version,
            intended_at: Timestamp::from_millis(stored.intended_at),
            placed_at: stored.placed_at.map(Timestamp::from_millis),
            answered_at: stored.answered_at.map(Timestamp::from_millis),
            ended_at: stored.ended_at.map(Timestamp::from_millis),
            duration_seconds: stored.duration_seconds,
            answered_by: stored.answered_by.map(AnsweredBy::from_code).transpose()?,
            message_left: false,
            recording_url: None,
            result: CallResult::default(),
            error_code: stored.error_code,
            error_message: stored.error_message,
            deadline: Timestamp::from_millis(stored.deadline),
            asked: stored.asked,
            previous: stored.previous.map(AttemptId),
            clearance: Arc::new(Clearance {
                local_time: stored.local_time,
                zone: stored.zone,
                zone_source: zone_source(&stored.zone_source)?,
                rules: stored.rules,
            }),
        })
    }
}

/// A line of the ledger with what its call yielded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttemptV2 {
    base: AttemptV1,
    message_left: bool,
    recording_url: Option<String>,
    summary: Option<String>,
    disposition: Option<String>,
    sentiment: Option<i64>,
    satisfaction: Option<i64>,
    qualified: Option<bool>,
    revenue: Option<i64>,
    scorecard: Option<String>,
    answers: Vec<(String, String)>,
}

impl Record for AttemptV2 {
    const VERSION: u8 = 2;
    const TABLE: &'static str = "attempt";

    fn read_older(version: u8, bytes: &[u8]) -> Option<Result<Self, bincode::Error>> {
        let of_version_1 = |base| Self {
            base,
            message_left: false,
            recording_url: None,
            summary: None,
            disposition: None,
            sentiment: None,
            satisfaction: None,
            qualified: None,
            revenue: None,
            scorecard: None,
            answers: Vec::new(),
        };
        (version == AttemptV1::VERSION).then(|| codec().deserialize(bytes).map(of_version_1))
    }
}

impl From<&Attempt> for AttemptV2 {
    fn from(attempt: &Attempt) -> Self {
        let result = &attempt.result;
        Self {
            base: attempt.into(),
            message_left: attempt.message_left,
            recording_url: attempt.recording_url.clone(),
            summary: result.summary.clone(),
            disposition: result.disposition.clone(),
            sentiment: result.sentiment,
            satisfaction: result.satisfaction,
            qualified: result.qualified,
            revenue: result.revenue,
            scorecard: result.scorecard.clone(),
            answers: result.answers.clone(),
        }
    }
}

impl TryFrom<AttemptV2> for Attempt {
    type Error = Unreadable;

    fn try_from(stored: AttemptV2) -> Result<Self, Unreadable> {
        Ok(Self {
            message_left: stored.message_left,
            recording_url: stored.recording_url,
            result: CallResult {
                summary: stored.summary,
                disposition: stored.disposition,
                sentiment: stored.sentiment,
                satisfaction: stored.satisfaction,
                qualified: stored.qualified,
                revenue: stored.revenue,
                scorecard: stored.scorecard,
                answers: stored.answers,
            },
            ..stored.base.try_into()?
        })
    }
}

fn zone_source(stored: &str) -> Result<&'static str, Unreadable> {
    ["contact", "number", "campaign", "none"]
        .into_iter()
        .find(|known| *known == stored)
        .ok_or_else(|| Unreadable(format!("`{stored}` is no source of a zone")))
}

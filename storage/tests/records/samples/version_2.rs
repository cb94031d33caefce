//! What version 2 of a record has words for beyond version 1. With nothing of it, a value is the bare
//! one of version 1.

use std::sync::Arc;

use outdial_domain::attempt::Attempt;
use outdial_domain::breaker::Breaker;
use outdial_domain::call::CallResult;
use outdial_domain::contact::ContactState;
use outdial_domain::counters::Counters;
use outdial_domain::ids::VoiceProfileId;
use outdial_domain::import::{Import, ImportState};
use outdial_domain::lane::LaneState;
use outdial_domain::progress::Progress;
use outdial_domain::settings::{CircuitBreaker, Definition, Settings};
use outdial_domain::voice::Snapshot;

use super::{at, id, voice};

pub fn full_definition() -> Definition {
    let older = super::full_definition();
    Definition {
        settings: Settings {
            circuit_breaker: Some(CircuitBreaker {
                failure_per_mille: 505,
                window_seconds: 300,
                min_attempts: 20,
            }),
            voice: Some(Arc::new(Snapshot {
                id: VoiceProfileId(id(8)),
                taken_at: at(-60),
                profile: voice::full_profile(),
            })),
            ..older.settings
        },
        ..older
    }
}

pub fn full_import() -> Import {
    Import {
        sheet: Some("März".to_owned()),
        state: ImportState::Canceled,
        ..super::full_import()
    }
}

pub fn full_progress() -> Progress {
    let older = super::full_progress();
    Progress {
        counters: Counters {
            sentiment: -70_000,
            rated: 300,
            ..older.counters
        },
        breaker: Breaker {
            newest: 59_430_360,
            slices: [
                (1, 0),
                (2, 1),
                (3, 2),
                (70_000, 300),
                (5, 4),
                (6, 5),
                (7, 6),
                (8, 7),
                (9, 8),
                (10, 9),
            ],
        },
        ..older
    }
}

pub fn full_attempt() -> Attempt {
    Attempt {
        message_left: true,
        recording_url: Some("https://api.example.com/Recordings/RE0123".to_owned()),
        result: CallResult {
            summary: Some("Comes on Friday — «à bientôt».".to_owned()),
            disposition: Some("confirmed".to_owned()),
            sentiment: Some(-250),
            satisfaction: Some(4500),
            qualified: Some(true),
            revenue: Some(1_234_567_890),
            scorecard: Some(r#"{"greeting":5,"upsell":false}"#.to_owned()),
            answers: vec![
                ("coming".to_owned(), r#""yes""#.to_owned()),
                ("guests".to_owned(), "3".to_owned()),
            ],
        },
        ..super::full_attempt()
    }
}

pub fn full_lane() -> LaneState {
    LaneState {
        untried: 0,
        waiting: 0,
        skipped: Some("not in the audience: it includes only `plan equals gold`".to_owned()),
        left_out: true,
        ..super::full_lane()
    }
}

pub fn full_state() -> ContactState {
    ContactState {
        no_retry: true,
        earliest: Some(super::at(-3600)),
        ..super::full_state()
    }
}

//! One value of each kind with everything that may be absent present, and one with all of it absent.
//! The golden files hold them: a value here is changed only together with a new version of its record.
//! Those of attempts, progresses, lanes, contacts' states and definitions say no more than version 1 of their
//! records has words for; [`version_2`], [`version_3`] and [`version_4`] say the rest.

use std::sync::Arc;

use chrono::Weekday;
use chrono_tz::{America, Europe};
use outdial_domain::attempt::{Attempt, AttemptState, Clearance, Outcome};
use outdial_domain::breaker::Breaker;
use outdial_domain::call::{AnsweredBy, CallResult};
use outdial_domain::contact::{Contact, ContactState, ContactStatus};
use outdial_domain::counters::Counters;
use outdial_domain::ids::{AttemptId, CampaignId, ContactId, ImportId, Incarnation, LaneId, LineId, OrgId};
use outdial_domain::import::{Import, ImportState, RejectedRow};
use outdial_domain::lane::LaneState;
use outdial_domain::lifecycle::Status;
use outdial_domain::list_columns::ChosenColumns;
use outdial_domain::pacing::Pace;
use outdial_domain::phone::PhoneNumber;
use outdial_domain::progress::Progress;
use outdial_domain::recurrence::MissedStart;
use outdial_domain::settings::{
    Channel, Definition, Direction, Kind, Pacing, Retry, Schedule, Settings, UnknownPolicy, UnknownThen,
    WindowZone,
};
use outdial_domain::time::Timestamp;
use outdial_domain::window::{Window, Windows};
use outdial_storage::records::{LineV1, Source, SuppressionListV1, SuppressionV1};
use uuid::Uuid;

pub mod access;
pub mod events;
pub mod rules;
pub mod version_2;
pub mod version_3;
pub mod version_4;
pub mod version_5;
pub mod voice;

pub fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x0198_f3a0_1234_7abc_8def_0000_0000_0000 | n)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(1_782_910_800_000 + seconds * 1000 + 250)
}

fn phone(digits: u64) -> PhoneNumber {
    PhoneNumber::from_digits(digits).unwrap()
}

pub fn full_definition() -> Definition {
    Definition {
        id: CampaignId(id(1)),
        org: OrgId(id(2)),
        config_version: 3,
        created_at: at(0),
        created_by: "ada@example.com".to_owned(),
        edited: None,
        settings: Settings {
            name: "Spring survey — «été»".to_owned(),
            description: "How was it?".to_owned(),
            kind: Kind::Survey,
            direction: Direction::Outbound,
            channel: Channel::Voice,
            line_id: LineId(id(4)),
            timezone: America::New_York,
            schedule: Schedule::Scheduled {
                start_at: at(60),
                end_at: Some(at(86_400)),
            },
            windows: Windows::Weekly(vec![
                Window {
                    days: vec![Weekday::Mon, Weekday::Wed, Weekday::Fri],
                    start: 9 * 60,
                    end: 17 * 60 + 30,
                },
                Window {
                    days: vec![Weekday::Sun],
                    start: 22 * 60,
                    end: 60,
                },
            ]),
            window_zone: WindowZone::Campaign,
            fallback_window: Some(Windows::Weekly(vec![Window {
                days: vec![Weekday::Sat],
                start: 0,
                end: 1440,
            }])),
            pacing: Pacing {
                max_concurrent: 5,
                per_minute: 300,
                delay_seconds: 2,
            },
            retry: Retry {
                max_retries: 3,
                backoff_seconds: vec![60, 600, 86_400],
                outcomes: Outcome::ALL.to_vec(),
            },
            unknown: UnknownPolicy {
                wait_seconds: 60,
                then: UnknownThen::Retry,
            },
            watchdog_seconds: 300,
            ring_timeout_seconds: 25,
            default_region: "US".to_owned(),
            circuit_breaker: None,
            missed_start: MissedStart::default(),
            holiday_calendars: Vec::new(),
            laws: Vec::new(),
            contact_caps: Vec::new(),
            audience: None,
            suppression_lists: Vec::new(),
            voice: None,
        },
    }
}

pub fn bare_definition() -> Definition {
    let full = full_definition();
    Definition {
        created_by: String::new(),
        settings: Settings {
            description: String::new(),
            kind: Kind::Custom,
            schedule: Schedule::Immediate,
            windows: Windows::Any,
            window_zone: WindowZone::Contact,
            fallback_window: None,
            retry: Retry {
                max_retries: 0,
                backoff_seconds: Vec::new(),
                outcomes: Vec::new(),
            },
            unknown: UnknownPolicy {
                wait_seconds: 60,
                then: UnknownThen::Lost,
            },
            ..full.settings
        },
        ..full
    }
}

pub fn full_progress() -> Progress {
    Progress {
        status: Status::Paused,
        status_reason: Some("the carrier refuses this line's set-up".to_owned()),
        run: 2,
        counters: Counters {
            total: 1_000_000,
            pending: 2,
            calling: 3,
            completed: 4,
            failed: 5,
            skipped: 999_986,
            attempts: 7,
            unknown: 8,
            outcomes: [9, 10, 11, 12, 13, 14, 15, 300],
            talk_seconds: 70_000,
            talked: 18,
            sentiment: 0,
            rated: 0,
        },
        pace: Pace {
            next_micros: 1_782_910_800_000_001,
        },
        breaker: Breaker::default(),
        next_block: 4000,
        closed: Some("the campaign was canceled".to_owned()),
        hang_up: true,
        last_sent: Some(AttemptId(id(5))),
        started_at: Some(at(1)),
        completed_at: Some(at(2)),
        updated_at: at(3),
    }
}

pub fn bare_progress() -> Progress {
    Progress::new(at(0))
}

pub fn full_lane() -> LaneState {
    LaneState {
        zones: vec![America::Indiana::Knox, America::New_York],
        cursor: (70_000, 255),
        untried: 1000,
        waiting: 20,
        total: 5000,
        skipped: Some("no time zone is known for this number".to_owned()),
        left_out: false,
    }
}

pub fn bare_lane() -> LaneState {
    LaneState::default()
}

pub fn full_contact() -> Contact {
    Contact {
        phone: phone(12_025_550_123),
        name: Some("Grace Hopper".to_owned()),
        email: Some("grace@example.com".to_owned()),
        timezone: Some(Europe::Berlin),
        person_id: Some("p-17".to_owned()),
        custom_data: r#"{"city":"Köln","visits":3}"#.to_owned(),
    }
}

pub fn bare_contact() -> Contact {
    Contact {
        phone: phone(999_999_999_999_999),
        name: None,
        email: None,
        timezone: None,
        person_id: None,
        custom_data: String::new(),
    }
}

/// Numbers, the smallest and the greatest among them, and who has them.
pub fn numbered() -> Vec<(u64, ContactId)> {
    let contact = |lane, block, place| ContactId {
        lane: LaneId(lane),
        block,
        place,
    };
    vec![
        (12_025_550_123, contact(3, 900, 255)),
        (10, contact(0, 0, 0)),
        (999_999_999_999_999, contact(u16::MAX, u32::MAX, u8::MAX)),
    ]
}

pub fn full_state() -> ContactState {
    ContactState {
        run: 2,
        status: ContactStatus::Failed,
        reason: Some("busy".to_owned()),
        tries: 3,
        attempts: 400,
        not_before: Some(at(600)),
        called_at: Some(at(10)),
        last_outcome: Some(Outcome::Busy),
        last_attempt: Some(AttemptId(id(5))),
        error_message: Some("the line was busy".to_owned()),
        no_retry: false,
        earliest: None,
    }
}

pub fn bare_state() -> ContactState {
    ContactState::untried(1)
}

pub fn full_attempt() -> Attempt {
    Attempt {
        id: AttemptId(id(5)),
        contact: ContactId {
            lane: LaneId(300),
            block: 70_000,
            place: 255,
        },
        number: 2,
        run: 1,
        state: AttemptState::Ended(Outcome::Machine),
        incarnation: Incarnation { epoch: 7, wake: 300 },
        to: phone(12_025_550_123),
        from: phone(4_930_123_456),
        provider_id: Some("CA0123456789abcdef0123456789abcdef".to_owned()),
        config_version: 3,
        intended_at: at(10),
        placed_at: Some(at(11)),
        answered_at: Some(at(17)),
        ended_at: Some(at(60)),
        duration_seconds: Some(43),
        answered_by: Some(AnsweredBy::MachineEnd),
        message_left: false,
        recording_url: None,
        result: CallResult::default(),
        error_code: Some("sip-486".to_owned()),
        error_message: Some("Busy Here".to_owned()),
        deadline: at(130),
        asked: 2,
        previous: Some(AttemptId(id(6))),
        clearance: Arc::new(Clearance {
            local_time: Some("2026-07-01T09:00:10-04:00".to_owned()),
            zone: Some("America/New_York".to_owned()),
            zone_source: "number",
            rules: vec![
                "calling_windows: open in every candidate zone".to_owned(),
                "caps: none".to_owned(),
            ],
        }),
    }
}

pub fn bare_attempt() -> Attempt {
    Attempt {
        number: 1,
        state: AttemptState::Intended,
        provider_id: None,
        placed_at: None,
        answered_at: None,
        ended_at: None,
        duration_seconds: None,
        answered_by: None,
        error_code: None,
        error_message: None,
        asked: 0,
        previous: None,
        clearance: Arc::new(Clearance {
            local_time: None,
            zone: None,
            zone_source: "none",
            rules: Vec::new(),
        }),
        ..full_attempt()
    }
}

pub fn full_import() -> Import {
    Import {
        id: ImportId(id(7)),
        file_name: "spring.xlsx".to_owned(),
        default_region: "DE".to_owned(),
        sheet: None,
        columns: ChosenColumns::default(),
        state: ImportState::Failed("row 17 ends in the middle of a quote".to_owned()),
        rows_read: 100_000,
        bytes_total: 0,
        bytes_read: 0,
        imported: 99_000,
        duplicates: 700,
        rejected: 300,
        created_at: at(0),
        ended_at: Some(at(90)),
    }
}

pub fn bare_import() -> Import {
    Import {
        state: ImportState::Running,
        rows_read: 0,
        imported: 0,
        duplicates: 0,
        rejected: 0,
        ended_at: None,
        ..full_import()
    }
}

pub fn full_rejected() -> RejectedRow {
    RejectedRow {
        row: 70_000,
        field: "phone".to_owned(),
        value: "12-34".to_owned(),
        reason: "is too short for a number of DE".to_owned(),
    }
}

pub fn bare_rejected() -> RejectedRow {
    RejectedRow {
        row: 2,
        field: String::new(),
        value: String::new(),
        reason: String::new(),
    }
}

pub fn full_line() -> LineV1 {
    LineV1 {
        id: id(4),
        org: id(2),
        name: "Main account".to_owned(),
        kind: "twilio".to_owned(),
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        sealed: (0..=u8::MAX).collect(),
        caller_ids: vec![12_025_550_100, 4_930_123_456],
        calls_per_second: 1.5,
        max_concurrent: Some(40),
        api_base_url: Some("http://127.0.0.1:9090".to_owned()),
        created_at: at(0).millis(),
    }
}

pub fn bare_line() -> LineV1 {
    LineV1 {
        sealed: Vec::new(),
        caller_ids: Vec::new(),
        max_concurrent: None,
        api_base_url: None,
        ..full_line()
    }
}

pub fn full_suppression() -> SuppressionV1 {
    SuppressionV1 {
        source: Source::List as u8,
        note: "asked by letter — «plus jamais»".to_owned(),
        added_at: at(5).millis(),
        expires_at: Some(at(86_400).millis()),
    }
}

pub fn bare_suppression() -> SuppressionV1 {
    SuppressionV1 {
        source: Source::Person as u8,
        note: String::new(),
        added_at: at(5).millis(),
        expires_at: None,
    }
}

pub fn full_suppression_list() -> SuppressionListV1 {
    SuppressionListV1 {
        name: "Cancelled — «partis»".to_owned(),
        description: "Who has left us.".to_owned(),
        default_region: "FR".to_owned(),
        created_at: Some(at(5).millis()),
    }
}

pub fn bare_suppression_list() -> SuppressionListV1 {
    SuppressionListV1 {
        name: "L".to_owned(),
        description: String::new(),
        default_region: "US".to_owned(),
        created_at: None,
    }
}

pub fn alarm() -> Timestamp {
    at(3600)
}

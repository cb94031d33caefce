//! A campaign as a Rust program asks for it: the same fields as the JSON, and judged as that.

use outdial_domain::ids::{HolidayCalendarId, LineId, SuppressionListId, VoiceProfileId};
use outdial_domain::settings::{Channel, Direction, Kind, Schedule, Settings, WindowZone};
use outdial_domain::time::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::contact_spec::ContactSpec;
use super::part_specs::{CircuitBreakerSpec, PacingSpec, RetrySpec, UnknownSpec, WindowSpec};
use super::rule_specs::{AudienceSpec, ContactCapSpec, MissedStartSpec};
use super::{FieldError, NewCampaign};
use crate::view::{schema, text};

/// How often the carrier is asked about a silent call, unless told otherwise.
pub const WATCHDOG_SECONDS: u32 = 300;
/// How long a phone may ring, unless told otherwise.
pub const RING_TIMEOUT_SECONDS: u32 = 60;

/// What a campaign is asked to be. Only name, kind and line are required; what is `None` has the
/// default that the API reference states.
///
/// Nothing is checked until it is judged, so that a program is told of every bad field at once,
/// as an HTTP client is.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct CampaignSpec {
    /// What people call it.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// What it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 10_000))]
    pub description: Option<String>,
    /// What it is for: the JSON's `type`.
    #[serde(rename = "type", serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Kind>")]
    pub kind: Kind,
    /// Who starts the conversation.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::word_or_null"
    )]
    #[schemars(with = "Option<schema::OneOf<Direction>>")]
    pub direction: Option<Direction>,
    /// By what means contacts are reached.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::word_or_null"
    )]
    #[schemars(with = "Option<schema::OneOf<Channel>>")]
    pub channel: Option<Channel>,
    /// The provider account that calls go out through.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub line_id: LineId,
    /// What its calls say, and how; without one, one sentence. Copied when the campaign is created.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::shown_or_null"
    )]
    #[schemars(with = "Option<schema::Id>")]
    pub voice_profile_id: Option<VoiceProfileId>,
    /// The campaign's zone, an IANA name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("default" = "UTC", "examples" = ["America/New_York"]))]
    pub timezone: Option<String>,
    /// When it begins and ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schedule: Option<ScheduleSpec>,
    /// What becomes of a start that passed while nobody could act on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missed_start: Option<MissedStartSpec>,
    /// When it may call; `Some` of an empty list: at any hour.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(max = 100))]
    pub calling_windows: Option<Vec<WindowSpec>>,
    /// By whose clock.
    #[serde(
        skip_serializing_if = "Option::is_none",
        serialize_with = "text::word_or_null"
    )]
    #[schemars(with = "Option<schema::OneOf<WindowZone>>")]
    pub window_zone: Option<WindowZone>,
    /// When contacts without a known zone may be called, by the campaign's clock.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fallback_window: Option<WindowSpec>,
    /// On the days of these calendars nobody is called.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Id>", default, length(max = 20))]
    pub holiday_calendar_ids: Vec<HolidayCalendarId>,
    /// Laws whose hours and caps hold besides its own, by their ids: see
    /// [`Preset`](outdial_domain::law::Preset). Not legal advice.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, with = "Vec<schema::Law>", length(max = 50))]
    pub law_presets: Vec<String>,
    /// How often a number may be tried, by whichever campaign of the organization; each must allow it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, length(max = 10))]
    pub contact_caps: Vec<ContactCapSpec>,
    /// Whom of its contacts it is about; without it, all of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience: Option<AudienceSpec>,
    /// How fast.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pacing: Option<PacingSpec>,
    /// What is tried again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<RetrySpec>,
    /// What is done about attempts of unknown fate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unknown: Option<UnknownSpec>,
    /// How often the carrier is asked about a silent call.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 86_400), extend("default" = WATCHDOG_SECONDS))]
    pub watchdog_seconds: Option<u32>,
    /// How long a phone may ring.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 600), extend("default" = RING_TIMEOUT_SECONDS))]
    pub ring_timeout_seconds: Option<u32>,
    /// The region of numbers written without a country code, ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<schema::Region>", extend("default" = "US"))]
    pub default_region: Option<String>,
    /// When it is paused because attempts fail; without it, never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub circuit_breaker: Option<CircuitBreakerSpec>,
    /// The do-not-call lists that it heeds besides the organization's own, which every campaign heeds.
    #[serde(skip_serializing_if = "Vec::is_empty", serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Id>", default, length(max = 50))]
    pub suppression_list_ids: Vec<SuppressionListId>,
    /// Whom to call; more can be added later.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schemars(default, length(max = 10_000))]
    pub contacts: Vec<ContactSpec>,
}

/// When a campaign begins and ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ScheduleSpec {
    /// At once when started.
    Immediate,
    /// At a time.
    Scheduled {
        /// Nothing is attempted before.
        #[serde(serialize_with = "text::shown")]
        #[schemars(with = "schema::Time")]
        start_at: Timestamp,
        /// Nothing is attempted from here on.
        #[serde(
            skip_serializing_if = "Option::is_none",
            serialize_with = "text::shown_or_null"
        )]
        #[schemars(with = "Option<schema::Time>")]
        end_at: Option<Timestamp>,
    },
    /// Again and again, each time calling every contact anew.
    Recurring {
        /// A POSIX cron pattern of five fields, read by the clock of the campaign's zone: `0 9 * * 1-5` is nine
        /// o'clock on weekdays.
        #[schemars(length(min = 9, max = 500), extend("examples" = ["0 9 * * 1-5"]))]
        cron: String,
        /// Nothing is attempted from here on.
        #[serde(
            skip_serializing_if = "Option::is_none",
            serialize_with = "text::shown_or_null"
        )]
        #[schemars(with = "Option<schema::Time>")]
        end_at: Option<Timestamp>,
    },
}

impl CampaignSpec {
    /// A campaign with everything at its default.
    pub fn new(name: impl Into<String>, kind: Kind, line_id: LineId) -> Self {
        Self {
            name: name.into(),
            description: None,
            kind,
            direction: None,
            channel: None,
            line_id,
            voice_profile_id: None,
            timezone: None,
            schedule: None,
            missed_start: None,
            calling_windows: None,
            window_zone: None,
            fallback_window: None,
            holiday_calendar_ids: Vec::new(),
            law_presets: Vec::new(),
            contact_caps: Vec::new(),
            audience: None,
            pacing: None,
            retry: None,
            unknown: None,
            watchdog_seconds: None,
            ring_timeout_seconds: None,
            default_region: None,
            circuit_breaker: None,
            suppression_list_ids: Vec::new(),
            contacts: Vec::new(),
        }
    }

    /// A configuration as it would be asked for, every field named, without contacts.
    pub fn of(settings: &Settings) -> Self {
        Self {
            name: settings.name.clone(),
            description: Some(settings.description.clone()),
            kind: settings.kind,
            direction: Some(settings.direction),
            channel: Some(settings.channel),
            line_id: settings.line_id,
            voice_profile_id: settings.voice.as_ref().map(|snapshot| snapshot.id),
            timezone: Some(settings.timezone.name().to_owned()),
            schedule: Some((&settings.schedule).into()),
            missed_start: Some(settings.missed_start.into()),
            calling_windows: Some(WindowSpec::all_of(&settings.windows)),
            window_zone: Some(settings.window_zone),
            fallback_window: settings.fallback_window.as_ref().and_then(WindowSpec::fallback),
            holiday_calendar_ids: settings.holiday_calendars.clone(),
            law_presets: settings.laws.iter().map(|law| law.id.to_owned()).collect(),
            contact_caps: settings.contact_caps.iter().copied().map(Into::into).collect(),
            audience: settings.audience.as_ref().map(Into::into),
            pacing: Some(settings.pacing.into()),
            retry: Some((&settings.retry).into()),
            unknown: Some(settings.unknown.into()),
            watchdog_seconds: Some(settings.watchdog_seconds),
            ring_timeout_seconds: Some(settings.ring_timeout_seconds),
            default_region: Some(settings.default_region.clone()),
            circuit_breaker: settings.circuit_breaker.map(Into::into),
            suppression_list_ids: settings.suppression_lists.clone(),
            contacts: Vec::new(),
        }
    }

    /// Whether it can be done; see [`super::judge`].
    pub fn judge(&self, now: Timestamp) -> Result<NewCampaign, Vec<FieldError>> {
        let json = serde_json::to_value(self);
        // Every key is a string, and no field can fail to serialise.
        super::judge(&json.expect("a campaign spec is a JSON object"), now)
    }
}

/// A custom campaign without a name, on no line: to be filled in.
impl Default for CampaignSpec {
    fn default() -> Self {
        Self::new("", Kind::Custom, LineId(Uuid::nil()))
    }
}

impl From<&Schedule> for ScheduleSpec {
    fn from(schedule: &Schedule) -> Self {
        match schedule {
            Schedule::Immediate => Self::Immediate,
            Schedule::Scheduled { start_at, end_at } => Self::Scheduled {
                start_at: *start_at,
                end_at: *end_at,
            },
            Schedule::Recurring { recurrence, end_at } => Self::Recurring {
                cron: recurrence.pattern().to_owned(),
                end_at: *end_at,
            },
        }
    }
}

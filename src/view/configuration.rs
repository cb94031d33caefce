//! A campaign's configuration in the shape in which it was asked for: what is shown here can be judged
//! again and gives the same settings.

use outdial_domain::ids::{HolidayCalendarId, LineId, SuppressionListId, VoiceProfileId};
use outdial_domain::settings::{Channel, Direction, Kind, Settings, WindowZone};
use schemars::JsonSchema;
use serde::Serialize;

use super::{schema, text};
use crate::spec::{
    AudienceSpec, CircuitBreakerSpec, ContactCapSpec, MissedStartSpec, PacingSpec, RetrySpec, ScheduleSpec,
    UnknownSpec, WindowSpec,
};

/// What a campaign was told to do, every default spelled out.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ConfigurationView {
    /// What people call it.
    pub name: String,
    /// What it is about.
    pub description: String,
    /// What it is for.
    #[serde(rename = "type", serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Kind>")]
    pub kind: Kind,
    /// Who starts the conversation.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Direction>")]
    pub direction: Direction,
    /// By what means contacts are reached.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<Channel>")]
    pub channel: Channel,
    /// The provider account.
    #[serde(serialize_with = "text::shown")]
    #[schemars(with = "schema::Id")]
    pub line_id: LineId,
    /// What its calls say, and how: the profile that was copied.
    #[serde(serialize_with = "text::shown_or_null")]
    #[schemars(with = "Option<schema::Id>")]
    pub voice_profile_id: Option<VoiceProfileId>,
    /// The campaign's zone.
    pub timezone: &'static str,
    /// When it begins and ends.
    pub schedule: ScheduleSpec,
    /// What becomes of a start that passed while nobody could act on it.
    pub missed_start: MissedStartSpec,
    /// When it may call; empty: at any hour.
    pub calling_windows: Vec<WindowSpec>,
    /// By whose clock.
    #[serde(serialize_with = "text::word")]
    #[schemars(with = "schema::OneOf<WindowZone>")]
    pub window_zone: WindowZone,
    /// When contacts without a known zone may be called.
    pub fallback_window: Option<WindowSpec>,
    /// On the days of these calendars nobody is called.
    #[serde(serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Id>")]
    pub holiday_calendar_ids: Vec<HolidayCalendarId>,
    /// Laws whose hours and caps hold besides its own.
    pub law_presets: Vec<&'static str>,
    /// How often a number may be tried.
    pub contact_caps: Vec<ContactCapSpec>,
    /// Whom of its contacts it is about; `null`: all of them.
    pub audience: Option<AudienceSpec>,
    /// How fast.
    pub pacing: PacingSpec,
    /// What is tried again.
    pub retry: RetrySpec,
    /// What is done about unknown fates.
    pub unknown: UnknownSpec,
    /// How often the carrier is asked about a silent call.
    pub watchdog_seconds: u32,
    /// How long a phone may ring.
    pub ring_timeout_seconds: u32,
    /// The region of numbers written without a country code.
    pub default_region: String,
    /// When it is paused because attempts fail.
    pub circuit_breaker: Option<CircuitBreakerSpec>,
    /// The do-not-call lists that it heeds besides the organization's own.
    #[serde(serialize_with = "text::all_shown")]
    #[schemars(with = "Vec<schema::Id>")]
    pub suppression_list_ids: Vec<SuppressionListId>,
}

/// Shows a configuration.
pub fn configuration_view(settings: &Settings) -> ConfigurationView {
    ConfigurationView {
        name: settings.name.clone(),
        description: settings.description.clone(),
        kind: settings.kind,
        direction: settings.direction,
        channel: settings.channel,
        line_id: settings.line_id,
        voice_profile_id: settings.voice.as_ref().map(|snapshot| snapshot.id),
        timezone: settings.timezone.name(),
        schedule: (&settings.schedule).into(),
        missed_start: settings.missed_start.into(),
        calling_windows: WindowSpec::all_of(&settings.windows),
        window_zone: settings.window_zone,
        fallback_window: settings.fallback_window.as_ref().and_then(WindowSpec::fallback),
        holiday_calendar_ids: settings.holiday_calendars.clone(),
        law_presets: settings.laws.iter().map(|law| law.id).collect(),
        contact_caps: settings.contact_caps.iter().copied().map(Into::into).collect(),
        audience: settings.audience.as_ref().map(Into::into),
        pacing: settings.pacing.into(),
        retry: (&settings.retry).into(),
        unknown: settings.unknown.into(),
        watchdog_seconds: settings.watchdog_seconds,
        ring_timeout_seconds: settings.ring_timeout_seconds,
        default_region: settings.default_region.clone(),
        circuit_breaker: settings.circuit_breaker.map(Into::into),
        suppression_list_ids: settings.suppression_lists.clone(),
    }
}

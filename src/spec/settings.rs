//! A campaign's JSON as its configuration.

use std::str::FromStr;

use chrono_tz::Tz;
use outdial_contacts::{Region, zone_named};
use outdial_domain::ids::{LineId, VoiceProfileId};
use outdial_domain::settings::{
    Channel, Direction, Kind, Pacing, Settings, UnknownPolicy, UnknownThen, WindowZone,
};
use outdial_domain::time::Timestamp;
use uuid::Uuid;

use super::campaign_spec::{RING_TIMEOUT_SECONDS, WATCHDOG_SECONDS};
use super::fields::{self, Fields, Shape};
use super::findings::Findings;
use super::part_specs::{PacingSpec, UnknownSpec};
use super::{audience, breaker, caps, laws, quoted, retry, schedule, unsupported, windows};

/// The fields that a campaign's answer has and its configuration has not.
pub const READ_ONLY: &[&str] = &[
    "id",
    "status",
    "status_reason",
    "config_version",
    "run",
    "voice_profile_snapshot",
    "created_at",
    "updated_at",
    "started_at",
    "completed_at",
    "created_by",
    "counters",
    "success_rate",
    "avg_duration_seconds",
    "avg_sentiment_score",
    "next_start_at",
    "skipped_starts",
    "run_started_at",
    "last_skipped_start",
    "last_run",
    "lifetime",
    "warnings",
];

/// A campaign's fields.
pub(super) const CAMPAIGN: Shape = Shape {
    what: "a campaign",
    known: &[
        "name",
        "type",
        "line_id",
        "description",
        "direction",
        "channel",
        "timezone",
        "schedule",
        "calling_windows",
        "window_zone",
        "fallback_window",
        "pacing",
        "retry",
        "unknown",
        "watchdog_seconds",
        "ring_timeout_seconds",
        "default_region",
        "contacts",
        "voice_profile_id",
        "missed_start",
        "holiday_calendar_ids",
        "contact_caps",
        "suppression_list_ids",
        "circuit_breaker",
        "law_presets",
        "audience",
    ],
    read_only: READ_ONLY,
};

const PACING: Shape = Shape {
    what: "a pace",
    known: &["max_concurrent", "per_minute", "delay_seconds"],
    read_only: &[],
};

const UNKNOWN: Shape = Shape {
    what: "a rule for unknown fates",
    known: &["wait_seconds", "then"],
    read_only: &[],
};

const DAY_SECONDS: u32 = 86_400;
const LONGEST_NAME: usize = 200;
pub(super) const LONGEST_DESCRIPTION: usize = 10_000;
/// Each is looked into before every call.
const MOST_SUPPRESSION_LISTS: usize = 50;
const MOST_HOLIDAY_CALENDARS: usize = 20;

/// A campaign's configuration, with stand-ins for what is refused. Whether the lists and calendars that it names
/// exist, the store knows.
pub(super) fn judge(
    campaign: &Fields<'_>,
    region: Option<Region>,
    now: Timestamp,
    findings: &mut Findings,
) -> Settings {
    let name = name(campaign, findings);
    let description = campaign.short_text("description", LONGEST_DESCRIPTION, findings);
    let kind = kind(campaign, findings);
    let line_id = line_id(campaign, findings);
    unsupported::refuse(campaign, findings);
    let zone = timezone(campaign, findings);
    Settings {
        name,
        description: description.unwrap_or_default().to_owned(),
        kind,
        direction: Direction::Outbound,
        channel: Channel::Voice,
        line_id,
        timezone: zone.unwrap_or(Tz::UTC),
        schedule: schedule::judge(campaign, zone, now, findings),
        missed_start: schedule::judge_missed_start(campaign, findings),
        windows: windows::judge(campaign, findings),
        window_zone: campaign.word("window_zone", WindowZone::Contact, findings),
        holiday_calendars: campaign.ids(
            "holiday_calendar_ids",
            MOST_HOLIDAY_CALENDARS,
            "a holiday calendar",
            findings,
        ),
        laws: laws::judge(campaign, findings),
        fallback_window: windows::judge_fallback(campaign, findings),
        contact_caps: caps::judge(campaign, findings),
        audience: audience::judge(campaign, findings),
        pacing: pacing(campaign, findings),
        retry: retry::judge(campaign, findings),
        unknown: unknown(campaign, findings),
        watchdog_seconds: campaign.whole("watchdog_seconds", 1..=DAY_SECONDS, WATCHDOG_SECONDS, findings),
        ring_timeout_seconds: campaign.whole("ring_timeout_seconds", 1..=600, RING_TIMEOUT_SECONDS, findings),
        default_region: region.unwrap_or(Region::US).to_string(),
        circuit_breaker: breaker::judge(campaign, findings),
        suppression_lists: campaign.ids(
            "suppression_list_ids",
            MOST_SUPPRESSION_LISTS,
            "a do-not-call list",
            findings,
        ),
        voice: None,
    }
}

/// A name that people give.
pub(super) fn name(campaign: &Fields<'_>, findings: &mut Findings) -> String {
    let name = campaign.short_text("name", LONGEST_NAME, findings);
    let is_blank = match campaign.get("name") {
        None => true,
        Some(given) => given.is_string() && name.is_none(),
    };
    if is_blank {
        let message = format!("is required: 1 to {LONGEST_NAME} characters that are not all blank");
        findings.refuse("name", message);
    }
    name.unwrap_or_default().to_owned()
}

fn kind(campaign: &Fields<'_>, findings: &mut Findings) -> Kind {
    if campaign.get("type").is_none() {
        let words = quoted::either(&fields::words::<Kind>());
        findings.refuse("type", format!("is required: {words}"));
    }
    campaign.word("type", Kind::Custom, findings)
}

fn line_id(campaign: &Fields<'_>, findings: &mut Findings) -> LineId {
    if campaign.get("line_id").is_none() {
        findings.refuse(
            "line_id",
            "is required: the id of the line that calls go out through",
        );
    }
    id(campaign, "line_id", "a line", findings).unwrap_or(LineId(Uuid::nil()))
}

/// The voice profile that calls speak by, if any. Whether there is one of this id, the store knows.
pub(super) fn voice_profile(campaign: &Fields<'_>, findings: &mut Findings) -> Option<VoiceProfileId> {
    id(campaign, "voice_profile_id", "a voice profile", findings)
}

pub(super) fn id<T: FromStr>(
    campaign: &Fields<'_>,
    name: &str,
    what: &str,
    findings: &mut Findings,
) -> Option<T> {
    let text = campaign.text(name, findings)?;
    let id = text.parse().ok();
    if id.is_none() {
        let message = format!(
            "`{}` is not the id of {what}: write a UUID",
            quoted::shortened(text)
        );
        findings.refuse_value(campaign.at(name), &text.into(), message);
    }
    id
}

/// The zone in the field `timezone`; UTC where there is none, and `None` where it was refused.
pub(super) fn timezone(fields: &Fields<'_>, findings: &mut Findings) -> Option<Tz> {
    if fields.get("timezone").is_none() {
        return Some(Tz::UTC);
    }
    let text = fields.text("timezone", findings)?;
    let zone = zone_named(text);
    if let Err(error) = &zone {
        findings.refuse_because("timezone", &text.into(), error);
    }
    zone.ok()
}

/// The campaign's region; `None` where it was refused.
pub(super) fn region(campaign: &Fields<'_>, findings: &mut Findings) -> Option<Region> {
    if campaign.get("default_region").is_none() {
        return Some(Region::US);
    }
    let text = campaign.text("default_region", findings)?;
    let region = text.parse();
    if region.is_err() {
        let message = format!(
            "`{}` is not a known region: write a two-letter ISO 3166 code, such as US or GB",
            quoted::shortened(text)
        );
        findings.refuse_value("default_region", &text.into(), message);
    }
    region.ok()
}

fn pacing(campaign: &Fields<'_>, findings: &mut Findings) -> Pacing {
    let mut pacing = Pacing::from(PacingSpec::default());
    let Some(value) = campaign.get("pacing") else {
        return pacing;
    };
    if let Some(fields) = Fields::open(value, "pacing", &PACING, findings) {
        pacing.max_concurrent = fields.whole("max_concurrent", 1..=10_000, pacing.max_concurrent, findings);
        pacing.per_minute = fields.whole("per_minute", 1..=60_000, pacing.per_minute, findings);
        pacing.delay_seconds = fields.whole("delay_seconds", 0..=DAY_SECONDS, pacing.delay_seconds, findings);
    }
    pacing
}

fn unknown(campaign: &Fields<'_>, findings: &mut Findings) -> UnknownPolicy {
    let mut unknown = UnknownPolicy::from(UnknownSpec::default());
    let Some(value) = campaign.get("unknown") else {
        return unknown;
    };
    if let Some(fields) = Fields::open(value, "unknown", &UNKNOWN, findings) {
        unknown.wait_seconds = fields.whole("wait_seconds", 0..=DAY_SECONDS, unknown.wait_seconds, findings);
        unknown.then = fields.word("then", UnknownThen::Lost, findings);
    }
    unknown
}

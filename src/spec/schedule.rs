//! When a campaign is asked to begin and to end, and what becomes of a start that was missed.

use chrono_tz::Tz;
use outdial_domain::recurrence::{MissedStart, Recurrence};
use outdial_domain::settings::{Schedule, Settings};
use outdial_domain::time::Timestamp;

use super::fields::{Fields, Shape};
use super::findings::{Findings, Warning};
use super::quoted;
use crate::view::words::{MissedPolicy, Word};

const SCHEDULE: Shape = Shape {
    what: "a schedule",
    known: &["type", "start_at", "end_at", "cron"],
    read_only: &[],
};

const MISSED_START: Shape = Shape {
    what: "a rule for missed starts",
    known: &["policy", "grace_seconds"],
    read_only: &[],
};

/// A pattern that spells out every minute, hour, day and month has less.
const LONGEST_PATTERN: usize = 500;
/// Thirty-one days.
const LONGEST_GRACE: u32 = 2_678_400;

/// The schedule that stands in the campaign's field `schedule`; at once where there is none. The campaign's
/// `zone` is `None` where it was refused.
pub(super) fn judge(
    campaign: &Fields<'_>,
    zone: Option<Tz>,
    now: Timestamp,
    findings: &mut Findings,
) -> Schedule {
    let Some(value) = campaign.get("schedule") else {
        return Schedule::Immediate;
    };
    let Some(schedule) = Fields::open(value, campaign.at("schedule"), &SCHEDULE, findings) else {
        return Schedule::Immediate;
    };
    match schedule.get("type").map(|kind| (kind, kind.as_str())) {
        Some((_, Some("immediate"))) => {
            belongs(&schedule, &["start_at"], "a scheduled", findings);
            belongs(&schedule, &["end_at"], "a scheduled or recurring", findings);
            belongs(&schedule, &["cron"], "a recurring", findings);
            Schedule::Immediate
        }
        Some((_, Some("scheduled"))) => {
            belongs(&schedule, &["cron"], "a recurring", findings);
            scheduled(&schedule, now, findings)
        }
        Some((_, Some("recurring"))) => {
            belongs(&schedule, &["start_at"], "a scheduled", findings);
            recurring(&schedule, zone, now, findings)
        }
        Some((kind, _)) => {
            let message = format!(
                "must be immediate, scheduled or recurring, not {}",
                quoted::json(kind)
            );
            findings.refuse_value(schedule.at("type"), kind, message);
            Schedule::Immediate
        }
        None => {
            let message = "is required: immediate, scheduled or recurring";
            findings.refuse(schedule.at("type"), message);
            Schedule::Immediate
        }
    }
}

fn scheduled(schedule: &Fields<'_>, now: Timestamp, findings: &mut Findings) -> Schedule {
    let start_at = schedule.instant("start_at", findings);
    let end_at = schedule.instant("end_at", findings);
    if schedule.get("start_at").is_none() {
        let message = "is required for a scheduled campaign, such as 2026-07-01T13:00:00Z";
        findings.refuse(schedule.at("start_at"), message);
    }
    if let (Some(end), Some(given)) = (end_at, schedule.get("end_at")) {
        let mut refuse = |message| findings.refuse_value(schedule.at("end_at"), given, message);
        match start_at {
            Some(start) if end <= start => {
                refuse(format!("must be after start_at ({start}), which {end} is not"));
            }
            _ if end <= now => refuse(format!("must be in the future, which {end} is not: it is {now}")),
            _ => {}
        }
    }
    Schedule::Scheduled {
        start_at: start_at.unwrap_or(now),
        end_at,
    }
}

fn recurring(schedule: &Fields<'_>, zone: Option<Tz>, now: Timestamp, findings: &mut Findings) -> Schedule {
    let recurrence = pattern(schedule, zone.unwrap_or(Tz::UTC), findings);
    let end_at = schedule.instant("end_at", findings);
    if let Some(end) = end_at.filter(|end| *end <= now) {
        let message = format!("must be in the future, which {end} is not: it is {now}");
        findings.refuse(schedule.at("end_at"), message);
        return Schedule::Immediate;
    }
    let Some(recurrence) = recurrence else {
        return Schedule::Immediate;
    };
    // By the clock of a zone that was refused nobody knows when the first start is.
    match (zone, recurrence.next_after(now), end_at) {
        (None, ..) => {}
        (_, Some(first), Some(end)) if first >= end => {
            let message = format!("must be after the first start ({first}), which {end} is not");
            findings.refuse(schedule.at("end_at"), message);
        }
        (_, None, _) => {
            let message = format!(
                "`{}` has no start left before the year 2101",
                recurrence.pattern()
            );
            findings.refuse(schedule.at("cron"), message);
        }
        _ => {}
    }
    Schedule::Recurring {
        recurrence: Box::new(recurrence),
        end_at,
    }
}

/// The pattern in the field `cron`, read by the clock of a zone; `None` where it is refused.
pub(super) fn pattern(fields: &Fields<'_>, zone: Tz, findings: &mut Findings) -> Option<Recurrence> {
    let Some(given) = fields.get("cron") else {
        findings.refuse(
            fields.at("cron"),
            "is required: five fields, such as `0 9 * * 1-5`",
        );
        return None;
    };
    let text = fields.text("cron", findings)?;
    let length = text.chars().count();
    if length > LONGEST_PATTERN {
        let message = format!("must be at most {LONGEST_PATTERN} characters, not {length}");
        findings.refuse_value(fields.at("cron"), given, message);
        return None;
    }
    let recurrence = Recurrence::parse(text, zone);
    if let Err(error) = &recurrence {
        findings.refuse_value(fields.at("cron"), given, error.to_string());
    }
    recurrence.ok()
}

/// What the campaign's field `missed_start` says; a start is made up for where there is none.
pub(super) fn judge_missed_start(campaign: &Fields<'_>, findings: &mut Findings) -> MissedStart {
    let Some(value) = campaign.get("missed_start") else {
        return MissedStart::default();
    };
    let Some(rule) = Fields::open(value, campaign.at("missed_start"), &MISSED_START, findings) else {
        return MissedStart::default();
    };
    let Some(policy) = rule.required_word::<MissedPolicy>("policy", findings) else {
        return MissedStart::default();
    };
    let grace = rule.get("grace_seconds");
    match (policy, grace) {
        (MissedPolicy::RunWithin, None) => {
            let message = format!("is required with run_within: 1 to {LONGEST_GRACE} seconds");
            findings.refuse(rule.at("grace_seconds"), message);
        }
        (MissedPolicy::Run | MissedPolicy::Skip, Some(grace)) => {
            let message = format!(
                "belongs to run_within, not to {}; leave it out, or change missed_start.policy",
                policy.word()
            );
            findings.refuse_value(rule.at("grace_seconds"), grace, message);
        }
        _ => {}
    }
    match policy {
        MissedPolicy::Run => MissedStart::Run,
        MissedPolicy::Skip => MissedStart::Skip,
        MissedPolicy::RunWithin => {
            MissedStart::RunWithin(rule.whole("grace_seconds", 1..=LONGEST_GRACE, 1, findings))
        }
    }
}

/// What somebody should know who says what becomes of a start that nobody can miss, or who names one that has passed.
pub(super) fn warnings(settings: &Settings, now: Timestamp) -> Option<Warning> {
    let warning = |field: &str, message: &str| Warning {
        field: field.to_owned(),
        message: message.to_owned(),
    };
    match &settings.schedule {
        Schedule::Immediate if settings.missed_start != MissedStart::default() => Some(warning(
            "missed_start",
            "means nothing for an immediate campaign: it runs when it is started, so no start can be missed",
        )),
        Schedule::Scheduled { start_at, .. } if *start_at <= now => Some(warning(
            "schedule.start_at",
            "has passed already: calls begin as soon as the campaign is started",
        )),
        _ => None,
    }
}

/// Refuses what means something only for another type of schedule.
fn belongs(schedule: &Fields<'_>, names: &[&str], to: &str, findings: &mut Findings) {
    for name in names {
        if let Some(value) = schedule.get(name) {
            let message = format!("belongs to {to} campaign; leave it out, or change schedule.type");
            findings.refuse_value(schedule.at(name), value, message);
        }
    }
}

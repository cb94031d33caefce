//! When a campaign is asked to begin and to end.

use outdial_domain::settings::Schedule;
use outdial_domain::time::Timestamp;

use super::fields::{Fields, Shape};
use super::findings::Findings;
use super::quoted;

const SCHEDULE: Shape = Shape {
    what: "a schedule",
    known: &["type", "start_at", "end_at", "cron"],
    read_only: &[],
};

/// The schedule that stands in the campaign's field `schedule`; at once where there is none.
pub(super) fn judge(campaign: &Fields<'_>, now: Timestamp, findings: &mut Findings) -> Schedule {
    let Some(value) = campaign.get("schedule") else {
        return Schedule::Immediate;
    };
    let Some(schedule) = Fields::open(value, campaign.at("schedule"), &SCHEDULE, findings) else {
        return Schedule::Immediate;
    };
    match schedule.get("type").map(|kind| (kind, kind.as_str())) {
        Some((_, Some("immediate"))) => {
            belongs(&schedule, &["start_at", "end_at"], "a scheduled", findings);
            belongs(&schedule, &["cron"], "a recurring", findings);
            Schedule::Immediate
        }
        Some((_, Some("scheduled"))) => {
            belongs(&schedule, &["cron"], "a recurring", findings);
            scheduled(&schedule, now, findings)
        }
        Some((kind, Some("recurring"))) => {
            let message = "`recurring` is not supported by this version yet: write immediate or scheduled";
            findings.refuse_value(schedule.at("type"), kind, message);
            Schedule::Immediate
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

/// Refuses what means something only for another type of schedule.
fn belongs(schedule: &Fields<'_>, names: &[&str], to: &str, findings: &mut Findings) {
    for name in names {
        if let Some(value) = schedule.get(name) {
            let message = format!("belongs to {to} campaign; leave it out, or change schedule.type");
            findings.refuse_value(schedule.at(name), value, message);
        }
    }
}

//! The form that changes what a campaign was told to do, also while it runs.
//!
//! It is sent with the version that was shown: what somebody else has changed meanwhile is told, and what was typed is
//! kept beside it.

use std::collections::HashSet;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use chrono_tz::TZ_VARIANTS;
use maud::{Markup, html};

use super::settings::Names;
use super::versions::{self, Change};
use super::{Tab, Whole, framed, typed};
use crate::access::{Area, Role};
use crate::dashboard::api::Campaign;
use crate::dashboard::badge::words;
use crate::dashboard::edited::may_be_sent_again;
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed, choices, id_of};
use crate::dashboard::visit::Visit;
use crate::http::etag;
use crate::spec::RETRIABLE;

const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// Rows that are there to be filled in.
const BLANK_ROWS: usize = 2;

pub(super) async fn page(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    visit.must(Role::Operator, Area::Campaigns, true)?;
    let whole = Whole::read(&visit, &id).await?;
    let form = Form::of(typed::fields(&whole.settings));
    shown(&visit, &whole, whole.campaign.config_version, &form, &[]).await
}

/// Changes the campaign.
pub(super) async fn save(visit: Visit, id: Path<String>, fields: Typed) -> Result<HttpResponse, Failure> {
    visit.must(Role::Operator, Area::Campaigns, true)?;
    let fields = Fields(fields.into_inner());
    let typed = typed::compacted(&fields);
    let whole = Whole::read(&visit, &id).await?;
    let version: u32 = fields.get("config_version").parse().unwrap_or(0);
    let base = versions::one(&visit, &whole, version).await?;
    let Some(base) = base else {
        return Err(Failure::unreadable(
            "the form does not say which version it changes".to_owned(),
        ));
    };
    let before = typed::fields(&base.configuration);
    let change = match typed::change(&typed, &before) {
        Ok(change) => change,
        Err(errors) => {
            let form = Form {
                fields: typed,
                errors,
                ..Form::default()
            };
            return refused(
                shown(&visit, &whole, version, &form, &[]).await?,
                StatusCode::UNPROCESSABLE_ENTITY,
            );
        }
    };
    let tag = etag::of_version(version);
    let path = format!("/campaigns/{id}");
    match visit.api.patch(&path, &change, Some(&tag)).await {
        Ok(answer) => {
            let campaign: Campaign = answer.read()?;
            let told = if campaign.config_version == version {
                "Nothing was changed.".to_owned()
            } else {
                format!("Saved: version {} holds from now on.", campaign.config_version)
            };
            Ok(visit.done(&whole.path("/configuration"), told))
        }
        Err(Failure::Refused(refusal)) if refusal.status == StatusCode::PRECONDITION_FAILED => {
            let whole = Whole::read(&visit, &id).await?;
            let names = Names::read(&visit, whole.campaign.line_id).await?;
            let theirs = versions::changes(&base.configuration, &whole.settings, &names);
            let now = typed::fields(&whole.settings);
            let form = Form::of(typed::rebased(&typed, &before, &now));
            refused(
                shown(&visit, &whole, whole.campaign.config_version, &form, &theirs).await?,
                refusal.status,
            )
        }
        Err(Failure::Refused(refusal)) if may_be_sent_again(&refusal) => {
            let form = Form::refused(typed, &refusal);
            refused(shown(&visit, &whole, version, &form, &[]).await?, refusal.status)
        }
        Err(failure) => Err(failure),
    }
}

fn refused(mut answer: HttpResponse, status: StatusCode) -> Result<HttpResponse, Failure> {
    *answer.status_mut() = status;
    Ok(answer)
}

/// The form that changes a version; `theirs` is what somebody else has changed since it was first shown.
async fn shown(
    visit: &Visit,
    whole: &Whole,
    version: u32,
    form: &Form,
    theirs: &[Change],
) -> Result<HttpResponse, Failure> {
    let names = Names::read(visit, whole.campaign.line_id).await?;
    let body = html! {
        @if !theirs.is_empty() {
            div.flash.note role="alert" id="meanwhile" {
                h2 { "Somebody else changed it meanwhile" }
                (versions::changed(theirs))
                p { "Nothing of yours is saved yet. What you typed is kept below, and stands on what they made of the rest; save again where that is right." }
            }
        }
        form.edit method="post" action=(whole.address("/configuration/edit")) {
            h2 { "Change version " (version) }
            p.hint { "It holds from the moment it is saved: also for contacts that wait. Calls in flight go on as they began." }
            (form.summary())
            input type="hidden" name="config_version" value=(version);
            div.columns {
                (about(form))
                (schedule(whole, form))
                (windows(form))
                (rules(form, &names))
                (pace(form))
                (retries(form))
                (trouble(form))
            }
            div.actions {
                button.primary { "Save" }
                a.button href=(whole.address("/configuration")) { "Leave it as it is" }
            }
        }
        datalist id="zones" { @for zone in TZ_VARIANTS { option value=(zone.name()) {} } }
    };
    Ok(framed(visit, whole, Tab::Configuration, Some("Change"), &body))
}

fn about(form: &Form) -> Markup {
    html! {
        section.sheet {
            h3 { "What it is" }
            (form.input("name", "Name").required().with("maxlength", "200"))
            (form.text("description", "Description", 3))
            (form.input("timezone", "Time zone").required().with("list", "zones").hint("The campaign's own, such as America/New_York."))
        }
    }
}

fn schedule(whole: &Whole, form: &Form) -> Markup {
    let is_draft = whole.campaign.status == "draft";
    let kind = whole.settings.schedule.kind.as_str();
    let kinds = choices(&[
        ("immediate", "at once when it is started"),
        ("scheduled", "at a time"),
        ("recurring", "again and again"),
    ]);
    let policies = choices(&[
        ("run", "make up for it, however late"),
        ("skip", "leave it out"),
        ("run_within", "make up for it within a while"),
    ]);
    if !is_draft && kind == "immediate" {
        // Only a draft can be scheduled; what follows from its start has nothing to choose any more.
        return html! {
            @for name in ["schedule.type", "missed_start.policy", "missed_start.grace_seconds"] {
                input type="hidden" name=(name) value=(form.fields.get(name));
            }
        };
    }
    html! {
        section.sheet {
            h3 { "When it runs" }
            @if is_draft {
                (form.select("schedule.type", "It begins", kinds).required())
            } @else {
                input type="hidden" name="schedule.type" value=(form.fields.get("schedule.type"));
            }
            @if is_draft || kind == "scheduled" {
                (form.input("schedule.start_at", "Start").kind("datetime-local").hint("By the campaign's clock, where it begins at a time."))
            }
            @if is_draft || kind == "recurring" {
                (form.input("schedule.cron", "Pattern").with("spellcheck", "false")
                    .hint("Five fields, where it runs again and again: 0 9 * * 1-5 is nine o'clock on weekdays."))
            }
            (form.input("schedule.end_at", "End").kind("datetime-local").hint("By the campaign's clock: nobody is called from then on."))
            (form.select("missed_start.policy", "A start that was missed", policies).required())
            (form.input("missed_start.grace_seconds", "Within how many seconds").number("1", Some("2678400"), "1"))
        }
    }
}

fn windows(form: &Form) -> Markup {
    let rows = typed::rows(&form.fields, "calling_windows") + BLANK_ROWS;
    html! {
        section.sheet.wide {
            h3 { "Calling windows" }
            div id=(id_of("calling_windows")) {
                @for error in form.errors.iter().filter(|error| error.field == "calling_windows") {
                    p.error { (error.message) }
                }
                (form.tick("calling_windows.any", "yes", "Any hour of the day and night is right (the windows below do not count)"))
                @for row in 0..rows {
                    (window(form, &format!("calling_windows[{row}]"), &format!("Window {}", row + 1)))
                }
                p.hint { "A row that is left empty is none. A window that ends before it begins runs over midnight." }
            }
            (form.select("window_zone", "By whose clock", choices(&[
                ("contact", "the contact's"),
                ("campaign", "the campaign's"),
            ])).required())
            (window(form, "fallback_window", "For contacts without a known zone, by the campaign's clock"))
        }
    }
}

/// A window: its days, and from when to when.
fn window(form: &Form, at: &str, legend: &str) -> Markup {
    let (days, start, end) = (format!("{at}.days"), format!("{at}.start"), format!("{at}.end"));
    let clock = "([01][0-9]|2[0-3]):[0-5][0-9]|24:00";
    html! {
        fieldset.window {
            legend { (legend) }
            @for error in form.errors.iter().filter(|error| error.field.starts_with(&days) || error.field == at) {
                p.error { (error.message) }
            }
            div.days { @for day in DAYS { (form.tick(&days, day, &capital(day))) } }
            div.inline {
                (form.input(&start, "From").with("pattern", clock).with("placeholder", "09:00").with("inputmode", "numeric"))
                (form.input(&end, "To").with("pattern", clock).with("placeholder", "17:00").with("inputmode", "numeric"))
            }
        }
    }
}

fn rules(form: &Form, names: &Names) -> Markup {
    let named = |all: &[crate::dashboard::api::Named]| -> Vec<(String, String)> {
        all.iter()
            .map(|each| (each.id.to_string(), each.name.clone()))
            .collect()
    };
    let laws: Vec<(String, String)> = names
        .laws
        .iter()
        .map(|law| (law.id.clone(), law.name.clone()))
        .collect();
    let caps = typed::rows(&form.fields, "contact_caps") + BLANK_ROWS;
    html! {
        section.sheet {
            h3 { "Rules" }
            (chosen(form, "holiday_calendar_ids", "Holidays of", "Nobody is called on their days.", &named(&names.calendars)))
            (chosen(form, "suppression_list_ids", "Do-not-call lists", "Besides the organization's own, which always counts.", &named(&names.lists)))
            (chosen(form, "law_presets", "Laws", "A few figures of each; no legal advice.", &laws))
            fieldset id=(id_of("contact_caps")) {
                legend { "How often a number may be tried" }
                p.hint { "By all campaigns of the organization together. A row that is left empty is none." }
                @for row in 0..caps {
                    div.inline {
                        (form.input(&format!("contact_caps[{row}].max_attempts"), "At most").number("1", Some("100"), "1"))
                        (form.input(&format!("contact_caps[{row}].per_hours"), "times in so many hours").number("1", Some("744"), "1"))
                    }
                }
            }
        }
    }
}

/// Boxes for what can be chosen, and for what was chosen and cannot be any more.
fn chosen(form: &Form, name: &str, legend: &str, hint: &str, of: &[(String, String)]) -> Markup {
    let mut all = of.to_vec();
    let mut known: HashSet<&str> = of.iter().map(|(known, _)| known.as_str()).collect();
    for value in form.fields.all(name).filter(|value| known.insert(value)) {
        all.push((value.to_owned(), value.to_owned()));
    }
    html! { @if !all.is_empty() { (form.ticks(name, legend, Some(hint), &all)) } }
}

fn pace(form: &Form) -> Markup {
    html! {
        section.sheet {
            h3 { "Pace" }
            (form.input("pacing.per_minute", "Calls a minute").number("1", Some("60000"), "1").required())
            (form.input("pacing.max_concurrent", "Calls at once").number("1", Some("10000"), "1").required())
            (form.input("pacing.delay_seconds", "Seconds from start to start").number("0", Some("86400"), "1").required()
                .hint("At least; 0 where the pace alone decides."))
        }
    }
}

fn retries(form: &Form) -> Markup {
    let outcomes: Vec<(String, String)> = RETRIABLE
        .iter()
        .map(|outcome| (outcome.name().to_owned(), words(outcome.name())))
        .collect();
    html! {
        section.sheet {
            h3 { "Retries" }
            (form.input("retry.max_retries", "Retries").number("0", Some("100"), "1").required()
                .hint("3 means at most 4 attempts."))
            (form.input("retry.backoff_seconds", "Wait before each").hint("Such as 1 h, 4 h, 1 d; the last one repeats."))
            (form.ticks("retry.outcomes", "After", None, &outcomes))
        }
    }
}

fn trouble(form: &Form) -> Markup {
    let then = choices(&[("lost", "it is lost"), ("retry", "it may be tried again")]);
    html! {
        section.sheet {
            h3 { "When something is wrong" }
            (form.input("circuit_breaker.failure_rate", "Pause by itself at this share of failures").number("0.001", Some("1"), "any")
                .hint("0.5 is half of the attempts; empty: never."))
            (form.input("circuit_breaker.min_attempts", "Of at least so many attempts").number("1", Some("10000"), "1"))
            (form.input("circuit_breaker.window_seconds", "Within so many seconds").number("10", Some("3600"), "1"))
            (form.input("unknown.wait_seconds", "Seconds to wait for news of a call").number("0", Some("86400"), "1").required())
            (form.select("unknown.then", "Where the carrier does not know it either", then).required())
            (form.input("watchdog_seconds", "Seconds until a silent call is asked after").number("1", Some("86400"), "1").required())
        }
    }
}

fn capital(day: &str) -> String {
    let mut letters = day.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().chain(letters).collect())
        .unwrap_or_default()
}

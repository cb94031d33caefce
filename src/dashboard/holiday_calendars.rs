//! Holiday calendars: all of them, and one as a year.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, Path, Query, ServiceConfig};
use chrono::{Datelike, NaiveDate};
use maud::{Markup, html};
use serde::Deserialize;
use uuid::Uuid;

use super::api::{List, Named};
use super::badge::badge;
use super::failure::Failure;
use super::numbers::counted;
use super::page::{Page, Part};
use super::pager::{pager, query};
use super::visit::Visit;
use super::{BASE, id_named, resource};
use crate::access::{Area, Role};

mod dates;
mod form;
mod year;

use dates::{Day, Holiday};

/// Campaigns of a status that are looked through for those that keep a calendar.
const LOOKED_THROUGH: usize = 100;

pub(super) fn routes(config: &mut ServiceConfig) {
    let one = format!("/holiday-calendars/{}", id_named("id"));
    config
        .service(resource(
            "/holiday-calendars",
            [(Method::GET, web::get().to(list))],
        ))
        .service(resource(
            "/holiday-calendars/new",
            [
                (Method::GET, web::get().to(form::ask)),
                (Method::POST, web::post().to(form::create)),
            ],
        ))
        .service(resource(&one, [(Method::GET, web::get().to(show))]))
        .service(resource(
            &format!("{one}/edit"),
            [
                (Method::GET, web::get().to(form::edit)),
                (Method::POST, web::post().to(form::change)),
            ],
        ))
        .service(resource(
            &format!("{one}/delete"),
            [(Method::POST, web::post().to(delete))],
        ));
}

/// A holiday calendar.
#[derive(Debug, Clone, Deserialize)]
struct Calendar {
    id: Uuid,
    name: String,
    description: String,
    dates: Vec<Holiday>,
}

impl Calendar {
    fn path(&self) -> String {
        format!("/holiday-calendars/{}", self.id)
    }
}

fn may_change(visit: &Visit) -> bool {
    visit.may(Role::Admin, Area::HolidayCalendars, true)
}

fn today(visit: &Visit) -> NaiveDate {
    visit.now().0.with_timezone(&visit.zone).date_naive()
}

fn page(visit: &Visit, title: &str, body: Markup) -> HttpResponse {
    visit.page(&Page {
        title,
        part: Part::Calendars,
        events: None,
        body,
    })
}

#[derive(Deserialize)]
struct Shown {
    cursor: Option<String>,
}

async fn list(visit: Visit, shown: Query<Shown>) -> Result<HttpResponse, Failure> {
    let cursor = shown.cursor.as_deref();
    let asked = query(&[("limit", "50"), ("cursor", cursor.unwrap_or_default())]);
    let calendars: List<Calendar> = visit.api.get(&format!("/holiday-calendars{asked}")).await?;
    let today = today(&visit);
    let body = html! {
        div.heading {
            h1 { "Calendars" }
            @if may_change(&visit) {
                a.button.primary href={ (BASE) "/holiday-calendars/new" } { "New calendar" }
            }
        }
        p.lead {
            "Days on which nobody is called: a campaign that keeps a calendar rests on its days, each from its first \
             minute to its last where the contact is."
        }
        @if calendars.items.is_empty() && cursor.is_none() {
            div.sheet {
                p { "There is no calendar yet." }
                @if may_change(&visit) {
                    p { "Create one with the public holidays of where you call, and name it when you create a campaign." }
                } @else { p { "Somebody with the role admin creates them." } }
            }
        } @else {
            div.table tabindex="0" role="region" aria-label="Calendars" {
                table {
                    thead { tr { th scope="col" { "Calendar" } th scope="col" { "Next" } th.number scope="col" { "Days" }
                        th scope="col" { "What it is for" } } }
                    tbody {
                        @for calendar in &calendars.items {
                            tr id={ "calendar-" (calendar.id) } {
                                th.name scope="row" { a href={ (BASE) (calendar.path()) } { (calendar.name) } }
                                td {
                                    @match dates::coming(&calendar.dates, today).next() {
                                        Some(Day { date, name, .. }) => { (dates::shown(date)) ", " (name) }
                                        None => { "no day to come" }
                                    }
                                }
                                td.number { (calendar.dates.len()) }
                                td.text { (calendar.description) }
                            }
                        }
                    }
                }
            }
            (pager(&format!("{BASE}/holiday-calendars"), &[], cursor, calendars.next_cursor.as_deref()))
        }
    };
    Ok(page(&visit, "Calendars", body))
}

#[derive(Deserialize)]
struct InYear {
    year: Option<i32>,
}

async fn show(visit: Visit, id: Path<String>, asked: Query<InYear>) -> Result<HttpResponse, Failure> {
    let calendar: Calendar = visit.api.get(&format!("/holiday-calendars/{id}")).await?;
    let today = today(&visit);
    let year = asked.year.unwrap_or(today.year()).clamp(1970, 9999);
    let keepers = keepers(&visit, calendar.id).await?;
    let days = dates::of_year(&calendar.dates, year);
    let body = html! {
        p.crumbs { a href={ (BASE) "/holiday-calendars" } { "Calendars" } }
        (heading(&visit, &calendar))
        section aria-labelledby="year" {
            div.heading {
                h2 id="year" { (year) }
                nav.actions aria-label="Years" {
                    @if year > 1970 { a.button.quiet href={ "?year=" (year - 1) } rel="prev" { "‹ " (year - 1) } }
                    @if year != today.year() { a.button.quiet href={ "?year=" (today.year()) } { "This year" } }
                    @if year < 9999 { a.button.quiet href={ "?year=" (year + 1) } rel="next" { (year + 1) " ›" } }
                }
            }
            @if calendar.dates.is_empty() {
                div.sheet {
                    p { "No day is named yet, so campaigns that keep this calendar rest on none." }
                    @if may_change(&visit) { a.button href={ (BASE) (calendar.path()) "/edit" } { "Add days" } }
                }
            } @else {
                (year::drawn(year, &days, today))
                (table(year, &days, today))
            }
        }
        (kept_by(&keepers))
    };
    Ok(page(&visit, &calendar.name, body))
}

fn heading(visit: &Visit, calendar: &Calendar) -> Markup {
    html! {
        div.heading {
            h1 { (calendar.name) }
            @if may_change(visit) {
                div.actions {
                    a.button.quiet href={ (BASE) (calendar.path()) "/edit" } { "Edit" }
                    form method="post" action={ (BASE) (calendar.path()) "/delete" } {
                        button.quiet.danger id="delete" data-ask={ "Delete the calendar “" (calendar.name) "”?" } { "Delete" }
                    }
                }
            }
        }
        @if !calendar.description.is_empty() { p.lead { (calendar.description) } }
    }
}

fn table(year: i32, days: &[Day<'_>], today: NaiveDate) -> Markup {
    html! {
        @if days.is_empty() { p { "No day of " (year) " is in this calendar." } }
        @else {
            div.table tabindex="0" role="region" aria-label={ "Days of " (year) } {
                table {
                    caption { (counted(days.len() as u64, "day", "days")) " in " (year) }
                    thead { tr { th scope="col" { "Day" } th scope="col" { "Name" } th scope="col" { "How often" }
                        th scope="col" { span.hidden { "Passed" } } } }
                    tbody {
                        @for day in days {
                            tr {
                                th.day scope="row" { time datetime=(day.date) { (dates::shown(day.date)) } }
                                td.text { (day.name) }
                                td { @if day.yearly { "every year" } @else { "once" } }
                                td {
                                    @if day.date == today { span.badge.live { "today" } }
                                    @else if day.date < today { span.badge { "passed" } }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A campaign, as far as it is asked which calendars it keeps.
#[derive(Debug, Deserialize)]
struct Keeper {
    #[serde(flatten)]
    campaign: Named,
    status: String,
    holiday_calendar_ids: Vec<Uuid>,
}

/// Campaigns that keep a calendar and have not ended.
struct Keepers {
    campaigns: Vec<Keeper>,
    /// Whether there are more campaigns than were looked through.
    has_more: bool,
}

async fn keepers(visit: &Visit, id: Uuid) -> Result<Keepers, Failure> {
    let mut found = Keepers {
        campaigns: Vec::new(),
        has_more: false,
    };
    for status in ["running", "scheduled", "paused", "draft"] {
        let path = format!("/campaigns?status={status}&limit={LOOKED_THROUGH}");
        // Somebody may be let at calendars, and at no campaign.
        let Some(list) = visit.api.get_if_there::<List<Keeper>>(&path).await? else {
            break;
        };
        found.has_more |= list.next_cursor.is_some();
        let keeps = |keeper: &Keeper| keeper.holiday_calendar_ids.contains(&id);
        found.campaigns.extend(list.items.into_iter().filter(keeps));
    }
    Ok(found)
}

fn kept_by(keepers: &Keepers) -> Markup {
    html! {
        section.sheet aria-labelledby="kept-by" {
            h2 id="kept-by" { "Kept by" }
            @if keepers.campaigns.is_empty() {
                p { "No campaign that is to run or runs keeps this calendar." }
            } @else {
                ul {
                    @for keeper in &keepers.campaigns {
                        li {
                            a href={ (BASE) "/campaigns/" (keeper.campaign.id) } { (keeper.campaign.name) } " "
                            (badge(&keeper.status))
                        }
                    }
                }
            }
            @if keepers.has_more {
                p.hint { "Only the newest " (LOOKED_THROUGH) " campaigns of each status were looked through." }
            }
        }
    }
}

async fn delete(visit: Visit, id: Path<String>) -> Result<HttpResponse, Failure> {
    let own = format!("/holiday-calendars/{id}");
    match visit.api.delete(&own).await {
        Ok(_) => Ok(visit.done("/holiday-calendars", "The calendar is deleted.")),
        Err(Failure::Refused(refusal)) => Ok(visit.refused_here(&own, &refusal)),
        Err(failure) => Err(failure),
    }
}

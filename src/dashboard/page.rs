//! What every page has: its head, the way to the others, and what was done just before.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::web::Bytes;
use maud::{DOCTYPE, Markup, html};

use super::flash::Flash;
use super::visit::Visit;
use super::{BASE, assets};
use crate::access::{Area, Role};

const HTML: &str = "text/html; charset=utf-8";

/// The parts of the dashboard, as its navigation names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Campaigns,
    Voices,
    DoNotCall,
    Calendars,
    Lines,
    People,
    Audit,
    System,
}

impl Part {
    const ALL: [Self; 8] = [
        Self::Campaigns,
        Self::Voices,
        Self::DoNotCall,
        Self::Calendars,
        Self::Lines,
        Self::People,
        Self::Audit,
        Self::System,
    ];

    /// Its name and where it stands below the base.
    fn link(self) -> (&'static str, &'static str) {
        match self {
            Self::Campaigns => ("Campaigns", "/campaigns"),
            Self::Voices => ("Voice profiles", "/voice-profiles"),
            Self::DoNotCall => ("Do not call", "/suppression-lists"),
            Self::Calendars => ("Calendars", "/holiday-calendars"),
            Self::Lines => ("Lines", "/lines"),
            Self::People => ("Keys and members", "/access"),
            Self::Audit => ("Audit log", "/audit-log"),
            Self::System => ("System", "/system"),
        }
    }

    /// Whether somebody may look at it.
    fn is_for(self, visit: &Visit) -> bool {
        let may = |role, area| visit.may(role, area, false);
        match self {
            Self::Campaigns => may(Role::Viewer, Area::Campaigns),
            Self::Voices => may(Role::Viewer, Area::VoiceProfiles),
            Self::DoNotCall => may(Role::Viewer, Area::SuppressionLists),
            Self::Calendars => may(Role::Viewer, Area::HolidayCalendars),
            Self::Lines => may(Role::Viewer, Area::Lines),
            Self::People => may(Role::Admin, Area::Members) || may(Role::Admin, Area::ApiKeys),
            Self::Audit => may(Role::Admin, Area::AuditLog),
            Self::System => visit.caller.is_super_admin,
        }
    }
}

/// A page.
pub(super) struct Page<'a> {
    pub(super) title: &'a str,
    pub(super) part: Part,
    /// The events that make it out of date: a path of the API.
    pub(super) events: Option<&'a str>,
    pub(super) body: Markup,
}

/// A page for whoever is signed in.
pub(super) fn whole(visit: &Visit, page: &Page<'_>) -> HttpResponse {
    let flash = visit.flash.as_ref();
    // What happens from now on, and nothing twice.
    let events = page
        .events
        .map(|path| format!("{path}?last_event_id={}", visit.seen));
    let shown = html! {
        // Whoever only looks for what is new has the head already, and may be given what was written for another.
        @if !visit.is_live { (head(visit, page.part)) }
        main id="main" tabindex="-1" {
            div id="flash" data-live="" tabindex="-1" { @if let Some(flash) = flash { (flash.shown()) } }
            (page.body)
        }
    };
    let mut answer = HttpResponse::Ok();
    if flash.is_some() {
        answer.append_header((header::SET_COOKIE, Flash::told()));
    }
    answer
        .content_type(HTML)
        .body(document(page.title, events.as_deref(), &shown).0)
}

/// A page that was written before.
pub(super) fn of_bytes(written: Bytes) -> HttpResponse {
    HttpResponse::Ok().content_type(HTML).body(written)
}

fn head(visit: &Visit, part: Part) -> Markup {
    html! {
        header.top {
            a.brand href=(BASE) { "outdial" }
            details.menu id="menu" {
                summary { "Menu" }
                nav aria-label="Main" {
                    @for each in Part::ALL.into_iter().filter(|each| each.is_for(visit)) {
                        @let (name, path) = each.link();
                        a href={ (BASE) (path) } aria-current=[(each == part).then_some("page")] { (name) }
                    }
                    a href="/docs" { "API" }
                }
            }
            div.who {
                span title={ "Role: " (visit.me.role) } { (visit.me.name) " · " (visit.me.organization) }
                form method="post" action={ (BASE) "/sign-out" } { button.quiet { "Sign out" } }
            }
        }
        p.connection id="connection" role="status" hidden { "The connection is lost; trying again …" }
    }
}

/// A page that stands alone: for whoever is not signed in, or for what cannot be shown.
pub(super) fn bare(status: StatusCode, title: &str, body: &Markup) -> HttpResponse {
    let shown = html! {
        main.alone id="main" { p.brand { "outdial" } (body) }
    };
    HttpResponse::build(status)
        .content_type(HTML)
        .body(document(title, None, &shown).0)
}

fn document(title: &str, events: Option<&str>, shown: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · outdial" }
                link rel="icon" type="image/svg+xml" href=(assets::ICON);
                link rel="stylesheet" href=(assets::STYLE);
                script type="module" src=(assets::SCRIPT) {}
            }
            body data-events=[events] {
                a.skip href="#main" { "Skip to the content" }
                (shown)
            }
        }
    }
}

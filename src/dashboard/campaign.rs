//! A campaign: how it stands, whom it calls, what was tried, what it was told to do, and what happened.
//!
//! Every page of it reads a bounded part of what there is: the campaign with its figures, and one page of a list. So it
//! costs the same with a thousand contacts and with a million.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use maud::{Markup, html};
use serde::Deserialize;

use super::api::Campaign;
use super::badge::badge;
use super::failure::Failure;
use super::form::Limit;
use super::page::{Page, Part};
use super::visit::Visit;
use super::{BASE, belongs_above, id_named};

mod adding;
mod attempt;
mod attempts;
mod calls;
mod configuration;
mod contact;
mod contacts;
mod edit;
mod events;
mod figures;
mod ledger;
mod line;
mod moves;
mod overview;
mod result;
mod runs;
mod settings;
mod timeline;
mod trend;
mod typed;
mod versions;
mod waiting;

use settings::{Settings, Voice};

/// How attempts end, in the order in which that is drawn and listed: the good ones first.
const OUTCOMES: [&str; 8] = [
    "completed",
    "machine",
    "no-answer",
    "busy",
    "failed",
    "refused",
    "canceled",
    "lost",
];

pub(super) fn routes(config: &mut ServiceConfig) {
    // What is no id is another page's name, such as that which makes a campaign.
    let campaign = format!("/campaigns/{}", id_named("id"));
    let mut at = |path: &str, routes: Vec<(Method, actix_web::Route)>| {
        let all = routes.into_iter().map(|(_, route)| route);
        let resource = web::resource(format!("{campaign}{path}"));
        let resource = match path {
            "/contacts/pasted" => resource.app_data(Limit::LIST),
            _ => resource,
        };
        config.service(all.fold(resource, actix_web::Resource::route));
    };
    let get = |route: actix_web::Route| vec![(Method::GET, route)];
    let post = |route: actix_web::Route| vec![(Method::POST, route)];
    at("", get(web::get().to(overview::page)));
    at("/contacts", get(web::get().to(contacts::page)));
    at(
        "/contacts/file",
        vec![
            (Method::GET, web::get().to(belongs_above)),
            (Method::POST, web::post().to(adding::file)),
        ],
    );
    at(
        "/contacts/pasted",
        vec![
            (Method::GET, web::get().to(belongs_above)),
            (Method::POST, web::post().to(adding::pasted)),
        ],
    );
    let import = id_named("import");
    at(
        &format!("/imports/{import}/cancel"),
        post(web::post().to(adding::cancel)),
    );
    let contact = format!("/contacts/{}", id_named("contact"));
    at(&contact, get(web::get().to(contact::page)));
    at(
        &format!("{contact}/{{command:skip|requeue}}"),
        post(web::post().to(contact::command)),
    );
    at("/attempts", get(web::get().to(attempts::page)));
    let attempt = format!("/attempts/{}", id_named("attempt"));
    at(&attempt, get(web::get().to(attempt::page)));
    at(
        &format!("{attempt}/result"),
        vec![
            (Method::GET, web::get().to(belongs_above)),
            (Method::POST, web::post().to(attempt::tell)),
        ],
    );
    at("/configuration", get(web::get().to(configuration::page)));
    at(
        "/configuration/edit",
        vec![
            (Method::GET, web::get().to(edit::page)),
            (Method::POST, web::post().to(edit::save)),
        ],
    );
    at("/events", get(web::get().to(events::page)));
}

/// A campaign with all that is said of it in one answer.
struct Whole {
    campaign: Campaign,
    settings: Settings,
    voice: Option<Voice>,
    runs: runs::Runs,
}

#[derive(Deserialize)]
struct Spoken {
    voice_profile_snapshot: Option<Voice>,
}

impl Whole {
    async fn read(visit: &Visit, id: &str) -> Result<Self, Failure> {
        let path = format!("/campaigns/{id}");
        let answer = visit.api.ask(Method::GET, &path, &[], None).await?;
        Ok(Self {
            campaign: answer.read()?,
            settings: answer.read()?,
            voice: answer.read::<Spoken>()?.voice_profile_snapshot,
            runs: answer.read()?,
        })
    }

    /// The page at a path below the campaign's own.
    fn address(&self, below: &str) -> String {
        format!("{BASE}/campaigns/{}{below}", self.campaign.id)
    }

    /// The same, below the dashboard's base.
    fn path(&self, below: &str) -> String {
        format!("/campaigns/{}{below}", self.campaign.id)
    }

    /// Whether nothing will be started any more.
    fn has_ended(&self) -> bool {
        ["completed", "failed", "canceled", "archived"].contains(&self.campaign.status.as_str())
    }
}

/// The pages of a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Overview,
    Contacts,
    Attempts,
    Configuration,
    Events,
}

impl Tab {
    const ALL: [Self; 5] = [
        Self::Overview,
        Self::Contacts,
        Self::Attempts,
        Self::Configuration,
        Self::Events,
    ];

    /// Its name, and where it stands below the campaign.
    fn link(self) -> (&'static str, &'static str) {
        match self {
            Self::Overview => ("Overview", ""),
            Self::Contacts => ("Contacts", "/contacts"),
            Self::Attempts => ("Attempts", "/attempts"),
            Self::Configuration => ("Configuration", "/configuration"),
            Self::Events => ("Events", "/events"),
        }
    }
}

/// A page of the campaign, under its name and its tabs.
fn framed(visit: &Visit, whole: &Whole, tab: Tab, title: Option<&str>, body: &Markup) -> HttpResponse {
    let campaign = &whole.campaign;
    let title = match (title, tab) {
        (Some(title), _) => format!("{title} · {}", campaign.name),
        (None, Tab::Overview) => campaign.name.clone(),
        (None, tab) => format!("{} · {}", tab.link().0, campaign.name),
    };
    let events = format!("/api/v1/campaigns/{}/events", campaign.id);
    let body = html! {
        nav.crumbs aria-label="Where this is" { a href={ (BASE) "/campaigns" } { "Campaigns" } }
        div.heading.campaign id="heading" data-live="" {
            h1 { (campaign.name) " " (badge(&campaign.status)) }
            @if visit.may_run() { (moves::main(visit, campaign)) }
        }
        @if let Some(reason) = &campaign.status_reason {
            p.reason id="reason" data-live="" { (reason) }
        } @else {
            p.reason id="reason" data-live="" hidden {}
        }
        nav.tabs aria-label="This campaign" {
            @for each in Tab::ALL {
                @let (name, below) = each.link();
                a href=(whole.address(below)) aria-current=[(each == tab).then_some("page")] { (name) }
            }
        }
        (body)
    };
    visit.page(&Page {
        title: &title,
        part: Part::Campaigns,
        events: Some(&events),
        body,
    })
}

/// A definition, where there is something to tell.
fn pair(name: &str, value: Option<Markup>) -> Markup {
    html! { @if let Some(value) = value { dt { (name) } dd { (value) } } }
}

/// The same of text.
fn text_pair(name: &str, value: Option<&str>) -> Markup {
    let value = value.filter(|value| !value.is_empty());
    pair(name, value.map(|value| html! { (value) }))
}

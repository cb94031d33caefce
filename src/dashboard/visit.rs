//! Somebody who is signed in and looks at a page.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderMap};
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono_tz::Tz;

use super::BASE;
use super::client::{Api, Client};
use super::failure::{Failure, Refusal, sentence};
use super::flash::Flash;
use super::page::{self, Page};
use super::shared::Shared;
use super::when::{Instant, zone_of_viewer};
use crate::access::{Area, Caller, Credential, Needs, Role, Scope};
use crate::http::caller::{credential_of, is_same_origin};
use crate::orchestrator::Orchestrator;

/// The header of a request by which a page that is open looks for what is new.
const LIVE: &str = "x-outdial-live";

/// What whoever is signed in, and their organization, are called.
pub(super) struct Me {
    pub(super) organization: String,
    pub(super) role: &'static str,
    pub(super) name: String,
}

/// Somebody who is signed in, and what they asked for.
pub(super) struct Visit {
    /// The API, with their rights.
    pub(super) api: Api,
    /// What they may do.
    pub(super) caller: Caller,
    /// What they and their organization are called.
    pub(super) me: Me,
    /// The zone in which they read times.
    pub(super) zone: Tz,
    /// The event up to which whatever is shown is at least as new.
    pub(super) seen: u64,
    /// Whether the page is open already, and is fetched to see what is new.
    pub(super) is_live: bool,
    /// What was done just before.
    pub(super) flash: Option<Flash>,
    /// The address of the page, query included.
    pub(super) address: String,
    outdial: Orchestrator,
    /// The page from which they came, where it is one of these.
    came_from: Option<String>,
}

impl FromRequest for Visit {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Self::begin(&request).await })
    }
}

impl Visit {
    async fn begin(request: &HttpRequest) -> Result<Self, Failure> {
        let client = request.app_data::<Client>();
        let client = client.ok_or_else(|| Failure::broken("the dashboard is not mounted"))?;
        let outdial = client.outdial();
        let signed_out = || Failure::SignedOut {
            next: if request.method().is_safe() {
                Some(request.uri().to_string())
            } else {
                came_from(request.headers()).map(|path| format!("{BASE}{path}"))
            },
            is_undone: !request.method().is_safe(),
        };
        let Some(credential @ Credential::Session(_)) = credential_of(request) else {
            return Err(signed_out());
        };
        let caller = outdial.admitted(&credential)?.ok_or_else(signed_out)?;
        if !request.method().is_safe() {
            must_be_from_here(request, outdial)?;
        }
        let api = Api::of(client, request);
        let me = Me {
            organization: outdial.organization(caller.org)?.name,
            role: caller.role.name(),
            name: caller.name.clone(),
        };
        let seen = *outdial
            .inner
            .log
            .watch(caller.org)
            .map_err(crate::error::Error::from)?
            .borrow();
        let is_live = request.headers().contains_key(LIVE);
        Ok(Self {
            api,
            caller,
            me,
            zone: zone_of_viewer(request.headers()),
            // A page that is fetched only to see what is new must not take the news from the one that is waited for.
            flash: Flash::of(request.headers()).filter(|_| !is_live),
            is_live,
            seen,
            address: request.uri().to_string(),
            outdial: outdial.clone(),
            came_from: came_from(request.headers()),
        })
    }

    pub(super) fn pages(&self) -> &Shared {
        &self.api.client().pages
    }

    pub(super) fn outdial(&self) -> &Orchestrator {
        &self.outdial
    }

    /// The time now, by outdial's clock.
    pub(super) fn now(&self) -> Instant {
        Instant::of(self.outdial.now())
    }

    /// Whether they may look at (or, with `write`, change) things of an area, given at least this role.
    pub(super) fn may(&self, role: Role, area: Area, write: bool) -> bool {
        self.caller.may(Needs::Role(role, Scope { area, write })).is_ok()
    }

    /// Whether they may run campaigns: start, pause, skip, import and the like.
    pub(super) fn may_run(&self) -> bool {
        self.may(Role::Operator, Area::Campaigns, true)
    }

    /// Refuses whoever may not, before a page is shown that would only end in a refusal.
    pub(super) fn must(&self, role: Role, area: Area, write: bool) -> Result<(), Failure> {
        let needs = Needs::Role(role, Scope { area, write });
        self.caller.may(needs).map_err(|why| {
            Failure::forbidden(why.replace("this API key", "the API key with which you signed in"))
        })
    }

    /// Shows a page.
    pub(super) fn page(&self, page: &Page<'_>) -> HttpResponse {
        page::whole(self, page)
    }

    /// Leads on to another page below the dashboard's base, which tells what was done.
    pub(super) fn done(&self, path: &str, what: impl Into<String>) -> HttpResponse {
        leads_to(path, Some(&Flash::Done(what.into())))
    }

    /// Leads on to another page below the dashboard's base, which tells why nothing was done.
    pub(super) fn refused(&self, path: &str, refusal: &Refusal) -> HttpResponse {
        leads_to(path, Some(&Flash::Refused(told(refusal))))
    }

    /// Leads on to another page below the dashboard's base.
    pub(super) fn goes_to(&self, path: &str) -> HttpResponse {
        leads_to(path, None)
    }

    /// Leads back to the page from which they came, or to another below the base, which tells what was done.
    pub(super) fn done_here(&self, otherwise: &str, what: impl Into<String>) -> HttpResponse {
        self.done(self.came_from.as_deref().unwrap_or(otherwise), what)
    }

    /// Leads back to the page from which they came, or to another below the base, which tells why nothing was done.
    pub(super) fn refused_here(&self, otherwise: &str, refusal: &Refusal) -> HttpResponse {
        let path = self.came_from.as_deref().unwrap_or(otherwise);
        leads_to(path, Some(&Flash::Refused(told(refusal))))
    }
}

/// A refusal in a sentence or two.
pub(super) fn told(refusal: &Refusal) -> String {
    match refusal.errors.as_slice() {
        [] => sentence(&refusal.detail),
        errors => {
            let all: Vec<String> = errors
                .iter()
                .map(|error| format!("{}: {}", error.field, error.message))
                .collect();
            sentence(&all.join("; "))
        }
    }
}

fn leads_to(path: &str, flash: Option<&Flash>) -> HttpResponse {
    let mut answer = HttpResponse::SeeOther();
    answer.insert_header((header::LOCATION, format!("{BASE}{path}")));
    if let Some(flash) = flash {
        answer.append_header((header::SET_COOKIE, flash.cookie()));
    }
    answer.finish()
}

/// What a form asks for must come from a page of this origin: a browser sends the cookie also where another site had
/// the form sent.
pub(super) fn must_be_from_here(request: &HttpRequest, outdial: &Orchestrator) -> Result<(), Failure> {
    if is_same_origin(request.headers(), &outdial.inner.public_url) {
        return Ok(());
    }
    Err(Failure::forbidden(
        "this form was not sent from a page of this dashboard, so nothing was done; go back and send it again",
    ))
}

/// The page below the base from which a browser came. What another site says of it is only an address of this one.
fn came_from(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let (_, behind) = referer.split_once("://")?;
    let path = &behind[behind.find('/')?..];
    let below = path.strip_prefix(BASE)?;
    (below.is_empty() || below.starts_with(['/', '?'])).then(|| below.to_owned())
}

//! The dashboard: what people look at who run campaigns.
//!
//! Pages are written here, on the server, from what the API answers: the dashboard is a client of the API, in the same
//! process, with the rights of whoever is signed in. So it shows nothing that they may not see, changes nothing in
//! another way, and what it does stands in the audit log. A page is whole without script; a small module
//! (`assets/app.js`) listens for events, fetches the page again and puts in what is new.
//!
//! What people typed or uploaded is text wherever it is shown: templates escape it (`maud`), and the
//! Content-Security-Policy lets no page run a script, or load anything, that outdial did not bring.

use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName};
use actix_web::middleware::DefaultHeaders;
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::http;
use crate::orchestrator::Orchestrator;

mod access;
mod api;
mod assets;
mod audit_log;
mod badge;
mod campaign;
mod campaigns;
mod chart;
mod client;
mod demo;
mod edited;
mod failure;
mod flash;
mod form;
mod holiday_calendars;
mod lines;
mod local_time;
mod numbers;
mod once;
mod page;
mod pager;
mod shared;
mod sign_in;
mod suppression_lists;
mod system;
mod visit;
mod voice_profiles;
mod week;
mod when;
mod wizard;

use failure::Failure;
use visit::Visit;
pub(crate) use wizard::{Looks, remove_lists_of_nobody};

/// Where it stands.
const BASE: &str = "/dashboard";

/// A page may load what outdial brings, and nothing else; no script and no style stands in a page itself.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                      connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// The pages, to be mounted at the root. Each worker has a client of the API of its own.
pub(crate) fn routes(outdial: &Orchestrator) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
    let outdial = outdial.clone();
    move |config: &mut ServiceConfig| {
        let scope = web::scope(BASE)
            .wrap(
                DefaultHeaders::new()
                    .add((header::CONTENT_SECURITY_POLICY, POLICY))
                    .add((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
                    // Not `no-referrer`: with that a browser hides the origin of a form that is sent.
                    .add((header::REFERRER_POLICY, "same-origin"))
                    .add((
                        HeaderName::from_static("cross-origin-opener-policy"),
                        "same-origin",
                    ))
                    .add((header::CACHE_CONTROL, "no-store")),
            )
            .app_data(client::Client::new(&outdial))
            .configure(assets::routes)
            .configure(sign_in::routes)
            // Before the pages of one campaign, whose address could be mistaken for that of a new one.
            .configure(wizard::routes)
            .configure(campaigns::routes)
            .configure(campaign::routes)
            .configure(suppression_lists::routes)
            .configure(holiday_calendars::routes)
            .configure(voice_profiles::routes)
            .configure(lines::routes)
            .configure(access::routes)
            .configure(audit_log::routes)
            .configure(system::routes)
            .configure(demo::routes)
            .default_service(web::to(no_such_page));
        config.service(http::resource("/", [(Method::GET, web::get().to(to_dashboard))]));
        config.service(scope);
    }
}

/// A resource with its methods, like those of the API.
fn resource<const N: usize>(path: &str, routes: [(Method, actix_web::Route); N]) -> actix_web::Resource {
    let routes = routes.into_iter().map(|(_, route)| route);
    let resource = routes.fold(web::resource(path), actix_web::Resource::route);
    resource.default_service(web::to(no_such_way))
}

/// An id in the pattern of an address. What is none must match no page: it would become part of an address of the API.
fn id_named(name: &str) -> String {
    format!("{{{name}:[0-9a-fA-F-]{{36}}}}")
}

/// Where a form is sent that is part of the page one address above, and shown again here where it is refused. Whoever
/// comes back to look is led to that page.
async fn belongs_above(visit: Visit, request: HttpRequest) -> HttpResponse {
    visit.goes_to(above(request.path()))
}

/// The address of that page, below the base.
fn above(path: &str) -> &str {
    let below = path.strip_prefix(BASE).unwrap_or_default();
    below.rsplit_once('/').map_or("", |(above, _)| above)
}

async fn to_dashboard() -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, BASE))
        .finish()
}

/// Pages are looked at and forms are sent; an address is for the one or the other.
async fn no_such_way(_visit: Visit, request: HttpRequest) -> Failure {
    Failure::no_such_way(request.path())
}

async fn no_such_page(_visit: Visit, request: HttpRequest) -> Failure {
    Failure::no_such_page(request.path())
}

#[cfg(test)]
mod tests {
    use actix_web::dev::ResourceDef;

    use super::*;

    #[test]
    fn what_is_no_id_reaches_no_page_of_one_thing() {
        let pattern = ResourceDef::new(format!("/contacts/{}", id_named("contact")));
        assert!(pattern.is_match("/contacts/0197c3a0-0000-7000-8000-00000000000a"));
        for other in [
            "export?format=json#",
            "export",
            "..",
            "0197c3a0-0000-7000-8000-00000000000a?x",
        ] {
            assert!(!pattern.is_match(&format!("/contacts/{other}")), "{other}");
        }
    }

    #[test]
    fn a_form_that_is_shown_again_belongs_to_the_page_above() {
        assert_eq!(above("/dashboard/lines/1/test-call"), "/lines/1");
        assert_eq!(
            above("/dashboard/campaigns/1/contacts/pasted"),
            "/campaigns/1/contacts"
        );
    }
}

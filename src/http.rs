//! The HTTP front door: thin handlers that parse, authorise, ask and render.
//!
//! Policy of errors: every answer that is not a success is `application/problem+json` (RFC 9457) made from
//! an [`Error`](crate::error::Error), names what was wrong, and means that nothing was changed. 401
//! comes before 404: without a key nobody learns what exists.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::{Next, from_fn};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};

use crate::dashboard;
use crate::orchestrator::Orchestrator;

mod api_keys;
mod attempts;
mod audit_log;
mod audited;
mod body;
pub(crate) mod caller;
mod campaign_changes;
mod campaigns;
mod contacts;
mod cors;
mod demo;
mod docs;
pub(crate) mod etag;
mod events;
mod export;
mod health;
mod holiday_calendars;
mod idempotency;
mod imports;
mod keeping;
mod law_presets;
mod lines;
pub(crate) mod list_form;
mod me;
mod members;
pub(crate) mod metrics;
mod openapi;
mod operation;
mod organizations;
mod page;
mod path;
pub(crate) mod pipe;
mod previews;
pub(crate) mod problem;
mod rehearsal;
mod schedule;
mod snapshot;
mod suppression_entries;
mod suppression_import;
mod suppression_lists;
mod system;
mod trend;
mod voice_profiles;
mod webhooks;

pub(crate) use idempotency::UnderWay;
use operation::Api;
use problem::Problem;

/// Where the API stands.
pub(crate) const BASE: &str = "/api/v1";

impl Orchestrator {
    /// The HTTP layer, to be mounted into an actix-web `App` with [`actix_web::App::configure`]: the API under
    /// `/api/v1`, the dashboard under `/dashboard`, health and webhooks at the root.
    pub fn http(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let outdial = self.clone();
        let dashboard = dashboard::routes(self);
        move |config: &mut ServiceConfig| {
            health::routes(config);
            openapi::routes(config);
            docs::routes(config);
            webhooks::routes(config);
            dashboard(config);
            outdial.api()(config);
            config.default_service(web::to(no_such_route));
        }
    }

    /// The API alone, under its base.
    pub(crate) fn api(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let outdial = self.clone();
        move |config: &mut ServiceConfig| {
            config.app_data(web::Data::new(outdial.clone()));
            config.app_data(web::QueryConfig::default().error_handler(|error, _| {
                Problem::malformed(format!("the query cannot be read: {error}")).into()
            }));
            config.app_data(web::PathConfig::default().error_handler(|error, _| {
                Problem::malformed(format!("the path cannot be read: {error}")).into()
            }));
            config.service(
                web::scope(BASE)
                    .wrap(from_fn(shown_once_durable))
                    .wrap(cors::middleware(&outdial.inner.options.cors_origins))
                    .configure(|config| operations().mount(config))
                    .default_service(web::to(no_such_route)),
            );
        }
    }
}

/// Everything that the API offers. Of two paths that fit a request the first counts.
fn operations() -> Api {
    let mut api = Api::default();
    campaigns::routes(&mut api);
    campaign_changes::routes(&mut api);
    rehearsal::routes(&mut api);
    demo::routes(&mut api);
    trend::routes(&mut api);
    export::routes(&mut api);
    contacts::routes(&mut api);
    imports::routes(&mut api);
    previews::routes(&mut api);
    attempts::routes(&mut api);
    events::routes(&mut api);
    lines::routes(&mut api);
    voice_profiles::routes(&mut api);
    suppression_lists::routes(&mut api);
    suppression_entries::routes(&mut api);
    suppression_import::routes(&mut api);
    schedule::routes(&mut api);
    law_presets::routes(&mut api);
    holiday_calendars::routes(&mut api);
    keeping::routes(&mut api);
    system::routes(&mut api);
    me::routes(&mut api);
    members::routes(&mut api);
    api_keys::routes(&mut api);
    organizations::routes(&mut api);
    audit_log::routes(&mut api);
    api
}

/// On an answer that shows nothing of what is stored, and need not wait until that is durable.
struct ShownAtOnce;

/// Answers to whoever only looks leave when what was seen is durable: the store shows rows a moment before they are,
/// and nobody is to be shown what a crash can take back. What is streamed after its beginning is not held.
async fn shown_once_durable(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_look = request.method() == Method::GET;
    let outdial = request.app_data::<web::Data<Orchestrator>>().cloned();
    let response = next.call(request).await?;
    let at_once = response.response().extensions().contains::<ShownAtOnce>();
    if let Some(outdial) = outdial.filter(|_| is_look && response.status().is_success() && !at_once) {
        outdial.durable().await.map_err(Problem::from)?;
    }
    Ok(response)
}

async fn no_such_route(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::no_such_route(&request))
}

/// A resource with its methods; any other method is refused by name.
pub(crate) fn resource(path: &str, routes: impl IntoIterator<Item = (Method, Route)>) -> actix_web::Resource {
    let routes: Vec<_> = routes.into_iter().collect();
    let allowed: Vec<&str> = routes.iter().map(|(method, _)| method.as_str()).collect();
    let allowed = allowed.join(", ");
    let routes = routes.into_iter().map(|(_, route)| route);
    let resource = routes.fold(web::resource(path), actix_web::Resource::route);
    resource.default_service(web::to(move |request: HttpRequest| {
        let answer = Problem::wrong_method(&request, &allowed);
        async move { Err::<HttpResponse, _>(answer) }
    }))
}

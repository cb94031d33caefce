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
use actix_web::{HttpRequest, HttpResponse};

use crate::orchestrator::Orchestrator;

mod attempts;
mod auth;
mod body;
mod campaigns;
mod contacts;
mod export;
mod health;
mod holiday_calendars;
mod imports;
mod keeping;
mod law_presets;
mod lines;
mod list_form;
mod page;
mod path;
mod pipe;
mod previews;
mod problem;
mod rehearsal;
mod schedule;
mod suppression_entries;
mod suppression_import;
mod suppression_lists;
mod voice_profiles;
mod webhooks;

use problem::Problem;

impl Orchestrator {
    /// The HTTP layer, to be mounted into an actix-web `App` with [`actix_web::App::configure`]: the API under
    /// `/api/v1`, health and webhooks at the root.
    pub fn http(&self) -> impl Fn(&mut ServiceConfig) + Clone + Send + 'static {
        let outdial = self.clone();
        move |config: &mut ServiceConfig| {
            config.app_data(web::Data::new(outdial.clone()));
            config.app_data(web::QueryConfig::default().error_handler(|error, _| {
                Problem::malformed(format!("the query cannot be read: {error}")).into()
            }));
            config.app_data(web::PathConfig::default().error_handler(|error, _| {
                Problem::malformed(format!("the path cannot be read: {error}")).into()
            }));
            health::routes(config);
            webhooks::routes(config);
            config.service(
                web::scope("/api/v1")
                    .wrap(from_fn(shown_once_durable))
                    .configure(campaigns::routes)
                    .configure(rehearsal::routes)
                    .configure(export::routes)
                    .configure(contacts::routes)
                    .configure(imports::routes)
                    .configure(previews::routes)
                    .configure(attempts::routes)
                    .configure(lines::routes)
                    .configure(voice_profiles::routes)
                    .configure(suppression_lists::routes)
                    .configure(suppression_entries::routes)
                    .configure(suppression_import::routes)
                    .configure(schedule::routes)
                    .configure(law_presets::routes)
                    .configure(holiday_calendars::routes)
                    .configure(keeping::routes)
                    .default_service(web::to(no_such_route)),
            );
            config.default_service(web::to(no_such_route));
        }
    }
}

/// Answers to whoever only looks leave when what was seen is durable: the store shows rows a moment before they are,
/// and nobody is to be shown what a crash can take back. What is streamed after its beginning is not held.
async fn shown_once_durable(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_look = request.method() == Method::GET;
    let outdial = request.app_data::<web::Data<Orchestrator>>().cloned();
    let response = next.call(request).await?;
    if let Some(outdial) = outdial.filter(|_| is_look && response.status().is_success()) {
        outdial.durable().await.map_err(Problem::from)?;
    }
    Ok(response)
}

async fn no_such_route(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::no_such_route(&request))
}

/// A resource with its methods; any other method is refused by name.
fn resource(path: &str, routes: impl IntoIterator<Item = actix_web::Route>) -> actix_web::Resource {
    let resource = web::resource(path);
    let resource = routes.into_iter().fold(resource, actix_web::Resource::route);
    resource.default_service(web::to(wrong_method))
}

async fn wrong_method(request: HttpRequest) -> Result<HttpResponse, Problem> {
    Err(Problem::wrong_method(&request))
}

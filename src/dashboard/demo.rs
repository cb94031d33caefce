//! A demo: the way from an empty store to a campaign that runs, without a phone that rings.

use actix_web::HttpResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use maud::html;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::failure::{Failure, sentence};
use super::form::{Fields, Typed};
use super::once;
use super::page::{Page, Part};
use super::visit::Visit;
use super::{BASE, resource};

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        "/demo",
        [
            (Method::GET, web::get().to(explain)),
            (Method::POST, web::post().to(create)),
        ],
    ));
}

/// Whoever does not run the installation is refused.
fn must_run_it(visit: &Visit) -> Result<(), Failure> {
    if visit.caller.is_super_admin {
        return Ok(());
    }
    Err(Failure::forbidden(
        "a demo is made by whoever runs the installation; sign in with the installation's own key",
    ))
}

/// Whether demos can be made here; where it is not told, trying tells.
#[derive(Debug, Default, Deserialize)]
struct Allowed {
    demo: Option<bool>,
}

async fn explain(visit: Visit) -> Result<HttpResponse, Failure> {
    must_run_it(&visit)?;
    let allowed: Option<Allowed> = visit.api.get_if_there("/system").await?;
    let is_allowed = allowed.unwrap_or_default().demo != Some(false);
    let why = (!is_allowed).then_some(
        "This outdial runs no simulated carrier: its configuration says demo = false. Set it to true, or run \
         outdial demo on a machine of your own.",
    );
    Ok(shown(&visit, why))
}

fn shown(visit: &Visit, why_not: Option<&str>) -> HttpResponse {
    let body = html! {
        div.heading { h1 { "See it work" } }
        section.sheet {
            p.lead { "A demo is a campaign like any other, but no phone rings." }
            ul {
                li { "Its line is a " b { "simulated carrier on this machine" } ", which answers, is busy, or lets it ring, as people do." }
                li { "Its contacts are " b { "made up" } ": no number of it is anybody’s." }
                li { "It takes about a minute and a half. Then look at its contacts, attempts and charts, pause it, or start another." }
                li { "It is deleted like any campaign, and so is its line." }
            }
            @if let Some(why) = why_not {
                p.flash.refused role="alert" id="why-not" { (why) }
                p { a.button href=(BASE) { "To the campaigns" } }
            } @else {
                form method="post" action={ (BASE) "/demo" } { (once::hidden(&once::with_token(visit, Fields::default()))) button.primary id="create-demo" { "Create the demo" } }
                p.hint { "It is created as a draft. The next page has its Start button." }
            }
        }
    };
    visit.page(&Page {
        title: "Demo",
        part: Part::Campaigns,
        events: None,
        body,
    })
}

#[derive(Deserialize)]
struct Made {
    id: Uuid,
}

async fn create(visit: Visit, fields: Typed) -> Result<HttpResponse, Failure> {
    must_run_it(&visit)?;
    let fields = Fields(fields.into_inner());
    let refusal = match once::made(&visit, "/demo", &fields, &Value::Null).await {
        Ok(answer) => {
            let made: Made = answer.read()?;
            let path = format!("/campaigns/{}", made.id);
            return Ok(visit.done(&path, "The demo is created. Start it, and watch."));
        }
        Err(Failure::Refused(refusal)) => refusal,
        Err(failure) => return Err(failure),
    };
    let why = match refusal.status {
        StatusCode::NOT_FOUND => "This outdial cannot make demos.".to_owned(),
        _ => sentence(&refusal.detail),
    };
    let mut page = shown(&visit, Some(&why));
    *page.status_mut() = refusal.status;
    Ok(page)
}

//! The viewer's own organization: its name, which owners change, and its limits.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use maud::html;
use serde::Deserialize;
use serde_json::json;
use uuid::Uuid;

use super::{Tab, page};
use crate::access::{Area, Role};
use crate::dashboard::edited::{TAG, changed, opened, shown_again};
use crate::dashboard::failure::Failure;
use crate::dashboard::form::{Fields, Form, Typed, choices};
use crate::dashboard::numbers::count;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::{Instant, when};
use crate::dashboard::{BASE, resource};

const PATH: &str = "/access/organization";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource(
        PATH,
        [
            (Method::GET, web::get().to(show)),
            (Method::POST, web::post().to(rename)),
        ],
    ));
}

/// An organization and its limits.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Organization {
    pub(super) id: Uuid,
    pub(super) name: String,
    pub(super) created_at: Instant,
    pub(super) limits: Limits,
}

#[derive(Debug, Clone, Deserialize)]
pub(super) struct Limits {
    campaigns_per_minute: Option<u32>,
}

impl Limits {
    pub(super) fn told(&self) -> String {
        let limit = self.campaigns_per_minute;
        limit.map_or_else(
            || "as many as the installation allows".to_owned(),
            |limit| format!("{} a minute", count(limit.into())),
        )
    }

    /// As a form shows it.
    pub(super) fn typed(&self) -> String {
        self.campaigns_per_minute
            .map_or_else(String::new, |limit| limit.to_string())
    }
}

async fn show(visit: Visit) -> Result<HttpResponse, Failure> {
    let (organization, tag): (Organization, String) = opened(&visit, "/organization").await?;
    let fields = choices(&[("name", &organization.name), (TAG, &tag)]);
    Ok(shown(&visit, &organization, &Form::of(Fields(fields))))
}

fn shown(visit: &Visit, organization: &Organization, form: &Form) -> HttpResponse {
    let body = html! {
        div.heading { h1 { (organization.name) } }
        section.sheet {
            dl.pairs {
                dt { "Created" } dd { (when(organization.created_at, visit.zone, None)) }
                dt { "New campaigns" } dd { (organization.limits.told()) }
                dt { "Id" } dd { code { (organization.id) } }
            }
        }
        @if visit.may(Role::Owner, Area::Organization, true) {
            form.sheet method="post" action={ (BASE) (PATH) } {
                h2 { "Rename" }
                (form.summary())
                (form.input("name", "Name").required().with("maxlength", "200"))
                input type="hidden" name=(TAG) value=(form.fields.get(TAG));
                button.primary { "Save" }
            }
        } @else {
            p.hint { "Owners rename the organization." }
        }
    };
    page(visit, &organization.name, Tab::Organization, &body)
}

async fn rename(visit: Visit, fields: Typed) -> Result<HttpResponse, Failure> {
    let fields = Fields(fields.into_inner());
    let body = json!({"name": fields.get("name")});
    match changed(&visit, "/organization", fields, &body).await? {
        Ok(_) => Ok(visit.done(PATH, "The organization is renamed.")),
        Err(form) => {
            let (organization, _): (Organization, String) = opened(&visit, "/organization").await?;
            Ok(shown_again(shown(&visit, &organization, &form)))
        }
    }
}

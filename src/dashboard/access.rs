//! Who may do what: API keys, members, the organization; and all organizations, for whoever runs the installation.

use actix_web::HttpResponse;
use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use maud::{Markup, html};

use super::failure::Failure;
use super::page::{Page, Part};
use super::visit::Visit;
use super::{BASE, resource};
use crate::access::{Area, Role};

mod key_form;
mod keys;
mod members;
mod organization;
mod organizations;
mod shown_once;

/// An id in an address.
const ID: &str = "{id:[0-9a-fA-F-]+}";

pub(super) fn routes(config: &mut ServiceConfig) {
    config.service(resource("/access", [(Method::GET, web::get().to(first))]));
    keys::routes(config);
    members::routes(config);
    organization::routes(config);
    organizations::routes(config);
}

/// The pages among which this part is divided.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tab {
    Keys,
    Members,
    Organization,
    Organizations,
}

impl Tab {
    const ALL: [Self; 4] = [Self::Keys, Self::Members, Self::Organization, Self::Organizations];

    fn link(self) -> (&'static str, &'static str) {
        match self {
            Self::Keys => ("API keys", "/access/keys"),
            Self::Members => ("Members", "/access/members"),
            Self::Organization => ("Organization", "/access/organization"),
            Self::Organizations => ("All organizations", "/access/organizations"),
        }
    }

    fn is_for(self, visit: &Visit) -> bool {
        match self {
            Self::Keys => visit.may(Role::Admin, Area::ApiKeys, false),
            Self::Members => visit.may(Role::Admin, Area::Members, false),
            Self::Organization => visit.may(Role::Viewer, Area::Organization, false),
            Self::Organizations => visit.caller.is_super_admin,
        }
    }
}

/// Leads to the first of the pages that the viewer may look at.
async fn first(visit: Visit) -> HttpResponse {
    let found = Tab::ALL.into_iter().find(|tab| tab.is_for(&visit));
    let (_, path) = found.unwrap_or(Tab::Keys).link();
    visit.goes_to(path)
}

/// A page of this part; `tab` is the one under which it stands.
fn page(visit: &Visit, title: &str, tab: Tab, body: &Markup) -> HttpResponse {
    visit.page(&Page {
        title,
        part: Part::People,
        events: None,
        body: html! {
            nav.tabs aria-label="Keys and members" {
                @for each in Tab::ALL.into_iter().filter(|tab| tab.is_for(visit)) {
                    @let (name, path) = each.link();
                    a href={ (BASE) (path) } aria-current=[(each == tab).then_some("true")] { (name) }
                }
            }
            (body)
        },
    })
}

/// The roles that somebody may give: those up to their own.
fn roles(own: Role) -> Vec<(String, String)> {
    let may_do = |role: Role| match role {
        Role::Viewer => "viewer: reads",
        Role::Operator => "operator: runs campaigns and handles contacts",
        Role::Admin => "admin: all but owners and the organization itself",
        Role::Owner => "owner: everything in the organization",
    };
    let given = Role::ALL.into_iter().filter(|role| *role <= own);
    given
        .map(|role| (role.name().to_owned(), may_do(role).to_owned()))
        .collect()
}

/// Whether somebody may make, change or remove what has a role: one up to their own.
fn may_handle(visit: &Visit, role: &str) -> bool {
    let known = Role::ALL.into_iter().find(|known| known.name() == role);
    known.is_some_and(|role| role <= visit.caller.role)
}

/// Leads back to a page with what the API said, where it refused; goes on otherwise.
fn told_at<T>(
    visit: &Visit,
    path: &str,
    asked: Result<T, Failure>,
) -> Result<Result<T, HttpResponse>, Failure> {
    match asked {
        Ok(answer) => Ok(Ok(answer)),
        Err(Failure::Refused(refusal)) => Ok(Err(visit.refused(path, &refusal))),
        Err(failure) => Err(failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_gives_a_role_above_their_own() {
        let of = |role| {
            let given = roles(role).into_iter();
            given.map(|(name, _)| name).collect::<Vec<_>>()
        };
        assert_eq!(of(Role::Admin), ["viewer", "operator", "admin"]);
        assert_eq!(of(Role::Owner).last().map(String::as_str), Some("owner"));
    }
}

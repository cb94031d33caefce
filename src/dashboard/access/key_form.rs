//! The form of an API key: what stands in it, and what is asked of the API.

use chrono_tz::Tz;
use maud::{Markup, html};
use serde_json::{Value, json};

use super::keys::{Key, Member};
use super::roles;
use crate::access::{Area, Scope};
use crate::dashboard::badge::words;
use crate::dashboard::form::{Fields, Form};
use crate::dashboard::local_time;
use crate::dashboard::visit::Visit;
use crate::dashboard::when::place;

/// The box that says that a key is not confined where no scope is ticked; without it, none ticked is a mistake.
pub(super) const UNCONFINED: (&str, &str) = ("unconfined", "yes");

/// The controls. A key that is there (`known`) keeps its role and its member.
pub(super) fn shown_form(visit: &Visit, form: &Form, known: Option<&Key>, members: &[Member]) -> Markup {
    let mut of_members = vec![(String::new(), "nobody in particular".to_owned())];
    of_members.extend(
        members
            .iter()
            .map(|member| (member.id.to_string(), member.name.clone())),
    );
    let expires = format!(
        "The clock of {}. Empty: it lets in until it is revoked.",
        place(visit.zone)
    );
    let confined = visit.caller.scopes.is_some();
    let scopes_hint = if confined {
        "Your own key is confined, so tick at least one."
    } else {
        "Tick what it may do, within its role. Who may change may read."
    };
    html! {
        (form.summary())
        (form.input("name", "Name").required().with("maxlength", "200").hint("Who or what uses it: “nightly import”, “Ada’s laptop”."))
        @if known.is_none() {
            (form.select("role", "Role", roles(visit.caller.role)).required())
            @if members.is_empty() {
                p.hint { "A key may belong to a member, whose role then bounds its own; there are none you may look at." }
            } @else {
                (form.select("member_id", "Member", of_members).hint("A member’s key may never do more than the member, and ends with them."))
            }
        }
        (form.ticks("scopes", "Confined to", Some(scopes_hint), &scopes(visit.caller.scopes.as_deref())))
        @if !confined { (form.tick(UNCONFINED.0, UNCONFINED.1, "If none is ticked: it is not confined, and may do all that its role may do")) }
        (form.input("expires_at", "Expires").kind("datetime-local").hint(&expires))
    }
}

/// The scopes that somebody confined to `own` may give, each with its words.
fn scopes(own: Option<&[Scope]>) -> Vec<(String, String)> {
    let both = |area| [false, true].map(|write| Scope { area, write });
    let all = Area::ALL.into_iter().flat_map(both);
    all.filter(|scope| own.is_none_or(|own| own.iter().any(|own| own.covers(*scope))))
        .map(|scope| {
            let does = if scope.write { "change" } else { "read" };
            (scope.to_string(), format!("{}: {does}", area_told(scope.area)))
        })
        .collect()
}

/// What an area is called on these pages.
fn area_told(area: Area) -> String {
    match area {
        Area::SuppressionLists => "do-not-call lists".to_owned(),
        Area::ApiKeys => "API keys".to_owned(),
        area => words(area.name()),
    }
}

/// What stands in the form of a key that is there.
pub(super) fn fields_of(key: &Key, zone: Tz) -> Fields {
    let mut fields = vec![("name".to_owned(), key.name.clone())];
    if key.scopes.is_none() {
        fields.push((UNCONFINED.0.to_owned(), UNCONFINED.1.to_owned()));
    }
    let scopes = key.scopes.iter().flatten();
    fields.extend(scopes.map(|scope| ("scopes".to_owned(), scope.clone())));
    let expires = key.expires_at.map(|at| local_time::typed(at, zone));
    fields.extend(expires.map(|at| ("expires_at".to_owned(), at)));
    Fields(fields)
}

/// A new key as the API is asked for it.
pub(super) fn made_of(fields: &Fields, zone: Tz) -> Value {
    let expires = fields.given("expires_at");
    json!({
        "name": fields.get("name"),
        "role": fields.get("role"),
        "member_id": fields.given("member_id"),
        "scopes": ticked(fields),
        "expires_at": expires.map(|at| local_time::for_api(at, zone)),
    })
}

/// What is asked to be changed. An expiry that was left alone stays to the second, which the control does not show.
pub(super) fn changes(fields: &Fields, key: &Key, zone: Tz) -> Value {
    let mut body = json!({"name": fields.get("name"), "scopes": ticked(fields)});
    let before = key.expires_at.map(|at| local_time::typed(at, zone));
    let after = fields.given("expires_at");
    if before.as_deref() != after {
        body["expires_at"] = json!(after.map(|at| local_time::for_api(at, zone)));
    }
    body
}

/// No box ticked is no confinement only where that is said. Else it is a list of nothing, which the API refuses: whoever
/// takes away the last scope of a key does not want it to do everything.
fn ticked(fields: &Fields) -> Option<Vec<&str>> {
    let ticked: Vec<&str> = fields.all("scopes").collect();
    let is_unconfined = ticked.is_empty() && fields.has(UNCONFINED.0, UNCONFINED.1);
    (!is_unconfined).then_some(ticked)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(all: &[(&str, &str)]) -> Fields {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Fields(all.iter().map(owned).collect())
    }

    fn known() -> Key {
        serde_json::from_value(json!({
            "id": "0197c3a0-0000-7000-8000-000000000000", "name": "import", "role": "operator", "scopes": null,
            "member_id": null, "expires_at": "2026-07-01T13:00:42Z", "prefix": "abcd",
            "created_at": "2026-06-01T13:00:00Z", "created_by": "owner", "last_used_at": null, "expired": false,
            "revoked_at": null,
        }))
        .expect("a key")
    }

    #[test]
    fn a_key_is_confined_to_nothing_less_than_its_role_only_where_that_is_said() {
        let asked = made_of(&fields(&[("name", "a"), ("role", "viewer")]), Tz::UTC);
        assert_eq!(asked["scopes"], json!([]), "the API refuses it");
        let asked = made_of(&fields(&[("name", "a"), UNCONFINED]), Tz::UTC);
        assert_eq!(asked["scopes"], Value::Null);
        let shown = fields_of(&known(), Tz::UTC);
        assert_eq!(changes(&shown, &known(), Tz::UTC)["scopes"], Value::Null);
        let asked = made_of(
            &fields(&[("scopes", "lines:read"), ("scopes", "lines:write")]),
            Tz::UTC,
        );
        assert_eq!(asked["scopes"], json!(["lines:read", "lines:write"]));
    }

    #[test]
    fn an_expiry_that_was_left_alone_is_not_asked_to_be_changed() {
        let zone = Tz::Europe__Amsterdam;
        let shown = fields_of(&known(), zone);
        assert_eq!(shown.get("expires_at"), "2026-07-01T15:00");
        assert!(changes(&shown, &known(), zone).get("expires_at").is_none());
    }

    #[test]
    fn an_expiry_that_was_emptied_is_asked_to_be_no_more() {
        let asked = changes(&fields(&[("name", "a")]), &known(), Tz::UTC);
        assert_eq!(asked.get("expires_at"), Some(&Value::Null));
    }

    #[test]
    fn whoever_is_confined_can_only_give_what_they_have() {
        let own = [Scope {
            area: Area::Lines,
            write: true,
        }];
        let given: Vec<String> = scopes(Some(&own)).into_iter().map(|(scope, _)| scope).collect();
        assert_eq!(given, ["lines:read", "lines:write"]);
        assert_eq!(scopes(None).len(), 18);
    }
}

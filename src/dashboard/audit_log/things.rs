//! What something was done to, by name where that is known, with a link to its page.

use maud::{Markup, html};
use serde_json::Value;

use super::Entry;
use crate::dashboard::BASE;
use crate::dashboard::badge::words;

/// What things can be done to.
pub(super) const KINDS: &[&str] = &[
    "api-key",
    "attempt",
    "campaign",
    "contact",
    "entry",
    "holiday-calendar",
    "import",
    "installation",
    "line",
    "member",
    "organization",
    "suppression-list",
    "voice-profile",
];

/// The kind of thing, its name or id, and where its page is.
pub(super) fn named(entry: &Entry) -> Markup {
    let kind = words(&entry.resource_type);
    let name = name_of(entry.after.as_ref())
        .or_else(|| name_of(entry.before.as_ref()))
        .or(entry.resource_id.as_deref());
    html! {
        (kind)
        @if let Some(name) = name {
            " "
            @if let Some(path) = page_of(entry) { a href={ (BASE) (path) } { (name) } } @else { (name) }
        }
    }
}

fn name_of(thing: Option<&Value>) -> Option<&str> {
    ["name", "phone_number"]
        .into_iter()
        .find_map(|field| thing?.get(field)?.as_str())
        .filter(|name| !name.is_empty())
}

/// The page of a thing that has one, and was not deleted.
fn page_of(entry: &Entry) -> Option<String> {
    let was_done = entry.status.is_some_and(|status| (200..300).contains(&status));
    if entry.action.ends_with(".delete") && was_done {
        return None;
    }
    let id = entry.resource_id.as_deref()?;
    // What stands in an address is an id, or nothing.
    id.parse::<uuid::Uuid>().ok()?;
    match entry.resource_type.as_str() {
        "campaign" => Some(format!("/campaigns/{id}")),
        "contact" => {
            let campaign = entry.resource_ids.first()?;
            campaign.parse::<uuid::Uuid>().ok()?;
            Some(format!("/campaigns/{campaign}/contacts/{id}"))
        }
        "line" => Some(format!("/lines/{id}")),
        "api-key" => Some(format!("/access/keys/{id}")),
        "member" => Some(format!("/access/members/{id}")),
        "suppression-list" => Some(format!("/suppression-lists/{id}")),
        "holiday-calendar" => Some(format!("/holiday-calendars/{id}")),
        "voice-profile" => Some(format!("/voice-profiles/{id}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(action: &str, kind: &str, id: &str) -> Entry {
        serde_json::from_value(json!({
            "id": "0197c3a0-0000-7000-8000-000000000000", "at": "2026-07-01T12:00:00Z",
            "actor": {"name": "Ada", "role": "owner", "api_key_id": null, "member_id": null},
            "from": null, "forwarded_for": null, "method": "POST", "path": "/x", "action": action,
            "resource_type": kind, "resource_id": id, "resource_ids": [id], "status": 200,
            "before": {"name": "<b>Old</b>"}, "after": null,
        }))
        .expect("an entry")
    }

    const ID: &str = "0197c3a0-0000-7000-8000-000000000001";

    #[test]
    fn a_thing_is_named_as_it_was_called_and_leads_to_its_page() {
        let shown = named(&entry("line.change", "line", ID)).0;
        assert!(shown.contains("&lt;b&gt;Old&lt;/b&gt;"), "{shown}");
        assert!(
            shown.contains(&format!("href=\"/dashboard/lines/{ID}\"")),
            "{shown}"
        );
    }

    #[test]
    fn what_was_deleted_or_has_no_id_leads_nowhere() {
        assert_eq!(page_of(&entry("line.delete", "line", ID)), None);
        assert_eq!(page_of(&entry("line.change", "line", "../../evil")), None);
    }
}

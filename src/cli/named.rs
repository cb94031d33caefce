//! Things by what people call them: an id, an unambiguous beginning of one, or the exact name.

use serde_json::Value;
use uuid::Uuid;

use super::client::Client;

/// Names that are told where none fits.
const NEAR: usize = 5;

/// A kind of things that have ids and names.
pub(super) struct Kind {
    noun: &'static str,
    path: &'static str,
    /// Whether the API finds them by a part of their name.
    is_searched: bool,
    /// The command that lists them, if there is one.
    listed_by: Option<&'static str>,
}

pub(super) const CAMPAIGN: Kind = Kind {
    noun: "campaign",
    path: "/campaigns",
    is_searched: true,
    listed_by: Some("outdial campaign list"),
};

pub(super) const LINE: Kind = Kind {
    noun: "line",
    path: "/lines",
    is_searched: false,
    listed_by: None,
};

pub(super) const VOICE_PROFILE: Kind = Kind {
    noun: "voice profile",
    path: "/voice-profiles",
    is_searched: false,
    listed_by: None,
};

pub(super) const API_KEY: Kind = Kind {
    noun: "API key",
    path: "/api-keys",
    is_searched: false,
    listed_by: Some("outdial key list"),
};

impl Kind {
    /// The id of the one that is meant. A whole id is taken as it is: whether there is such a thing, the service says.
    pub(super) async fn id(&self, client: &Client, called: &str) -> Result<String, String> {
        if let Ok(id) = called.parse::<Uuid>() {
            return Ok(id.to_string());
        }
        let begin = called.to_ascii_lowercase();
        let may_begin_an_id = !begin.is_empty() && begin.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
        // Names are searched by the service where it can; a beginning of an id is not.
        let filters: &[(&str, &str)] = match self.is_searched && !may_begin_an_id {
            true => &[("q", called)],
            false => &[],
        };
        let mut things = client.all(self.path, filters, None).await?;
        let names: Vec<String> = things
            .iter()
            .map(|thing| text(thing, "name").to_owned())
            .collect();
        things.retain(|thing| {
            let begins = may_begin_an_id && text(thing, "id").starts_with(&begin);
            begins || text(thing, "name") == called
        });
        match things.as_slice() {
            [one] => Ok(text(one, "id").to_owned()),
            [] => Err(self.unknown(called, &names)),
            several => Err(self.ambiguous(called, several)),
        }
    }

    fn unknown(&self, called: &str, names: &[String]) -> String {
        let noun = self.noun;
        let words = called.to_lowercase();
        let near = names.iter().filter(|name| name.to_lowercase().contains(&words));
        let near: Vec<String> = near.take(NEAR).map(|name| format!("`{name}`")).collect();
        let hint = match self.listed_by {
            _ if !near.is_empty() => format!("names with this in them are {}", near.join(", ")),
            Some(command) => format!("`{command}` shows them all"),
            None if names.is_empty() => format!("there is no {noun} at all yet"),
            None => format!("there are: {}", names.join(", ")),
        };
        format!("no {noun} has the id or the exact name `{called}`; {hint}")
    }

    fn ambiguous(&self, called: &str, several: &[Value]) -> String {
        let lines = several.iter().map(|thing| {
            let status = thing["status"].as_str().map(|status| format!("  ({status})"));
            let status = status.unwrap_or_default();
            format!("\n  {}  {}{status}", text(thing, "id"), text(thing, "name"))
        });
        format!(
            "`{called}` may be {} {}s; say which by its id:{}",
            several.len(),
            self.noun,
            lines.collect::<String>()
        )
    }
}

/// A field that is a text; empty where it is none.
pub(super) fn text<'v>(value: &'v Value, field: &str) -> &'v str {
    value[field].as_str().unwrap_or_default()
}

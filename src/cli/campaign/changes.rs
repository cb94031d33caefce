//! `outdial campaign edit`, `delete` and `duplicate`.

use std::io::{IsTerminal, Read};
use std::path::Path;

use clap::CommandFactory;
use clap::error::ErrorKind;
use serde_json::{Value, json};

use super::{Called, look};
use crate::cli::client::Client;
use crate::cli::named::text;
use crate::cli::table::plain;
use crate::cli::{Arguments, give, give_json, say};

#[derive(clap::Args)]
#[command(
    after_help = "Example:\n  echo '{\"pacing\": {\"per_minute\": 30}}' | outdial campaign edit \"July reminders\" -\n\n\
    What the JSON has replaces what was; `null` takes a field back to its default (RFC 7396)."
)]
pub(super) struct Edit {
    #[command(flatten)]
    pub(super) called: Called,
    /// The changes, as a JSON object of the fields to change; - reads them from stdin
    #[arg(value_name = "FILE.json")]
    changes: String,
    /// The API's own answer
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(super) struct Delete {
    #[command(flatten)]
    pub(super) called: Called,
    /// Do not ask first
    #[arg(long)]
    yes: bool,
}

#[derive(clap::Args)]
pub(super) struct Duplicate {
    #[command(flatten)]
    pub(super) called: Called,
    /// The name of the new one; the service makes one up otherwise
    #[arg(long)]
    name: Option<String>,
    /// The API's own answer
    #[arg(long)]
    json: bool,
}

pub(super) async fn edit(client: &Client, id: &str, options: &Edit) -> Result<(), String> {
    let changes = json_in(&options.changes)?;
    let campaign = client.patch(&format!("/campaigns/{id}"), &changes).await?;
    look::warn(&campaign);
    if options.json {
        give_json(&campaign);
    } else {
        let (name, version) = (text(&campaign, "name"), &campaign["config_version"]);
        give(&plain(&format!("{name}: changed, now version {version}")));
    }
    Ok(())
}

pub(super) async fn delete(client: &Client, id: &str, options: &Delete) -> Result<(), String> {
    let campaign = client.get(&format!("/campaigns/{id}"), &[]).await?;
    let name = plain(text(&campaign, "name"));
    if !options.yes {
        let contacts = &campaign["counters"]["total"];
        confirmed(&format!("Delete `{name}` and its {contacts} contacts, for good?"))?;
    }
    client.delete(&format!("/campaigns/{id}")).await?;
    give(&format!("{name}: deleted"));
    Ok(())
}

/// Asks the person at the terminal; where there is none, saying so beforehand is a matter of right usage.
fn confirmed(question: &str) -> Result<(), String> {
    if !std::io::stdin().is_terminal() {
        let error = Arguments::command().error(
            ErrorKind::MissingRequiredArgument,
            "nobody can be asked whether to delete it; say so with --yes",
        );
        error.exit();
    }
    say(&format!("{question} [y/N]"));
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    read.map_err(|error| format!("cannot read the answer: {error}"))?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err("nothing was deleted".to_owned()),
    }
}

pub(super) async fn duplicate(client: &Client, id: &str, options: &Duplicate) -> Result<(), String> {
    let body = match &options.name {
        Some(name) => json!({"name": name}),
        None => json!({}),
    };
    let campaign = client
        .create(&format!("/campaigns/{id}/duplicate"), &body)
        .await?;
    given_new(&campaign, options.json);
    Ok(())
}

/// Gives a campaign that is new: what it is for people, its id for programs, on the last line.
pub(super) fn given_new(campaign: &Value, as_json: bool) {
    look::warn(campaign);
    if as_json {
        give_json(campaign);
    } else {
        say(&super::moves::standing(campaign));
        give(text(campaign, "id"));
    }
}

/// The JSON object in a file, or in stdin by the name `-`.
pub(super) fn json_in(name: &str) -> Result<Value, String> {
    let (shown, text) = if name == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        ("stdin".to_owned(), read.map(|_| text))
    } else {
        (format!("`{name}`"), std::fs::read_to_string(Path::new(name)))
    };
    let text = text.map_err(|error| format!("cannot read {shown}: {error}"))?;
    let json: Value = serde_json::from_str(&text).map_err(|error| format!("{shown} is not JSON: {error}"))?;
    if json.is_object() {
        Ok(json)
    } else {
        Err(format!(
            "{shown} must hold a JSON object, like {{\"name\": \"July reminders\"}}"
        ))
    }
}

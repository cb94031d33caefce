//! What moves a campaign's life: start, pause, resume, complete, cancel, archive.

use serde_json::{Value, json};

use super::{Called, look};
use crate::cli::client::Client;
use crate::cli::named::{CAMPAIGN, text};
use crate::cli::table::plain;
use crate::cli::{give, give_json};

/// Attempts in flight that are named to a person.
const NAMED: usize = 10;

#[derive(clap::Args)]
pub(super) struct Plain {
    #[command(flatten)]
    called: Called,
    /// The API's own answer
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(super) struct Cancel {
    #[command(flatten)]
    plain: Plain,
    /// End the calls that are going on, which otherwise run out
    #[arg(long)]
    hang_up: bool,
}

/// Commands it, and says where the campaign then stands.
pub(super) async fn run(client: &Client, command: &str, options: &Plain) -> Result<(), String> {
    order(client, command, options, &Value::Null).await
}

pub(super) async fn cancel(client: &Client, options: &Cancel) -> Result<(), String> {
    let how = json!({"hang_up": options.hang_up});
    order(client, "cancel", &options.plain, &how).await
}

async fn order(client: &Client, command: &str, options: &Plain, body: &Value) -> Result<(), String> {
    let id = CAMPAIGN.id(client, &options.called.campaign).await?;
    let campaign = send(client, &id, command, body).await?;
    if options.json {
        give_json(&campaign);
    } else {
        give(&standing(&campaign));
    }
    Ok(())
}

/// Sends a command to a campaign.
pub(super) async fn send(client: &Client, id: &str, command: &str, body: &Value) -> Result<Value, String> {
    Ok(client.post(&format!("/campaigns/{id}/{command}"), body).await?)
}

/// A campaign's name and where it stands, on one line.
pub(super) fn standing(campaign: &Value) -> String {
    let (name, status) = (text(campaign, "name"), look::status(campaign));
    let starts = match text(campaign, "status") {
        "scheduled" => campaign["next_start_at"]
            .as_str()
            .or(campaign["schedule"]["start_at"].as_str()),
        _ => None,
    };
    let starts = starts.map_or_else(String::new, |at| format!(", starts at {at}"));
    plain(&format!("{name}: {status}{starts}"))
}

/// Pauses, and says what may still ring.
pub(super) async fn pause(client: &Client, options: &Plain) -> Result<(), String> {
    let id = CAMPAIGN.id(client, &options.called.campaign).await?;
    let answer = send(client, &id, "pause", &Value::Null).await?;
    if options.json {
        give_json(&answer);
        return Ok(());
    }
    let fence = &answer["fence"];
    give(&standing(&answer["campaign"]));
    give(&match fence["last_attempt_id"].as_str() {
        Some(last) => format!("last attempt: {last}"),
        None => "last attempt: none was made".to_owned(),
    });
    match fence["in_flight"].as_u64().unwrap_or(0) {
        0 => give("in flight: none; nothing rings any more"),
        calls => give(&format!(
            "in flight: {calls}; these may still ring, and nothing else:"
        )),
    }
    let ids = fence["in_flight_attempt_ids"]
        .as_array()
        .map_or(&[][..], Vec::as_slice);
    for attempt in ids.iter().take(NAMED) {
        give(&format!("  {}", attempt.as_str().unwrap_or_default()));
    }
    if ids.len() > NAMED {
        give(&format!("  and {} more, which --json names", ids.len() - NAMED));
    }
    Ok(())
}

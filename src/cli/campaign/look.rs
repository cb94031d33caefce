//! `outdial campaign list` and `show`.

use std::num::NonZeroUsize;

use clap::builder::PossibleValuesParser;
use outdial_domain::lifecycle::Status;
use outdial_domain::settings::Kind;
use serde_json::Value;

use super::Called;
use crate::cli::client::Client;
use crate::cli::named::text;
use crate::cli::table::{Holds, Table, pairs};
use crate::cli::{give, give_json, say};
use crate::view::words::Word;

#[derive(clap::Args)]
pub(super) struct List {
    /// Only those that stand there
    #[arg(long, value_parser = words::<Status>())]
    status: Option<String>,
    /// Only those of this type
    #[arg(long = "type", value_name = "TYPE", value_parser = words::<Kind>())]
    kind: Option<String>,
    /// Only those whose name has this in it
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// Not more than these; all of them without it
    #[arg(long, value_name = "N")]
    limit: Option<NonZeroUsize>,
    /// One JSON array of the API's own items, of all pages
    #[arg(long)]
    json: bool,
}

#[derive(clap::Args)]
pub(super) struct Show {
    #[command(flatten)]
    pub(super) called: Called,
    /// The API's own answer
    #[arg(long)]
    json: bool,
}

/// The words of an enumeration, as values of an argument.
pub(super) fn words<W: Word>() -> PossibleValuesParser {
    PossibleValuesParser::new(W::ALL.iter().map(|case| case.word()))
}

pub(super) async fn list(client: &Client, options: &List) -> Result<(), String> {
    let given = [
        ("status", &options.status),
        ("type", &options.kind),
        ("q", &options.query),
    ];
    let filters: Vec<(&str, &str)> = given
        .into_iter()
        .filter_map(|(name, value)| Some((name, value.as_deref()?)))
        .collect();
    let limit = options.limit.map(NonZeroUsize::get);
    let campaigns = client.all("/campaigns", &filters, limit).await?;
    if options.json {
        give_json(&Value::Array(campaigns));
        return Ok(());
    }
    if campaigns.is_empty() {
        say("there is no such campaign");
        return Ok(());
    }
    // No more than fits beside whole ids on a terminal of 80 columns; `show` has the rest.
    let mut table = Table::new(&[
        ("ID", Holds::Ids),
        ("NAME", Holds::Texts),
        ("STATUS", Holds::Ids),
        ("TOTAL", Holds::Numbers),
        ("DONE", Holds::Numbers),
        ("SUCCESS", Holds::Numbers),
    ]);
    for campaign in &campaigns {
        let count = |name: &str| campaign["counters"][name].as_u64().unwrap_or(0);
        let done = count("completed") + count("failed") + count("skipped");
        table.row([
            text(campaign, "id").to_owned(),
            text(campaign, "name").to_owned(),
            text(campaign, "status").to_owned(),
            count("total").to_string(),
            done.to_string(),
            percent(campaign),
        ]);
    }
    give(&table.shown());
    Ok(())
}

fn percent(campaign: &Value) -> String {
    match campaign["success_rate"].as_f64() {
        Some(rate) => format!("{rate:.1}%"),
        None => "-".to_owned(),
    }
}

pub(super) async fn show(client: &Client, id: &str, options: &Show) -> Result<(), String> {
    let campaign = client.get(&format!("/campaigns/{id}"), &[]).await?;
    if options.json {
        give_json(&campaign);
        return Ok(());
    }
    let of = |field: &str| text(&campaign, field).to_owned();
    let count = |name: &str| campaign["counters"][name].as_u64().unwrap_or(0);
    let mut lines = vec![
        ("id", of("id")),
        ("name", of("name")),
        ("description", of("description")),
        ("type", of("type")),
        ("status", status(&campaign)),
        ("schedule", schedule(&campaign)),
        ("time zone", of("timezone")),
        ("line", of("line_id")),
        ("voice profile", of("voice_profile_id")),
        (
            "pace",
            format!(
                "{} a minute, {} at once",
                campaign["pacing"]["per_minute"], campaign["pacing"]["max_concurrent"]
            ),
        ),
        ("run", campaign["run"].to_string()),
        (
            "contacts",
            format!(
                "{}: {} pending, {} calling, {} completed, {} failed, {} skipped",
                count("total"),
                count("pending"),
                count("calling"),
                count("completed"),
                count("failed"),
                count("skipped")
            ),
        ),
        ("attempts", count("attempts").to_string()),
        ("success", percent(&campaign)),
        ("created", of("created_at")),
        ("started", of("started_at")),
        ("ended", of("completed_at")),
        ("next start", of("next_start_at")),
    ];
    lines.retain(|(_, value)| !value.is_empty());
    give(&pairs(&lines));
    warn(&campaign);
    Ok(())
}

/// Tells what those who look at a campaign should know.
pub(super) fn warn(campaign: &Value) {
    for warning in campaign["warnings"].as_array().into_iter().flatten() {
        say(&format!(
            "warning: {}: {}",
            text(warning, "field"),
            text(warning, "message")
        ));
    }
}

/// Where a campaign stands, and why.
pub(super) fn status(campaign: &Value) -> String {
    let status = text(campaign, "status");
    match text(campaign, "status_reason") {
        "" => status.to_owned(),
        reason => format!("{status} ({reason})"),
    }
}

fn schedule(campaign: &Value) -> String {
    let schedule = &campaign["schedule"];
    let mut shown = text(schedule, "type").to_owned();
    for (field, word) in [("start_at", "from"), ("cron", "at"), ("end_at", "until")] {
        if let Some(value) = schedule[field].as_str() {
            shown.push_str(&format!(" {word} {value}"));
        }
    }
    shown
}

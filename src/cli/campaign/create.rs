//! `outdial campaign create`: from a file, from flags, or from both.

use std::path::PathBuf;

use outdial_domain::settings::Kind;
use serde_json::{Value, json};

use super::import::{self, List};
use super::{changes, look, moves};
use crate::cli::client::Client;
use crate::cli::named::{LINE, VOICE_PROFILE, text};
use crate::cli::say;

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    outdial campaign create --name \"July reminders\" --type reminder --line twilio \\\n      \
    --voice-profile Reminder --contacts july.csv --start\n  \
    outdial campaign create july.json --per-minute 30\n  \
    ID=$(outdial campaign create - --contacts july.xlsx < july.json | tail -n 1)\n\n\
    Calls are made from 08:00 to 21:00 on the contact's own clock unless the file has `calling_windows`.")]
pub(super) struct Options {
    /// The campaign as JSON, as POST /api/v1/campaigns takes it; - reads it from stdin. Flags go over it
    #[arg(value_name = "FILE.json")]
    file: Option<String>,
    /// What people call it
    #[arg(long, required_unless_present = "file")]
    name: Option<String>,
    /// What it is for
    #[arg(long = "type", value_name = "TYPE", value_parser = look::words::<Kind>(), required_unless_present = "file")]
    kind: Option<String>,
    /// The line that its calls go out through: its id or name
    #[arg(long, value_name = "ID|NAME", required_unless_present = "file")]
    line: Option<String>,
    /// What its calls say: a voice profile's id or name
    #[arg(long, value_name = "ID|NAME")]
    voice_profile: Option<String>,
    /// The campaign's own time zone, such as America/New_York
    #[arg(long, value_name = "ZONE")]
    timezone: Option<String>,
    /// Not more calls than these begin in a minute
    #[arg(long, value_name = "N")]
    per_minute: Option<u32>,
    /// Not more calls than these at once
    #[arg(long, value_name = "N")]
    max_concurrent: Option<u32>,
    /// When it begins once it is started, such as 2027-01-04T14:00:00Z
    #[arg(long, value_name = "TIME", conflicts_with = "cron")]
    start_at: Option<String>,
    /// When its runs begin once it is started, by the clock of its time zone, such as "0 9 * * 1-5"
    #[arg(long, value_name = "PATTERN")]
    cron: Option<String>,
    /// A contact list to take in: CSV, text, XLSX or XLS
    #[arg(long, value_name = "FILE")]
    contacts: Option<PathBuf>,
    /// The worksheet of a workbook; without it, the first with anything in it
    #[arg(long, requires = "contacts")]
    sheet: Option<String>,
    /// The region of numbers written without a country code, such as US
    #[arg(long)]
    region: Option<String>,
    /// Write the rows of the list that cannot be used to this file, as CSV
    #[arg(long, value_name = "FILE", requires = "contacts")]
    errors: Option<PathBuf>,
    /// Start it once the list is in
    #[arg(long)]
    start: bool,
    /// The API's own answer, as the campaign stands in the end
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(client: &Client, options: &Options) -> Result<(), String> {
    // What is wrong with the list's file is told before there is a campaign.
    let list = options.contacts.as_deref().map(List::open).transpose()?;
    let spec = spec(client, options).await?;
    let mut campaign = client.create("/campaigns", &spec).await?;
    let id = text(&campaign, "id").to_owned();
    if list.is_none() && !options.start {
        changes::given_new(&campaign, options.json);
        return Ok(());
    }
    let but = |reason: String| format!("the campaign {id} was created, but {reason}");
    if let Some(list) = list {
        let how = import::How {
            sheet: options.sheet.as_deref(),
            columns: None,
            // The campaign has it as its default.
            region: None,
            errors: options.errors.as_deref(),
        };
        let import = import::taken_in(client, &id, list, &how).await.map_err(but)?;
        say(&import::counts(&import));
        campaign = client.get(&format!("/campaigns/{id}"), &[]).await?;
    }
    if options.start {
        let started = moves::send(client, &id, "start", &Value::Null).await;
        campaign = started.map_err(|reason| but(format!("not started: {reason}")))?;
    }
    changes::given_new(&campaign, options.json);
    Ok(())
}

/// What the file says, and what the flags say over it.
async fn spec(client: &Client, options: &Options) -> Result<Value, String> {
    let mut spec = match &options.file {
        Some(file) => changes::json_in(file)?,
        None => json!({}),
    };
    let texts = [
        ("name", &options.name),
        ("type", &options.kind),
        ("timezone", &options.timezone),
        ("default_region", &options.region),
    ];
    for (field, value) in texts {
        if let Some(value) = value {
            spec[field] = json!(value);
        }
    }
    if let Some(line) = &options.line {
        spec["line_id"] = json!(LINE.id(client, line).await?);
    }
    if let Some(profile) = &options.voice_profile {
        spec["voice_profile_id"] = json!(VOICE_PROFILE.id(client, profile).await?);
    }
    for (field, value) in [
        ("per_minute", options.per_minute),
        ("max_concurrent", options.max_concurrent),
    ] {
        if let Some(value) = value {
            set_within(&mut spec, "pacing", field, json!(value));
        }
    }
    if let Some(start_at) = &options.start_at {
        spec["schedule"] = scheduled(&spec, "scheduled", "start_at", start_at);
    }
    if let Some(cron) = &options.cron {
        spec["schedule"] = scheduled(&spec, "recurring", "cron", cron);
    }
    Ok(spec)
}

/// Sets a field of an object in the campaign. What is there and is no object is left to the service, which refuses it.
fn set_within(spec: &mut Value, name: &str, field: &str, value: Value) {
    let object = &mut spec[name];
    if object.is_null() {
        *object = json!({});
    }
    if let Some(object) = object.as_object_mut() {
        object.insert(field.to_owned(), value);
    }
}

/// A schedule of that type, which ends when the file's own does.
fn scheduled(spec: &Value, kind: &str, field: &str, value: &str) -> Value {
    let mut schedule = json!({"type": kind, field: value});
    let end_at = spec["schedule"].get("end_at").filter(|end_at| !end_at.is_null());
    if let Some(end_at) = end_at {
        schedule["end_at"] = end_at.clone();
    }
    schedule
}

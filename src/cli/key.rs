//! `outdial key`: API keys.

use std::time::Duration;

use chrono::DateTime;
use clap::{Subcommand, ValueEnum};
use outdial_actors::clock::{Clock, SystemClock};
use outdial_domain::time::Timestamp;
use serde_json::{Value, json};

use super::client::{Client, Target, wait_for};
use super::named::{API_KEY, text};
use super::table::{Holds, Table};
use super::{give, give_json, say};

#[derive(clap::Args)]
pub(super) struct Options {
    #[command(flatten)]
    target: Target,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Make a key and show it, this once
    #[command(after_help = "Examples:\n  outdial key create dashboard --role viewer\n  \
        outdial key create nightly-import --role operator --expires 90d > key.txt")]
    Create(Create),
    /// List the keys; none is shown itself
    List {
        /// One JSON array of the API's own items
        #[arg(long)]
        json: bool,
    },
    /// Take a key's rights away, for good
    Revoke {
        /// The key's id or name
        #[arg(value_name = "ID|NAME")]
        key: String,
    },
}

#[derive(clap::Args)]
struct Create {
    /// What people call it
    name: String,
    /// What it may do
    #[arg(long, value_enum, default_value = "operator")]
    role: Role,
    /// Only this of what the role may do, such as campaigns:read; may be given again
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<String>,
    /// When it ends: 90d, 12h, 30m, or a time such as 2027-01-01T00:00:00Z
    #[arg(long, value_name = "WHEN", value_parser = ending)]
    expires: Option<Ending>,
    /// The API's own answer, the key included
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Role {
    /// Reads
    Viewer,
    /// Runs campaigns, and changes contacts
    Operator,
    /// Everything but owners and the organization
    Admin,
    /// Everything
    Owner,
}

impl Role {
    fn word(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Operator => "operator",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }
}

/// When a key ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    After(Duration),
    At(Timestamp),
}

impl Ending {
    fn from(self, now: Timestamp) -> Timestamp {
        match self {
            Self::At(at) => at,
            Self::After(span) => {
                let span = i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
                Timestamp::from_millis(now.millis().saturating_add(span))
            }
        }
    }
}

/// Reads `90d`, `12h`, `30m`, or a time.
fn ending(given: &str) -> Result<Ending, String> {
    let wrong = || {
        format!("`{given}` is neither a span such as 90d, 12h or 30m nor a time such as 2027-01-01T00:00:00Z")
    };
    let seconds = match given.chars().last() {
        Some('d') => 86_400,
        Some('h') => 3_600,
        Some('m') => 60,
        _ => {
            let at = DateTime::parse_from_rfc3339(given).map_err(|_| wrong())?;
            return Ok(Ending::At(at.to_utc().into()));
        }
    };
    let count: u32 = given[..given.len() - 1].parse().map_err(|_| wrong())?;
    if count == 0 {
        return Err(wrong());
    }
    Ok(Ending::After(Duration::from_secs(u64::from(count) * seconds)))
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let client = options.target.client()?;
    wait_for(async {
        match &options.command {
            Command::Create(wanted) => create(&client, wanted).await,
            Command::List { json } => list(&client, *json).await,
            Command::Revoke { key } => revoke(&client, key).await,
        }
    })
}

async fn create(client: &Client, wanted: &Create) -> Result<(), String> {
    let mut body = json!({"name": wanted.name, "role": wanted.role.word()});
    if !wanted.scopes.is_empty() {
        body["scopes"] = json!(wanted.scopes);
    }
    if let Some(expires) = wanted.expires {
        body["expires_at"] = json!(expires.from(SystemClock.now()).to_string());
    }
    let made = client.create("/api-keys", &body).await?;
    say("This key is shown this once: keep it where only those who need it can read it.");
    if wanted.json {
        give_json(&made);
    } else {
        give(text(&made, "key"));
    }
    Ok(())
}

async fn list(client: &Client, as_json: bool) -> Result<(), String> {
    let keys = client.all("/api-keys", &[], None).await?;
    if as_json {
        give_json(&Value::Array(keys));
        return Ok(());
    }
    let mut table = Table::new(&[
        ("ID", Holds::Ids),
        ("NAME", Holds::Texts),
        ("ROLE", Holds::Ids),
        ("BEGINS", Holds::Ids),
        ("EXPIRES", Holds::Texts),
        ("LAST USED", Holds::Texts),
        ("SCOPES", Holds::Texts),
    ]);
    for key in &keys {
        let or = |field: &str, otherwise: &str| key[field].as_str().unwrap_or(otherwise).to_owned();
        let scopes = key["scopes"].as_array().map(|scopes| {
            let scopes: Vec<&str> = scopes.iter().filter_map(Value::as_str).collect();
            scopes.join(" ")
        });
        table.row([
            or("id", ""),
            or("name", ""),
            or("role", ""),
            or("prefix", ""),
            or("expires_at", "never"),
            or("last_used_at", "never"),
            scopes.unwrap_or_else(|| "all".to_owned()),
        ]);
    }
    give(&table.shown());
    Ok(())
}

async fn revoke(client: &Client, called: &str) -> Result<(), String> {
    let id = API_KEY.id(client, called).await?;
    client.delete(&format!("/api-keys/{id}")).await?;
    give(&format!("{called}: revoked"));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_ends_after_a_span_or_at_a_time() {
        let now = Timestamp::from_millis(1_782_864_000_000);
        let ends = |given| ending(given).expect("an ending").from(now).to_string();
        assert_eq!(ends("90d"), "2026-09-29T00:00:00Z");
        assert_eq!(ends("12h"), "2026-07-01T12:00:00Z");
        assert_eq!(ends("30m"), "2026-07-01T00:30:00Z");
        assert_eq!(ends("2027-01-01T00:00:00Z"), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn what_is_no_ending_is_refused_with_what_would_be_one() {
        for given in ["", "soon", "d", "0d", "-1d", "1.5h", "2027-01-01", "é"] {
            let error = ending(given).expect_err("refused");
            assert!(error.contains("90d"), "{error}");
        }
    }
}

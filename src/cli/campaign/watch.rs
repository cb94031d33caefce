//! `outdial campaign watch`: a campaign as it runs.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Called;
use super::events::News;
use crate::cli::client::Client;
use crate::cli::named::text;
use crate::cli::progress::{CampaignProgress, Figures};
use crate::cli::table::plain;
use crate::cli::{give, give_json};

/// A service that does not answer is given this long to come back.
const PATIENCE: Duration = Duration::from_secs(60);

#[derive(clap::Args)]
#[command(after_help = "Examples:\n  \
    outdial campaign watch \"July reminders\"\n  \
    outdial campaign watch 0197c1 --until-done && outdial campaign export 0197c1 -o july.csv\n  \
    outdial campaign watch 0197c1 --json | jq .counters\n\n\
    It ends with the campaign: with 0, or with 1 where the campaign failed. Ctrl-C ends the watching, not the campaign.")]
pub(super) struct Options {
    #[command(flatten)]
    pub(super) called: Called,
    /// For scripts: also end, with 1, where somebody must act first (a draft; paused with nothing in flight), and at the
    /// end of the run of a recurring campaign
    #[arg(long)]
    until_done: bool,
    /// One line of JSON per change: the API's own figures (GET …/stats), with the campaign's `status_reason`
    #[arg(long)]
    json: bool,
}

/// Why the watching is over.
enum End {
    Ended,
    RunIsOver,
    NeedsSomebody,
}

pub(super) async fn run(client: &Client, id: &str, options: &Options) -> Result<(), String> {
    let campaign = client.get(&format!("/campaigns/{id}"), &[]).await?;
    let news = News::of(client, id);
    let mut watch = Watch {
        client,
        id,
        options,
        name: plain(text(&campaign, "name")),
        is_recurring: campaign["schedule"]["type"] == "recurring",
        progress: (!options.json).then(|| {
            let most = campaign["pacing"]["max_concurrent"].as_u64().unwrap_or(0);
            CampaignProgress::new(u32::try_from(most).unwrap_or(u32::MAX))
        }),
        last: Value::Null,
        reason: None,
        has_run: false,
    };
    tokio::select! {
        ended = watch.follow(&news) => ended,
        interrupted = tokio::signal::ctrl_c() => {
            interrupted.map_err(|error| error.to_string())?;
            watch.note("no longer watching; the campaign goes on");
            Ok(())
        }
    }
}

struct Watch<'w> {
    client: &'w Client,
    id: &'w str,
    options: &'w Options,
    name: String,
    is_recurring: bool,
    /// Nothing but JSON is shown without one.
    progress: Option<CampaignProgress>,
    /// The figures as they were last shown, without what changes by itself.
    last: Value,
    reason: Option<String>,
    /// Whether it was seen to run.
    has_run: bool,
}

impl Watch<'_> {
    async fn follow(&mut self, news: &News) -> Result<(), String> {
        loop {
            let stats = self.stats().await?;
            self.show(&stats).await?;
            if let Some(end) = self.end(&stats) {
                return self.finish(&stats, &end);
            }
            news.next().await;
        }
    }

    /// The figures; a service that is down for a moment is waited for.
    async fn stats(&self) -> Result<Value, String> {
        let path = format!("/campaigns/{}/stats", self.id);
        let begun = Instant::now();
        let mut is_told = false;
        loop {
            match self.client.get(&path, &[]).await {
                Ok(stats) => return Ok(stats),
                Err(failure) if failure.may_pass() && begun.elapsed() < PATIENCE => {
                    if !is_told {
                        self.note(&format!("{failure}\ntrying for {} seconds", PATIENCE.as_secs()));
                        is_told = true;
                    }
                    tokio::time::sleep(Duration::from_secs(1)).await;
                }
                Err(failure) => return Err(failure.into()),
            }
        }
    }

    async fn show(&mut self, stats: &Value) -> Result<(), String> {
        let what = ["status", "run", "counters", "outcomes"];
        let key = Value::from_iter(what.map(|field| (field, stats[field].clone())));
        if key["status"] != self.last["status"] || key["run"] != self.last["run"] {
            let campaign = self.client.get(&format!("/campaigns/{}", self.id), &[]).await?;
            self.reason = campaign["status_reason"].as_str().map(str::to_owned);
            if self.progress.is_some() {
                self.note(&super::moves::standing(&campaign));
            }
        }
        self.has_run |= ["running", "paused"].contains(&text(stats, "status"));
        match &mut self.progress {
            Some(progress) => progress.show(&Figures::of_stats(stats)),
            None if key != self.last => {
                let mut shown = stats.clone();
                shown["status_reason"] = json!(self.reason);
                give_json(&shown);
            }
            None => {}
        }
        self.last = key;
        Ok(())
    }

    fn end(&self, stats: &Value) -> Option<End> {
        let is_idle = stats["counters"]["calling"] == 0;
        match text(stats, "status") {
            "completed" | "failed" | "canceled" | "archived" => Some(End::Ended),
            _ if !self.options.until_done => None,
            "draft" => Some(End::NeedsSomebody),
            "paused" if is_idle => Some(End::NeedsSomebody),
            "scheduled" if self.is_recurring && self.has_run => Some(End::RunIsOver),
            _ => None,
        }
    }

    fn finish(&mut self, stats: &Value, end: &End) -> Result<(), String> {
        if let Some(progress) = self.progress.take() {
            progress.finish(&Figures::of_stats(stats));
            give(&self.summary(stats));
        }
        let status = text(stats, "status");
        let because = self.reason.as_ref().map(|reason| format!(": {}", plain(reason)));
        let because = because.unwrap_or_default();
        match end {
            End::Ended if status == "failed" => Err(format!("the campaign failed{because}")),
            End::Ended | End::RunIsOver => Ok(()),
            End::NeedsSomebody => Err(format!(
                "the campaign is {status}{because}; it goes on when somebody says `outdial campaign {} {}`",
                if status == "draft" { "start" } else { "resume" },
                self.id
            )),
        }
    }

    fn summary(&self, stats: &Value) -> String {
        let counters = &stats["counters"];
        format!(
            "{}: {}; {} contacts: {} completed, {} failed, {} skipped; {} attempts",
            self.name,
            text(stats, "status"),
            counters["total"],
            counters["completed"],
            counters["failed"],
            counters["skipped"],
            counters["attempts"]
        )
    }

    fn note(&self, text: &str) {
        match &self.progress {
            Some(progress) => progress.note(text),
            None => crate::cli::say(text),
        }
    }
}

//! Progress of a campaign: bars on a terminal, plain lines otherwise.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use outdial_domain::attempt::Outcome;
use outdial_domain::counters::Counters;

use super::say;

/// How often a line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(2);

pub(super) struct CampaignProgress {
    bars: Option<Bars>,
    last_line: Option<Instant>,
}

struct Bars {
    contacts: ProgressBar,
    calls: ProgressBar,
    outcomes: ProgressBar,
}

impl CampaignProgress {
    pub(super) fn new(max_concurrent: u32) -> Self {
        let bars = std::io::stderr().is_terminal().then(|| {
            let all = MultiProgress::new();
            let bar = |length: u64, template: &str| {
                let style =
                    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
                all.add(ProgressBar::new(length).with_style(style.progress_chars("█▉▊▋▌▍▎▏ ")))
            };
            Bars {
                contacts: bar(0, "contacts {wide_bar:.green} {pos}/{len}  {elapsed}"),
                calls: bar(
                    u64::from(max_concurrent),
                    "in flight {wide_bar:.cyan} {pos}/{len}",
                ),
                outcomes: bar(0, "{msg}"),
            }
        });
        Self {
            bars,
            last_line: None,
        }
    }

    pub(super) fn show(&mut self, counters: &Counters) {
        let done = counters.completed + counters.failed + counters.skipped;
        match &self.bars {
            // Nothing has been read of the list yet: an empty bar would look full.
            _ if counters.total == 0 => {}
            Some(bars) => {
                bars.contacts.set_length(counters.total);
                bars.contacts.set_position(done);
                bars.calls.set_position(counters.calling);
                bars.outcomes.set_message(outcomes(counters));
            }
            None if self.last_line.is_none_or(|at| at.elapsed() >= LINE_EVERY) => {
                self.last_line = Some(Instant::now());
                let (total, calling) = (counters.total, counters.calling);
                say(&format!(
                    "{done} of {total} contacts done, {calling} in flight; {}",
                    outcomes(counters)
                ));
            }
            None => {}
        }
    }

    pub(super) fn finish(self, counters: &Counters) {
        if let Some(bars) = self.bars {
            bars.contacts.finish();
            bars.calls.finish_and_clear();
            bars.outcomes.finish_with_message(outcomes(counters));
        } else {
            say(&outcomes(counters));
        }
    }
}

fn outcomes(counters: &Counters) -> String {
    let counted = Outcome::ALL
        .into_iter()
        .map(|outcome| (outcome.name(), counters.outcome(outcome)));
    let shown: Vec<String> = counted
        .filter(|(_, count)| *count > 0)
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    format!("{} attempts: {}", counters.attempts, shown.join(", "))
}

/// Progress of a copy, whose end is not known: a counter on a terminal, nothing otherwise.
pub(super) struct RowProgress(ProgressBar);

impl RowProgress {
    pub(super) fn new(done: &'static str) -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new_spinner()
        } else {
            ProgressBar::hidden()
        };
        let style = ProgressStyle::with_template("{spinner} {prefix} {msg}  {elapsed}");
        Self(
            bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
                .with_prefix(done),
        )
    }

    pub(super) fn show(&mut self, rows: u64) {
        self.0.set_message(format!("{rows} rows"));
        self.0.tick();
    }

    pub(super) fn show_bytes(&mut self, bytes: u64) {
        self.0.set_message(format!("{} MiB", bytes >> 20));
        self.0.tick();
    }

    pub(super) fn finish(self) {
        self.0.finish_and_clear();
    }
}

//! Progress of a campaign and of long lists: bars on a terminal, plain lines otherwise, on stderr.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressStyle};
use outdial_domain::attempt::Outcome;
use outdial_domain::counters::Counters;
use outdial_domain::import::{Import, ImportState, percent_read};
use serde_json::Value;

use super::say;

/// How often a line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(2);
/// How often a list's bar is drawn again: reading a row takes less time than showing it.
const BAR_EVERY: Duration = Duration::from_millis(100);

pub(super) struct CampaignProgress {
    list: Option<ListProgress>,
    bars: Option<Bars>,
    last_line: Option<(Instant, String)>,
}

/// The figures of a campaign's run that are shown.
pub(super) struct Figures {
    total: u64,
    /// Completed, failed or skipped.
    done: u64,
    calling: u64,
    attempts: u64,
    /// Those that came about.
    outcomes: Vec<(String, u64)>,
}

impl From<&Counters> for Figures {
    fn from(counters: &Counters) -> Self {
        let counted = Outcome::ALL
            .into_iter()
            .map(|outcome| (outcome.name().to_owned(), counters.outcome(outcome)));
        Self {
            total: counters.total,
            done: counters.completed + counters.failed + counters.skipped,
            calling: counters.calling,
            attempts: counters.attempts,
            outcomes: counted.filter(|(_, count)| *count > 0).collect(),
        }
    }
}

impl Figures {
    /// Reads them from what the API tells of a campaign.
    pub(super) fn of_stats(stats: &Value) -> Self {
        let count = |name: &str| stats["counters"][name].as_u64().unwrap_or(0);
        let outcomes = stats["outcomes"].as_object().into_iter().flatten();
        let counted = outcomes.map(|(name, count)| (name.clone(), count.as_u64().unwrap_or(0)));
        Self {
            total: count("total"),
            done: count("completed") + count("failed") + count("skipped"),
            calling: count("calling"),
            attempts: count("attempts"),
            outcomes: counted.filter(|(_, count)| *count > 0).collect(),
        }
    }
}

struct Bars {
    all: MultiProgress,
    contacts: ProgressBar,
    calls: ProgressBar,
    outcomes: ProgressBar,
}

impl CampaignProgress {
    pub(super) fn new(max_concurrent: u32) -> Self {
        let bars = std::io::stderr().is_terminal().then(|| {
            let all = MultiProgress::new();
            let bar = |length: u64, template: &str| all.add(bar(length, template));
            Bars {
                contacts: bar(0, "contacts {wide_bar:.green} {pos}/{len}  {elapsed}"),
                calls: bar(
                    u64::from(max_concurrent),
                    "in flight {wide_bar:.cyan} {pos}/{len}",
                ),
                outcomes: bar(0, "{msg}"),
                all,
            }
        });
        Self {
            list: None,
            bars,
            last_line: None,
        }
    }

    /// Shows how far the campaign's list has been read, above the rest, for as long as that takes.
    pub(super) fn show_import(&mut self, import: &Import) {
        if import.state != ImportState::Running {
            if let Some(list) = self.list.take() {
                list.finish();
            }
            return;
        }
        let bars = self.bars.as_ref();
        let list = self.list.get_or_insert_with(|| {
            let bar = bars.map(|bars| bars.all.insert(0, list_bar(import.bytes_total)));
            ListProgress::on(bar, "importing", import.bytes_total)
        });
        list.show(import.rows_read, import.bytes_read);
    }

    pub(super) fn show(&mut self, figures: &Figures) {
        match &self.bars {
            // Nothing has been read of the list yet: an empty bar would look full.
            _ if figures.total == 0 => {}
            Some(bars) => {
                bars.contacts.set_length(figures.total);
                bars.contacts.set_position(figures.done);
                bars.calls.set_position(figures.calling);
                bars.outcomes.set_message(outcomes(figures));
            }
            None => {
                let line = format!(
                    "{} of {} contacts done, {} in flight; {}",
                    figures.done,
                    figures.total,
                    figures.calling,
                    outcomes(figures)
                );
                let is_due = self
                    .last_line
                    .as_ref()
                    .is_none_or(|(at, last)| at.elapsed() >= LINE_EVERY && *last != line);
                if is_due {
                    say(&line);
                    self.last_line = Some((Instant::now(), line));
                }
            }
        }
    }

    /// Says something above the bars.
    pub(super) fn note(&self, text: &str) {
        match &self.bars {
            // A terminal that is gone hears nothing.
            Some(bars) => drop(bars.all.println(text)),
            None => say(text),
        }
    }

    pub(super) fn finish(self, figures: &Figures) {
        if let Some(list) = self.list {
            list.finish();
        }
        if let Some(bars) = self.bars {
            bars.contacts.finish();
            bars.calls.finish_and_clear();
            bars.outcomes.finish_with_message(outcomes(figures));
        } else {
            say(&outcomes(figures));
        }
    }
}

fn outcomes(figures: &Figures) -> String {
    let shown = figures.outcomes.iter();
    let shown: Vec<String> = shown.map(|(name, count)| format!("{name} {count}")).collect();
    match shown.as_slice() {
        [] => format!("{} attempts", figures.attempts),
        shown => format!("{} attempts: {}", figures.attempts, shown.join(", ")),
    }
}

fn bar(length: u64, template: &str) -> ProgressBar {
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(length).with_style(style.progress_chars("█▉▊▋▌▍▎▏ "))
}

fn list_bar(bytes: u64) -> ProgressBar {
    bar(bytes, "{msg} {wide_bar:.green} {elapsed}")
}

/// Progress of a list by the bytes that were read of it: a bar on a terminal; otherwise a line now and then, and none
/// for a short list. Nothing of it stays on a terminal.
pub(super) struct ListProgress {
    doing: &'static str,
    bytes_total: u64,
    bar: Option<ProgressBar>,
    last_shown: Instant,
}

impl ListProgress {
    /// Of a list of that many bytes, which is being `doing`: `checking`, say.
    pub(super) fn new(doing: &'static str, bytes_total: u64) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| list_bar(bytes_total));
        Self::on(bar, doing, bytes_total)
    }

    fn on(bar: Option<ProgressBar>, doing: &'static str, bytes_total: u64) -> Self {
        Self {
            doing,
            bytes_total,
            bar,
            last_shown: Instant::now(),
        }
    }

    pub(super) fn show(&mut self, rows: u64, bytes: u64) {
        let Some(text) = self.text_due(Instant::now(), rows, bytes) else {
            return;
        };
        match &self.bar {
            Some(bar) => {
                bar.set_position(bytes);
                bar.set_message(text);
            }
            None => say(&text),
        }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }

    /// What is to be said now, if anything.
    fn text_due(&mut self, now: Instant, rows: u64, bytes: u64) -> Option<String> {
        let every = if self.bar.is_some() { BAR_EVERY } else { LINE_EVERY };
        if now.saturating_duration_since(self.last_shown) < every {
            return None;
        }
        self.last_shown = now;
        let (doing, rows) = (self.doing, HumanCount(rows));
        Some(match percent_read(bytes, self.bytes_total) {
            Some(percent) => format!("{doing} {rows} rows {percent}%"),
            None => format!("{doing} {rows} rows"),
        })
    }
}

/// Progress of bytes on their way: a bar on a terminal; otherwise a line now and then, and none where they are soon there.
pub(super) struct ByteProgress {
    doing: String,
    total: u64,
    done: u64,
    bar: Option<ProgressBar>,
    last_shown: Instant,
}

impl ByteProgress {
    /// Of that many bytes, to which is being done what is said: `uploading july.csv`, say.
    pub(super) fn new(doing: String, total: u64) -> Self {
        let template = "{msg} {wide_bar:.green} {bytes}/{total_bytes} {elapsed}";
        let bar = std::io::stderr()
            .is_terminal()
            .then(|| bar(total, template).with_message(doing.clone()));
        Self {
            doing,
            total,
            done: 0,
            bar,
            last_shown: Instant::now(),
        }
    }

    /// So many more are done.
    pub(super) fn add(&mut self, bytes: u64) {
        self.done += bytes;
        if let Some(bar) = &self.bar {
            bar.set_position(self.done);
        } else if self.last_shown.elapsed() >= LINE_EVERY {
            self.last_shown = Instant::now();
            if let Some(percent) = percent_read(self.done, self.total) {
                say(&format!("{} {percent}%", self.doing));
            }
        }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.bar {
            bar.finish_and_clear();
        }
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    const MOMENT: Duration = Duration::from_millis(1);

    fn without_a_terminal(bytes_total: u64) -> (ListProgress, Instant) {
        let list = ListProgress::on(None, "importing", bytes_total);
        let begun = list.last_shown;
        (list, begun)
    }

    #[test]
    fn a_list_that_is_read_within_two_seconds_is_passed_over_in_silence() {
        let (mut list, begun) = without_a_terminal(1000);
        assert_eq!(list.text_due(begun, 1, 10), None);
        assert_eq!(list.text_due(begun + LINE_EVERY - MOMENT, 90, 1000), None);
    }

    #[test]
    fn a_long_list_tells_its_rows_and_its_share_once_every_two_seconds() {
        let (mut list, begun) = without_a_terminal(1_000_000);
        let first = list.text_due(begun + LINE_EVERY, 123_456, 459_999);
        assert_eq!(first.as_deref(), Some("importing 123,456 rows 45%"));
        let next = begun + 2 * LINE_EVERY;
        assert_eq!(list.text_due(next - MOMENT, 200_000, 600_000), None);
        let second = list.text_due(next, 200_001, 600_000);
        assert_eq!(second.as_deref(), Some("importing 200,001 rows 60%"));
    }

    #[test]
    fn a_list_that_is_being_read_is_never_said_to_be_whole() {
        let (mut list, begun) = without_a_terminal(700);
        let text = list.text_due(begun + LINE_EVERY, 12, 700);
        assert_eq!(text.as_deref(), Some("importing 12 rows 99%"));
    }

    #[test]
    fn a_list_of_unknown_size_tells_its_rows_alone() {
        let (mut list, begun) = without_a_terminal(0);
        let text = list.text_due(begun + LINE_EVERY, 1_000_000, 5);
        assert_eq!(text.as_deref(), Some("importing 1,000,000 rows"));
    }

    #[test]
    fn a_bar_follows_the_bytes_ten_times_a_second() {
        let mut list = ListProgress::on(Some(ProgressBar::hidden()), "checking", 1000);
        let begun = list.last_shown;
        assert_eq!(list.text_due(begun + BAR_EVERY - MOMENT, 1, 10), None);
        let text = list.text_due(begun + BAR_EVERY, 2, 20);
        assert_eq!(text.as_deref(), Some("checking 2 rows 2%"));
    }
}

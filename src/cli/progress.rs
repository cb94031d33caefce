//! Progress of a campaign and of long lists: bars on a terminal, plain lines otherwise, on stderr.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use indicatif::{HumanCount, MultiProgress, ProgressBar, ProgressStyle};
use outdial_domain::attempt::Outcome;
use outdial_domain::counters::Counters;
use outdial_domain::import::{Import, ImportState, percent_read};

use super::say;

/// How often a line is printed where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(2);
/// How often a list's bar is drawn again: reading a row takes less time than showing it.
const BAR_EVERY: Duration = Duration::from_millis(100);

pub(super) struct CampaignProgress {
    list: Option<ListProgress>,
    bars: Option<Bars>,
    last_line: Option<Instant>,
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
        if let Some(list) = self.list {
            list.finish();
        }
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

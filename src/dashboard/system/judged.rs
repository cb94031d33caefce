//! Whether a figure is good or bad, and what that means.

const GIGABYTE: u64 = 1_000_000_000;

/// What is to be thought of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    Good,
    Slow,
    Bad,
    /// There is no figure.
    Unknown,
}

/// A figure in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) verdict: Verdict,
    pub(super) told: &'static str,
}

impl Judged {
    const fn new(verdict: Verdict, told: &'static str) -> Self {
        Self { verdict, told }
    }

    /// The colour of its badge.
    pub(super) fn class(&self) -> &'static str {
        match self.verdict {
            Verdict::Good => "good",
            Verdict::Slow => "warn",
            Verdict::Bad => "bad",
            Verdict::Unknown => "plain",
        }
    }

    /// The word in its badge.
    pub(super) fn word(&self) -> &'static str {
        match self.verdict {
            Verdict::Good => "good",
            Verdict::Slow => "watch it",
            Verdict::Bad => "bad",
            Verdict::Unknown => "no figure",
        }
    }
}

/// Every call waits for a commit before it is sent, and every callback before it is acknowledged.
pub(super) fn slow_commits(p99: Option<f64>) -> Judged {
    match p99 {
        None => Judged::new(Verdict::Unknown, "Nothing was written."),
        Some(0.0..0.1) => Judged::new(Verdict::Good, "The disk keeps up."),
        Some(0.1..1.0) => Judged::new(
            Verdict::Slow,
            "The disk is slow: calls and answers to carriers wait for it.",
        ),
        Some(_) => Judged::new(
            Verdict::Bad,
            "The disk is far too slow: carriers give up on callbacks that are not answered in a few seconds. Use a faster \
             disk, or find what else writes to it.",
        ),
    }
}

/// Alarms start what is due.
pub(super) fn late_alarms(p99: Option<f64>) -> Judged {
    match p99 {
        None => Judged::new(Verdict::Unknown, "No alarm was due."),
        Some(late) if late < 1.0 => Judged::new(Verdict::Good, "What is due happens on time."),
        Some(late) if late < 10.0 => Judged::new(
            Verdict::Slow,
            "What is due happens seconds late: the machine is busy.",
        ),
        Some(_) => Judged::new(
            Verdict::Bad,
            "What is due happens too late: the machine is overloaded, was asleep, or its clock was set.",
        ),
    }
}

/// A store that cannot grow takes no writes, and nothing is dialled.
pub(super) fn room_left(free: Option<u64>) -> Judged {
    match free {
        None => Judged::new(Verdict::Unknown, "The disk does not say how much is free."),
        Some(free) if free >= 5 * GIGABYTE => Judged::new(Verdict::Good, "There is room."),
        Some(free) if free >= GIGABYTE => {
            Judged::new(Verdict::Slow, "Make room, or a larger disk, before long.")
        }
        Some(_) => Judged::new(
            Verdict::Bad,
            "Almost full: a store that cannot grow takes no writes, and dialling stops.",
        ),
    }
}

/// What is on its way to campaigns is dealt with at once; a queue that stays is one that grows.
pub(super) fn backlog(queued: Option<u64>) -> Judged {
    match queued {
        None => Judged::new(Verdict::Unknown, "The queue is not told."),
        Some(0..1_000) => Judged::new(Verdict::Good, "Campaigns deal with what comes."),
        Some(1_000..10_000) => Judged::new(
            Verdict::Slow,
            "Much is on its way to campaigns; look again whether it shrinks.",
        ),
        Some(_) => Judged::new(Verdict::Bad, "Campaigns do not keep up with what comes."),
    }
}

/// A span that may be far below a second.
pub(super) fn span(seconds: f64) -> String {
    match seconds {
        0.0 => "0 ms".to_owned(),
        seconds if seconds < 0.01 => format!("{:.1} ms", seconds * 1000.0),
        seconds if seconds < 1.0 => format!("{:.0} ms", seconds * 1000.0),
        seconds if seconds < 60.0 => format!("{seconds:.1} s"),
        seconds => super::duration(seconds),
    }
}

/// Bytes in the largest unit that leaves at least one of it.
pub(super) fn bytes(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    let mut size = bytes as f64 / 1000.0;
    if size < 1.0 {
        return format!("{bytes} bytes");
    }
    let mut unit = 0;
    while size >= 999.95 && unit + 1 < units.len() {
        size /= 1000.0;
        unit += 1;
    }
    format!("{size:.1} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_judged_from_good_to_bad() {
        let of =
            |judge: fn(Option<f64>) -> Judged, at: [f64; 3]| at.map(|figure| judge(Some(figure)).verdict);
        let all = [Verdict::Good, Verdict::Slow, Verdict::Bad];
        assert_eq!(of(slow_commits, [0.02, 0.3, 2.0]), all);
        assert_eq!(of(late_alarms, [0.0, 3.0, 60.0]), all);
        assert_eq!(
            [9, 2, 0].map(|free| room_left(Some(free * GIGABYTE)).verdict),
            all
        );
        assert_eq!(slow_commits(None).verdict, Verdict::Unknown);
    }

    #[test]
    fn spans_and_sizes_have_units_that_fit() {
        assert_eq!(
            (span(0.0), span(0.0042)),
            ("0 ms".to_owned(), "4.2 ms".to_owned())
        );
        assert_eq!(
            (span(0.25), span(2.54)),
            ("250 ms".to_owned(), "2.5 s".to_owned())
        );
        assert_eq!(span(90.0), "1 min 30 s");
        assert_eq!(
            (bytes(999), bytes(999_999)),
            ("999 bytes".to_owned(), "1.0 MB".to_owned())
        );
        assert_eq!(bytes(12_340_000_000), "12.3 GB");
    }
}

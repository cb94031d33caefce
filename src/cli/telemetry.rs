//! Logs: structured, on stderr, with ids as fields; no secrets and no full phone numbers.
//!
//! What is logged leaves secrets out where it is written. Phone numbers are hidden here, on their way out: a carrier's
//! words, or a library's, may hold one.

use std::io::{self, Write};

use tracing::Level;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::config::LogFormat;

/// Fewer digits than this are no phone number.
const LEAST_DIGITS: usize = 8;
/// Digits that are shown at a number's beginning at most, and at its end.
const SHOWN: (usize, usize) = (7, 2);

/// Starts logging. `filter` has been checked before; one that is wrong all the same logs at `info`.
pub(crate) fn start(filter: &str, format: LogFormat) {
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(|| Masking(io::stderr()))
        .with_ansi(false);
    let lines = match format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    // A program that embeds this one may log already.
    drop(
        tracing_subscriber::registry()
            .with(lines)
            .with(targets(filter))
            .try_init(),
    );
}

/// A level alone is outdial's own: libraries are heard from `warn` up.
fn targets(filter: &str) -> Targets {
    match filter.parse::<Level>() {
        Ok(level) => Targets::new()
            .with_default(level.min(Level::WARN))
            .with_target("outdial", level),
        Err(_) => filter
            .parse()
            .unwrap_or_else(|_| Targets::new().with_default(Level::INFO)),
    }
}

/// A writer of whole lines that hides the middle of phone numbers.
struct Masking<W>(W);

impl<W: Write> Write for Masking<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        // One write to stderr, so that lines of several threads do not mix.
        self.0.write_all(&masked(line))?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The line with the middle of its phone numbers taken out: `+1202555…23`. A number begins with `+`, or with what a
/// URL makes of that.
fn masked(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut rest = line;
    while !rest.is_empty() {
        let prefix = [b"+".as_slice(), b"%2B", b"%2b"]
            .into_iter()
            .find(|prefix| rest.starts_with(prefix));
        let Some(prefix) = prefix else {
            out.push(rest[0]);
            rest = &rest[1..];
            continue;
        };
        out.extend(prefix);
        rest = &rest[prefix.len()..];
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits >= LEAST_DIGITS {
            let begins = SHOWN.0.min(digits - 2 * SHOWN.1);
            out.extend(&rest[..begins]);
            out.extend("…".as_bytes());
            out.extend(&rest[digits - SHOWN.1..digits]);
            rest = &rest[digits..];
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(line: &str) -> String {
        String::from_utf8(masked(line.as_bytes())).expect("still text")
    }

    #[test]
    fn the_middle_of_a_phone_number_is_hidden_wherever_it_stands() {
        assert_eq!(shown("to +12025550123."), "to +1202555…23.");
        assert_eq!(shown("?To=%2B12025550123&x=1"), "?To=%2B1202555…23&x=1");
        assert_eq!(shown("+12025550123+4912345678"), "+1202555…23+491234…78");
        assert_eq!(shown("+29012345"), "+2901…45");
    }

    #[test]
    fn ids_times_and_short_sums_stay_as_they_are() {
        for line in [
            "2026-07-01T13:00:00.123456Z",
            "campaign=01890000-0000-7000-8000-123456789012",
            "1+1=2, +1234567, grün+",
        ] {
            assert_eq!(shown(line), line);
        }
    }

    #[test]
    fn a_level_alone_is_outdials_own() {
        let debug = targets("debug");
        assert!(debug.would_enable("outdial_actors::line", &Level::DEBUG));
        assert!(!debug.would_enable("hyper_util::client", &Level::INFO));
        assert!(debug.would_enable("hyper_util::client", &Level::WARN));
        assert!(!targets("error").would_enable("hyper_util::client", &Level::WARN));
        let written = targets("warn,hyper_util=debug");
        assert!(written.would_enable("hyper_util::client", &Level::DEBUG));
        assert!(!written.would_enable("outdial::http", &Level::INFO));
    }
}

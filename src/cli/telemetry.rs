//! Logs: structured, on stderr, with ids as fields; no secrets and no full phone numbers.

use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts logging. `filter` has been checked before; one that is wrong all the same logs at `info`.
pub(crate) fn start(filter: &str) {
    let targets: Targets = filter
        .parse()
        .unwrap_or_else(|_| Targets::new().with_default(tracing::Level::INFO));
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(false);
    // A program that embeds this one may log already.
    drop(
        tracing_subscriber::registry()
            .with(lines)
            .with(targets)
            .try_init(),
    );
}

//! The dashboard in a real Chromium: what people see, press and are refused, and what no page may do.
//!
//! What a machine lacks for that is said on stderr and its tests are skipped; with `CI=true` that is a failure.

mod axe;
mod browser;
mod explained;
mod first_start;
mod furnished;
mod hostile;
mod keyboard;
mod live;
mod pages;
mod roles;
mod sessions;
mod walk;
mod without_script;
mod wizard;

use std::io::Write;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// Whether there is no browser here that tests can drive.
fn lacks_browser() -> bool {
    static REASON: OnceLock<Option<String>> = OnceLock::new();
    let reason = REASON.get_or_init(|| {
        ["chromedriver", "chromium"].into_iter().find_map(|program| {
            let output = Command::new(program)
                .arg("--version")
                .stdin(Stdio::null())
                .output();
            match output {
                Ok(output) if output.status.success() => None,
                Ok(output) => Some(format!("{program} cannot be run: {}", output.status)),
                Err(error) => Some(format!("{program} cannot be run: {error}")),
            }
        })
    });
    reason.as_ref().is_some_and(|reason| skipped(reason))
}

/// Says that a test is skipped, and why; with `CI=true` that is a failure.
fn skipped(reason: &str) -> bool {
    let on_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
    assert!(!on_ci, "{reason}");
    let test = std::thread::current().name().unwrap_or("a test").to_owned();
    // The macros would hide it, since the test passes.
    let line = format!("{test} is skipped, {reason}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
    true
}

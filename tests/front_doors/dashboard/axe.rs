//! axe-core, which finds what keeps people out who see, hear or move otherwise. It comes from npm, is kept under
//! `target`, and is put into a page by the driver: no page of outdial's loads it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::{Value, json};

use super::browser::Browser;
use super::skipped;

const PACKAGE: &str = "axe-core@4.14.1";
/// What is asked of a page: WCAG 2.2 up to AA, and what its makers have found to be good besides.
const TAGS: [&str; 6] = [
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
];
const RUN: &str = "
    const [tags, done] = arguments;
    // A colour on its way from one scheme to the other is neither's.
    for (const change of document.getAnimations()) change.finish();
    axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
        .then(({violations}) => done(violations.map(({id, impact, help, nodes}) => ({
            id, impact, help,
            nodes: nodes.map(({target, failureSummary}) => ({target: target.join(' '), failureSummary})),
        }))), error => done([{id: 'axe', impact: 'fatal', help: String(error), nodes: []}]));";

/// The module's text.
#[derive(Clone, Copy)]
pub struct Axe(&'static str);

#[derive(Debug, Deserialize)]
struct Violation {
    id: String,
    impact: Option<String>,
    help: String,
    nodes: Vec<Node>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Node {
    target: String,
    failure_summary: String,
}

impl Axe {
    /// `None` where it cannot be had on this machine, which is said on stderr; with `CI=true` that is a failure.
    pub fn found_or_fetched() -> Option<Self> {
        static TEXT: OnceLock<Result<String, String>> = OnceLock::new();
        match TEXT.get_or_init(fetched) {
            Ok(text) => Some(Self(text)),
            Err(reason) => {
                skipped(&format!("there is no {PACKAGE}: {reason}"));
                None
            }
        }
    }

    /// What is wrong with the page that is open: each rule, how bad that is, and where.
    pub async fn finds(self, browser: &Browser) -> Vec<String> {
        let is_there: bool = browser.js("return 'axe' in window", Vec::new()).await;
        if !is_there {
            let _: Value = browser.js(self.0, Vec::new()).await;
        }
        let found = browser
            .driver
            .execute_async(RUN, vec![json!(TAGS)])
            .await
            .unwrap();
        let found: Vec<Violation> = found.convert().unwrap();
        found.iter().flat_map(Violation::told).collect()
    }
}

impl Violation {
    fn told(&self) -> Vec<String> {
        let impact = self.impact.as_deref().unwrap_or("of unknown impact");
        let told = |node: &Node| {
            let (rule, help) = (&self.id, &self.help);
            let why = node.failure_summary.replace('\n', " ");
            format!("{rule} ({impact}) at `{}`: {help}. {why}", node.target)
        };
        match self.nodes.is_empty() {
            true => vec![format!("{} ({impact}): {}", self.id, self.help)],
            false => self.nodes.iter().map(told).collect(),
        }
    }
}

fn fetched() -> Result<String, String> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"));
    fs::create_dir_all(home).map_err(|error| format!("{}: {error}", home.display()))?;
    let kept = home.join(format!("{}.min.js", PACKAGE.replace('@', "-")));
    let lock = home.join("axe-core.lock");
    // Whoever comes second, in another process too, waits, and finds it there.
    let _locked = File::create(&lock)
        .and_then(|file| file.lock().map(|()| file))
        .map_err(|error| format!("{}: {error}", lock.display()))?;
    if !kept.exists() {
        let unpacked = unpacked(home)?;
        fs::rename(&unpacked, &kept).map_err(|error| format!("{}: {error}", unpacked.display()))?;
    }
    fs::read_to_string(&kept).map_err(|error| format!("{}: {error}", kept.display()))
}

/// Fetches the package, and takes out the one file of it.
fn unpacked(home: &Path) -> Result<PathBuf, String> {
    let work = tempfile::tempdir_in(home).map_err(|error| error.to_string())?;
    done(
        Command::new("npm")
            .args(["pack", "--silent", PACKAGE])
            .current_dir(work.path()),
    )?;
    let archive = format!("{}.tgz", PACKAGE.replace('@', "-"));
    let tar = ["-xzf", &archive, "package/axe.min.js"];
    done(Command::new("tar").args(tar).current_dir(work.path()))?;
    let file = home.join("axe.min.js.new");
    fs::rename(work.path().join("package/axe.min.js"), &file).map_err(|error| error.to_string())?;
    Ok(file)
}

fn done(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| format!("{command:?}: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => Err(format!(
            "{command:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        )),
    }
}

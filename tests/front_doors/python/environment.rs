//! Virtual environments with what tests need from PyPI, each made once and kept under `target`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Twilio's own client, at its version on PyPI.
const TWILIO: Kit = Kit {
    name: "twilio-9.13.0",
    packages: &["twilio==9.13.0"],
};
/// What knows OpenAPI documents, and tries out services by them.
const OPENAPI: Kit = Kit {
    name: "schemathesis-4.32.5",
    packages: &[
        "schemathesis==4.32.5",
        "openapi-spec-validator==0.9.0",
        "jsonschema[format-nongpl]==4.26.0",
    ],
};

/// Packages of PyPI that are needed together.
struct Kit {
    name: &'static str,
    packages: &'static [&'static str],
}

/// A Python that knows some packages.
#[derive(Clone)]
pub struct Python(PathBuf);

impl Python {
    /// The one with Twilio's client.
    pub fn with_twilio() -> Option<Self> {
        static MADE: OnceLock<Result<Python, String>> = OnceLock::new();
        Self::with(&TWILIO, &MADE)
    }

    /// The one that knows OpenAPI.
    pub fn with_openapi() -> Option<Self> {
        static MADE: OnceLock<Result<Python, String>> = OnceLock::new();
        Self::with(&OPENAPI, &MADE)
    }

    /// `None` where it cannot be had on this machine, which is said on stderr; with `CI=true` that is a failure.
    fn with(kit: &Kit, made: &OnceLock<Result<Self, String>>) -> Option<Self> {
        match made.get_or_init(|| Self::found_or_made(kit)) {
            Ok(python) => Some(python.clone()),
            Err(reason) => {
                let on_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
                assert!(!on_ci, "no Python with {}: {reason}", kit.name);
                let test = std::thread::current().name().unwrap_or("a test").to_owned();
                // The macros would hide it, since the test passes.
                let line = format!("{test} is skipped, no Python with {}: {reason}\n", kit.name);
                std::io::stderr().write_all(line.as_bytes()).unwrap();
                None
            }
        }
    }

    /// A program of one of its packages, in a directory of its own.
    pub fn module(&self, module: &str, home: &Path) -> Command {
        let mut command = Command::new(&self.0);
        // A proxy of this machine is not for loopback.
        command.args(["-I", "-m", module]).env("no_proxy", "127.0.0.1");
        command.current_dir(home).stdin(Stdio::null());
        command
    }

    /// Runs a script of this directory, which reads JSON and prints JSON. The answer is what it printed.
    pub fn run<T: DeserializeOwned>(&self, script: &str, given: &impl Serialize) -> T {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/front_doors/python")
            .join(script);
        let mut child = Command::new(&self.0)
            .args([OsStr::new("-I"), path.as_os_str()])
            // A proxy of this machine is not for loopback.
            .env("no_proxy", "127.0.0.1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let given = serde_json::to_vec(given).unwrap();
        child.stdin.take().unwrap().write_all(&given).unwrap();
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{script} failed: {}", output.status);
        serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{script} printed no such JSON, {error}: {output:?}"))
    }

    fn found_or_made(kit: &Kit) -> Result<Self, String> {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(target).map_err(|error| format!("{}: {error}", target.display()))?;
        let name = format!("python-{}", kit.name);
        let (home, lock) = (target.join(&name), target.join(name + ".lock"));
        // Whoever comes second, in another process too, waits, and finds it made. A lock ends with its process.
        let _locked = File::create(&lock)
            .and_then(|file| file.lock().map(|()| file))
            .map_err(|error| format!("{}: {error}", lock.display()))?;
        let python = home.join("bin/python");
        let complete = home.join("complete");
        // What it was made of may be gone since.
        if complete.exists() && succeeded(Command::new(&python).args(["-I", "-c", ""])).is_ok() {
            return Ok(Self(python));
        }
        let mut venv = Command::new("python3");
        venv.args(["-m", "venv", "--clear"]).arg(&home);
        succeeded(&mut venv).map_err(|why| format!("python3 -m venv: {why}"))?;
        let mut pip = Command::new(&python);
        pip.args([
            "-I",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-input",
            "--retries",
            "1",
        ]);
        pip.args(kit.packages);
        succeeded(&mut pip).map_err(|why| format!("pip install {}: {why}", kit.packages.join(" ")))?;
        File::create(&complete).map_err(|error| format!("{}: {error}", complete.display()))?;
        Ok(Self(python))
    }
}

/// Runs a command; where it fails, the error is the last line that it said.
fn succeeded(command: &mut Command) -> Result<(), String> {
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|error| error.to_string())?;
    if output.status.success() {
        return Ok(());
    }
    let said = [&output.stderr, &output.stdout].map(|bytes| String::from_utf8_lossy(bytes));
    let mut lines = said.iter().flat_map(|text| text.lines().rev());
    let last = lines.find(|line| !line.trim().is_empty());
    Err(last.map_or_else(|| output.status.to_string(), |line| line.trim().to_owned()))
}

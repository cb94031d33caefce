//! A disk that fills up.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use outdial_simulator::Simulator;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{requested, verify};
use crate::service::{Service, carrier, people, problem, until};

/// A disk of its own size, and what fills it.
pub struct TinyDisk {
    path: PathBuf,
}

impl TinyDisk {
    /// A disk mounted there; `None` where this process may not mount, which one line on stderr says.
    ///
    /// On a CI machine (`CI=true`) it is an error where the process is root with the right to mount, and mounting
    /// fails all the same: what could be tested there must be.
    pub fn mounted(path: PathBuf, size: &str) -> Option<Self> {
        std::fs::create_dir_all(&path).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={size},mode=700"), "tmpfs"])
            .arg(&path)
            .output();
        let why = match mounted {
            Ok(output) if output.status.success() => return Some(Self { path }),
            Ok(output) => {
                let said = String::from_utf8_lossy(&output.stderr).into_owned();
                said.lines().next().unwrap_or("mount says nothing").to_owned()
            }
            Err(error) => error.to_string(),
        };
        let is_ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
        assert!(!(is_ci && may_mount()), "this process may mount, but: {why}");
        // Written past the test harness, which shows nothing of a test that passes.
        let said = writeln!(
            std::io::stderr(),
            "SKIPPED: a full disk is not tested, because no tmpfs can be mounted here: {why}"
        );
        said.unwrap();
        None
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Takes up so many bytes, or all that there are.
    pub fn fill(&self, bytes: u64) {
        let mut ballast = std::fs::File::create(self.path.join("ballast")).unwrap();
        let block = [0; 64 << 10];
        for _ in 0..bytes.div_ceil(block.len() as u64) {
            match ballast.write_all(&block) {
                Err(error) if error.kind() == ErrorKind::StorageFull => return,
                written => written.unwrap(),
            }
        }
    }

    pub fn empty(&self) {
        std::fs::remove_file(self.path.join("ballast")).unwrap();
    }
}

impl Drop for TinyDisk {
    fn drop(&mut self) {
        // Lazily: a service that a failed test has left may still have it open.
        let unmounted = Command::new("umount").arg("-l").arg(&self.path).status();
        assert!(unmounted.unwrap().success() || thread::panicking());
    }
}

/// Whether the kernel lets this process mount: `CAP_SYS_ADMIN` is the 22nd capability.
fn may_mount() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let effective = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let bits = effective.and_then(|bits| u64::from_str_radix(bits.trim(), 16).ok());
    bits.is_some_and(|bits| bits >> 21 & 1 == 1)
}

/// Waits until the service says why it is not ready; the answer is its reason.
async fn not_ready(service: &Service) -> String {
    until("the service is not ready", async || {
        let answer = service.request(Method::GET, "/readyz").send().await.ok()?;
        if answer.status() == StatusCode::OK {
            return None;
        }
        let (status, problem) = problem(answer).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        Some(problem["detail"].as_str().unwrap().to_owned())
    })
    .await
}

/// Callbacks that the carrier has had acknowledged, and those that were answered 503.
fn callbacks(carrier: &Simulator) -> (usize, usize) {
    let books = carrier.books();
    let all = books.calls.iter().flat_map(|call| &call.callbacks);
    let with = |status| {
        all.clone()
            .filter(|callback| callback.status == Some(status))
            .count()
    };
    (with(204), with(503))
}

#[tokio::test]
async fn on_a_full_disk_nothing_is_acknowledged_or_dialled_and_it_goes_on_once_there_is_room() {
    const CONTACTS: usize = 90;
    let behaviour = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20});
    let carrier = carrier(30.0, 6, &behaviour);
    let mut service = Service::new();
    // The service wants 64 MiB.
    let Some(disk) = TinyDisk::mounted(service.data_dir(), "96m") else {
        return;
    };
    service.start().await;
    let line = service.add_line(&carrier).await;
    let more = json!({
        "contacts": people(CONTACTS),
        "pacing": {"max_concurrent": 10, "per_minute": 60000},
        "unknown": {"wait_seconds": 0, "then": "lost"},
        "watchdog_seconds": 2,
    });
    let id = service.running(&line, more).await;
    for round in 1..=2 {
        let goal = round * 30;
        until("calls are going out", async || {
            (carrier.summary().carrier_requests >= goal).then_some(())
        })
        .await;
        disk.fill(40 << 20);
        let reason = not_ready(&service).await;
        assert!(
            reason.contains("the disk is nearly full") && reason.contains("store"),
            "{reason}"
        );
        let (status, system) = service.get("/system").await;
        let shown = (&system["ready"], &system["not_ready_reason"]);
        assert_eq!(status, StatusCode::OK, "{system}");
        assert_eq!(shown.0, &json!(false), "{system}");
        assert!(shown.1.as_str().unwrap().contains("nearly full"), "{system}");
        // What was on the wire already has arrived by then.
        tokio::time::sleep(Duration::from_millis(100)).await;
        let asked = carrier.summary().carrier_requests;
        let (kept, _) = callbacks(&carrier);
        until(
            "every call has ended, and the last callback was sent",
            async || {
                let books = carrier.books();
                let is_told = books
                    .calls
                    .iter()
                    .all(|call| call.callbacks.last().is_some_and(|last| last.status.is_some()));
                (books.summary.live_calls == 0 && is_told).then_some(())
            },
        )
        .await;
        let (kept_since, refused) = callbacks(&carrier);
        assert_eq!(kept_since, kept, "acknowledged without a place to keep it");
        assert!(refused > 0);
        assert_eq!(
            carrier.summary().carrier_requests,
            asked,
            "dialled on a full disk"
        );
        let (status, problem) = service
            .post(&format!("/campaigns/{id}/pause"), &Value::Null)
            .await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{problem}");
        assert!((asked as usize) < CONTACTS, "somebody is left to be called");
        if round == 2 {
            service.kill();
            let start = service.command().arg("serve").output().unwrap();
            let reason = String::from_utf8_lossy(&start.stderr).into_owned();
            assert_eq!(start.status.code(), Some(1), "{reason}");
            assert!(reason.contains("the disk is nearly full"), "{reason}");
        }
        disk.empty();
        if round == 2 {
            service.start().await;
        } else {
            service.ready().await;
        }
    }
    let ended = service.ended(&id).await;
    assert_eq!(
        ["completed", "attempts", "unknown"].map(|counter| &ended["counters"][counter]),
        [&json!(CONTACTS), &json!(CONTACTS), &json!(0)]
    );
    assert_eq!(requested(&carrier.books()).len(), CONTACTS);
    assert_eq!(service.terminate().code(), Some(0));
    verify(&service);
}

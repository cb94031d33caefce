//! Backups made while the service works, what is restored from them, and what must not be restored.

use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use outdial_simulator::{RequestEntry, Simulator};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::service::{Service, carrier, people, problem, until};
use crate::trouble::disk::TinyDisk;

const CONTACTS: usize = 240;

/// A carrier whose calls are all answered, and take a third of a second.
fn obliging() -> Simulator {
    let behaviour = json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 20});
    carrier(60.0, 8, &behaviour)
}

/// What a command says on stdout; it must be done.
fn done(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The reason that a command gives; it must fail.
fn refused(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let reason = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{reason}");
    assert!(reason.starts_with("outdial: "), "{reason}");
    reason
}

fn keep(service: &Service, what: &str, file: &Path) -> Command {
    let mut command = service.command();
    command.arg(what).arg(file);
    command
}

fn release(service: &Service) -> String {
    done(service.command().arg("release"))
}

/// A service, not started, over what a backup holds; the store is whole.
fn restored(file: &Path) -> Service {
    let service = Service::new();
    done(&mut keep(&service, "restore", file));
    let verified = done(service.command().arg("verify"));
    assert!(verified.starts_with("verified, no difference"), "{verified}");
    service
}

/// A campaign for the backups, which asks soon about whatever it knows nothing of.
fn spec() -> Value {
    json!({
        "contacts": people(CONTACTS),
        "pacing": {"max_concurrent": 20, "per_minute": 60000},
        "unknown": {"wait_seconds": 1, "then": "lost"},
    })
}

/// The numbers of the contacts that are called no more.
fn completed(contacts: &[Value]) -> HashSet<String> {
    let completed = contacts.iter().filter(|contact| contact["status"] == "completed");
    completed
        .map(|contact| contact["phone_number"].as_str().unwrap().to_owned())
        .collect()
}

/// What the carrier was asked for by this service.
fn requests_of(service: &Service, carrier: &Simulator) -> Vec<RequestEntry> {
    let requests = carrier.books().requests.into_iter();
    requests
        .filter(|request| {
            let url = request.status_callback.as_deref().unwrap();
            url.starts_with(&service.url("/"))
        })
        .collect()
}

/// What `/readyz` says of dialling, and why.
async fn dialling(service: &Service) -> (String, String) {
    let answer = service.request(Method::GET, "/readyz").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let ready: Value = serde_json::from_str(&answer.text().await.unwrap()).unwrap();
    let said = |field: &str| ready[field].as_str().unwrap_or_default().to_owned();
    (said("dialling"), said("held_reason"))
}

/// Backups of a service at work, each with the numbers that were completed when it was begun. The campaign has
/// ended after that.
async fn backups_on_the_way(home: &Path, carrier: &Simulator) -> (String, Vec<(PathBuf, HashSet<String>)>) {
    let (mut service, line) = Service::with_line(carrier).await;
    let id = service.running(&line, spec()).await;
    let mut backups = Vec::new();
    for round in 0..5 {
        until("some more are called", async || {
            let campaign = service.campaign(&id).await;
            (campaign["counters"]["completed"].as_u64()? >= 5 + round * 35).then_some(())
        })
        .await;
        let before = completed(&service.contacts(&id).await);
        let file = home.join(format!("{round}.backup"));
        let said = done(&mut keep(&service, "backup", &file));
        assert!(said.starts_with(file.to_str().unwrap()), "{said}");
        backups.push((file, before));
    }
    assert_eq!(
        service.campaign(&id).await["status"],
        "running",
        "the backups were made while it ran"
    );
    let reason = refused(service.command().arg("verify"));
    assert!(reason.contains("another process"), "{reason}");
    let ended = service.ended(&id).await;
    assert_eq!(ended["counters"]["completed"], CONTACTS);
    until(
        "every call has ended, and every callback was answered",
        async || {
            let books = carrier.books();
            let mut callbacks = books.calls.iter().flat_map(|call| &call.callbacks);
            (books.summary.live_calls == 0 && callbacks.all(|callback| callback.status.is_some()))
                .then_some(())
        },
    )
    .await;
    let books = carrier.books();
    assert_eq!(
        (books.summary.carrier_calls, books.summary.dialled_twice),
        (CONTACTS as u64, 0)
    );
    for callback in books.calls.iter().flat_map(|call| &call.callbacks) {
        assert_eq!((callback.tries, callback.status), (1, Some(204)), "{callback:?}");
    }
    service.terminate();
    (id, backups)
}

#[tokio::test]
async fn what_is_restored_from_a_backup_dials_nobody_until_it_is_released_and_then_only_who_was_left() {
    let home = tempfile::tempdir().unwrap();
    let carrier = obliging();
    let (id, backups) = backups_on_the_way(home.path(), &carrier).await;
    for (round, (file, before)) in backups.iter().enumerate() {
        let mut service = restored(file);
        if ![1, 4].contains(&round) {
            continue;
        }
        service.start().await;
        let line = service.get("/lines").await.1["items"][0].clone();
        let left = service.contacts(&id).await;
        assert_eq!(left.len(), CONTACTS);
        let were_completed = completed(&left);
        assert!(
            before.is_subset(&were_completed),
            "shown before the backup, and not in it"
        );
        let (held, reason) = dialling(&service).await;
        assert_eq!(held, "held");
        for said in ["restored from a backup of", "outdial release"] {
            assert!(reason.contains(said), "{reason}");
        }
        let campaign = service
            .campaign_that(
                &id,
                "the carrier has told of the calls of the backup",
                |campaign| campaign["counters"]["calling"] == 0,
            )
            .await;
        assert_eq!(campaign["status"], "running");
        assert!(
            campaign["counters"]["pending"].as_u64().unwrap() > 0,
            "{campaign}"
        );
        let shown = campaign["status_reason"].as_str().unwrap();
        assert_eq!(shown, format!("dialling is held: {reason}"));
        let health = &service
            .get(&format!("/lines/{}", line["id"].as_str().unwrap()))
            .await
            .1["health"];
        assert_eq!(health["held_reason"], reason);
        // What is held would have started long ago.
        tokio::time::sleep(Duration::from_millis(700)).await;
        let asked = requests_of(&service, &carrier);
        assert!(asked.is_empty(), "dialled while held: {asked:?}");

        assert_eq!(release(&service), "released: campaigns dial again\n");
        assert_eq!(
            dialling(&service).await,
            ("allowed".to_owned(), String::new()),
            "for good"
        );
        assert_eq!(release(&service), "dialling was not held; nothing was changed\n");
        let ended = service.ended(&id).await;
        assert_eq!(
            (&ended["status"], &ended["counters"]["completed"]),
            (&json!("completed"), &json!(CONTACTS))
        );
        judge(&service, &carrier, &were_completed).await;
        service.kill();
        service.start().await;
        assert_eq!(dialling(&service).await.0, "allowed", "also after a restart");
        service.terminate();
        done(service.command().arg("verify"));
    }
}

/// By the carrier's books: the service has called each of the others once and none of those who were completed,
/// and its callbacks were taken.
async fn judge(service: &Service, carrier: &Simulator, were_completed: &HashSet<String>) {
    until("every callback has been sent", async || {
        let calls = carrier.books().calls;
        let mut callbacks = calls.iter().flat_map(|call| &call.callbacks);
        callbacks.all(|callback| callback.tries > 0).then_some(())
    })
    .await;
    let asked = requests_of(service, carrier);
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for request in &asked {
        assert!(
            !were_completed.contains(&request.to),
            "{} was completed, and is called again",
            request.to
        );
        *times.entry(&request.to).or_default() += 1;
    }
    assert!(!times.is_empty(), "somebody was left");
    assert!(times.values().all(|times| *times == 1), "{times:?}");
    assert_eq!(carrier.summary().dialled_twice, 0);
    let calls = carrier.books().calls;
    let mine = calls
        .iter()
        .filter(|call| asked.iter().any(|request| request.index == call.request_index));
    for callback in mine.flat_map(|call| &call.callbacks) {
        assert_eq!(callback.status, Some(204), "{callback:?}");
    }
}

#[tokio::test]
async fn a_stopped_service_is_backed_up_and_what_is_restored_is_released_before_it_starts() {
    let home = tempfile::tempdir().unwrap();
    let carrier = obliging();
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = service.running(&line, spec()).await;
    service
        .campaign_that(&id, "some are called", |campaign| {
            campaign["counters"]["completed"].as_u64().unwrap() > 20
        })
        .await;
    assert_eq!(service.terminate().code(), Some(0));
    let file = home.path().join("stopped.backup");
    let said = done(&mut keep(&service, "backup", &file));
    assert!(said.contains(" rows, 1 files, "), "{said}");
    until("the calls run out", async || {
        (carrier.summary().live_calls == 0).then_some(())
    })
    .await;
    let mut copy = restored(&file);
    assert_eq!(release(&copy), "released: campaigns dial again\n");
    assert_eq!(release(&copy), "dialling was not held; nothing was changed\n");
    copy.start().await;
    assert_eq!(dialling(&copy).await.0, "allowed");
    let ended = copy.ended(&id).await;
    assert_eq!(ended["counters"]["completed"], CONTACTS);
    let books = carrier.summary();
    assert_eq!((books.carrier_calls, books.dialled_twice), (CONTACTS as u64, 0));
    let nothing = Service::new();
    let reason = refused(nothing.command().arg("release"));
    assert!(reason.contains("there is none"), "{reason}");
    let reason = refused(&mut keep(&nothing, "backup", &file));
    assert!(reason.contains("there is none"), "{reason}");
    assert!(!nothing.data_dir().exists(), "to look makes nothing");
}

/// Every file and directory below one, with what is in it.
fn everything(directory: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(directory) else {
        return found;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything(&path));
            found.insert(path, Vec::new());
        } else {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

/// A stopped service that knows a line, and a backup of it.
async fn backed_up(home: &TempDir) -> (Service, PathBuf) {
    let (mut service, _) = Service::with_line(&obliging()).await;
    service.terminate();
    let file = home.path().join("whole.backup");
    done(&mut keep(&service, "backup", &file));
    (service, file)
}

#[tokio::test]
async fn what_is_no_whole_backup_is_refused_and_nothing_is_made_of_it() {
    let home = tempfile::tempdir().unwrap();
    let (_service, file) = backed_up(&home).await;
    let whole = std::fs::read(&file).unwrap();
    let damaged = home.path().join("damaged.backup");
    let target = Service::new();
    let refuses = |bytes: &[u8], reasons: &[&str]| {
        std::fs::write(&damaged, bytes).unwrap();
        let reason = refused(&mut keep(&target, "restore", &damaged));
        assert!(reason.contains(damaged.to_str().unwrap()), "{reason}");
        let is_said = reasons.iter().any(|said| reason.contains(said));
        assert!(is_said, "none of {reasons:?} is in {reason}");
        assert!(!target.data_dir().exists(), "something was made: {reason}");
    };
    for length in [30, whole.len() / 2, whole.len() - 33, whole.len() - 1] {
        refuses(&whole[..length], &["cut off or altered"]);
    }
    refuses(&[&whole[..], b"\n"].concat(), &["cut off or altered"]);
    for at in (0..24).map(|part| part * (whole.len() - 1) / 23) {
        let mut flipped = whole.clone();
        flipped[at] ^= 1 << (at % 8);
        let reasons = ["cut off or altered", "not a backup", "a blob is called"];
        refuses(&flipped, &reasons);
    }
    let later = String::from_utf8_lossy(&whole[..17]).replace('1', "2");
    refuses(later.as_bytes(), &["version `2`"]);
    refuses(b"", &["this is not a backup"]);
    let picture = b"\x89PNG\r\n\x1a\n and so on, for longer than a first line";
    refuses(picture, &["this is not a backup"]);
    let gone = home.path().join("gone.backup");
    let reason = refused(&mut keep(&target, "restore", &gone));
    assert!(
        reason.contains("cannot read") && reason.contains("gone.backup"),
        "{reason}"
    );
    assert!(!target.data_dir().exists());
    restored(&file);
}

#[tokio::test]
async fn a_backup_is_restored_over_nothing_that_is_there() {
    let home = tempfile::tempdir().unwrap();
    let (service, file) = backed_up(&home).await;
    let refuses = |service: &Service, named: &str| {
        let before = everything(&service.data_dir());
        assert!(!before.is_empty());
        let reason = refused(&mut keep(service, "restore", &file));
        let path = service.data_dir().join(named);
        assert!(reason.contains(path.to_str().unwrap()), "{reason}");
        assert!(
            reason.contains("move it away, or restore to another place"),
            "{reason}"
        );
        assert!(everything(&service.data_dir()) == before, "something was changed");
    };
    refuses(&service, "store");
    let key = service.data_dir().join("secret.key");
    std::fs::rename(&key, home.path().join("key")).unwrap();
    refuses(&service, "store");
    let other = Service::new();
    std::fs::create_dir(other.data_dir()).unwrap();
    std::fs::write(other.data_dir().join("secret.key"), "somebody's").unwrap();
    refuses(&other, "secret.key");
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
#[tokio::test]
async fn what_a_backup_is_made_of_and_what_is_restored_from_it_is_its_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let (service, file) = backed_up(&home).await;
    let copy = restored(&file);
    assert_eq!(mode(&service.data_dir()), 0o700);
    assert_eq!(mode(&copy.data_dir()), 0o700);
    assert_eq!(mode(&copy.data_dir().join("secret.key")), 0o600);
    // As another program may have left it, where the unfinished backup goes.
    let unfinished = home.path().join("open.backup.unfinished");
    std::fs::write(&unfinished, "").unwrap();
    std::fs::set_permissions(&unfinished, std::fs::Permissions::from_mode(0o644)).unwrap();
    let file = home.path().join("open.backup");
    done(&mut keep(&service, "backup", &file));
    assert_eq!(mode(&file), 0o600);
}

#[tokio::test]
async fn a_restore_that_fails_on_the_way_leaves_nothing_that_keeps_the_next_one_from_its_work() {
    let home = tempfile::tempdir().unwrap();
    let (service, file) = backed_up(&home).await;
    std::fs::write(service.data_dir().join("uploads/list.csv"), "phone_number\n").unwrap();
    done(&mut keep(&service, "backup", &file));
    let target = Service::new();
    let in_the_way = target.data_dir().join("uploads/list.csv");
    std::fs::create_dir_all(&in_the_way).unwrap();
    let reason = refused(&mut keep(&target, "restore", &file));
    assert!(reason.contains("uploads/list.csv"), "{reason}");
    assert_eq!(names(&target.data_dir()), ["uploads"]);
    std::fs::remove_dir(&in_the_way).unwrap();
    done(&mut keep(&target, "restore", &file));
}

/// What lies in a directory, by name.
fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_backup_is_its_owners_alone_and_one_that_cannot_be_made_leaves_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut service = Service::started().await;
    for is_running in [true, false] {
        if !is_running {
            service.terminate();
        }
        let file = home.path().join("kept.backup");
        done(&mut keep(&service, "backup", &file));
        #[cfg(unix)]
        assert_eq!(mode(&file), 0o600);
        let nowhere = home.path().join("nowhere/a.backup");
        let reason = refused(&mut keep(&service, "backup", &nowhere));
        assert!(
            reason.contains("cannot write") && reason.contains("nowhere"),
            "{reason}"
        );
        let directory = home.path().join("directory");
        std::fs::create_dir_all(&directory).unwrap();
        let reason = refused(&mut keep(&service, "backup", &directory));
        assert!(reason.contains(directory.to_str().unwrap()), "{reason}");
        assert_eq!(names(home.path()), ["directory", "kept.backup"]);
        let Some(disk) = TinyDisk::mounted(home.path().join("directory"), "256k") else {
            continue;
        };
        disk.fill(u64::MAX);
        let before = names(disk.path());
        let reason = refused(&mut keep(&service, "backup", &disk.path().join("a.backup")));
        assert!(reason.contains("No space left"), "{reason}");
        assert_eq!(names(disk.path()), before);
    }
}

#[tokio::test]
async fn a_backup_over_http_takes_the_owners_key_and_is_the_same_as_one_by_command() {
    let home = tempfile::tempdir().unwrap();
    let service = Service::started().await;
    for path in ["/api/v1/backup", "/api/v1/release"] {
        let post = || service.request(Method::POST, path);
        for nobody in [
            post(),
            post().bearer_auth("odk_wrong_key"),
            post().bearer_auth(""),
        ] {
            let (status, problem) = problem(nobody.send().await.unwrap()).await;
            assert_eq!(status, StatusCode::UNAUTHORIZED, "{path}: {problem}");
        }
    }
    let answer = service.api(Method::POST, "/backup").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/octet-stream");
    let file = home.path().join("fetched.backup");
    std::fs::write(&file, answer.bytes().await.unwrap()).unwrap();
    restored(&file);
    let (status, released) = service.post("/release", &Value::Null).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(released, json!({"released": false, "was_held_because": null}));
}

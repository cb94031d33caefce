//! How the service is set up: a file to begin with, keys in files, and the key that seals.

use std::process::{Command, Stdio};

use outdial_simulator::SimulatorConfig;
use reqwest::StatusCode;
use serde_json::json;

use crate::service::{OWNER_KEY, Service, carrier, outdial, people};

const KEY: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
const ANOTHER: &str = "ff112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

/// The reason of a command that must fail.
fn reason(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let reason = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{reason}");
    assert!(!reason.contains(KEY) && !reason.contains(ANOTHER), "{reason}");
    reason
}

/// Starts the service with these variables.
async fn start_with(service: &mut Service, variables: &[(&str, &str)]) {
    let mut command = service.command();
    command
        .arg("serve")
        .stdout(Stdio::null())
        .envs(variables.iter().copied());
    service.adopt(command.spawn().unwrap());
    service.ready().await;
}

#[tokio::test]
async fn the_printed_configuration_starts_a_service() {
    let printed = outdial().arg("config").output().unwrap();
    assert_eq!(printed.status.code(), Some(0));
    let mut service = Service::new();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("outdial.toml");
    let mut text = String::from_utf8(printed.stdout).unwrap();
    text.push_str("log = \"error\"\nevent_retention_days = 7\n");
    text.push_str(&format!(
        "cors_origins = [\"https://app.example.com\"]\nbind = \"{}\"\n",
        service.address()
    ));
    std::fs::write(&file, text).unwrap();
    let child = outdial()
        .args(["serve", "--config"])
        .arg(&file)
        .env("OUTDIAL_OWNER_KEY", OWNER_KEY)
        .current_dir(home.path())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    service.adopt(child);
    service.ready().await;
    assert!(home.path().join("data").join("secret.key").exists());
    let health = outdial()
        .args(["health", "--config"])
        .arg(&file)
        .output()
        .unwrap();
    assert_eq!(
        String::from_utf8_lossy(&health.stdout),
        "ready, dialling is allowed\n"
    );
    assert_eq!(service.terminate().code(), Some(0));
    let gone = reason(outdial().args(["health", "--config"]).arg(&file));
    assert!(gone.contains("there is no answer from"), "{gone}");
}

#[tokio::test]
async fn the_owners_key_may_lie_in_a_file() {
    let mut service = Service::new();
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("owner_key");
    std::fs::write(&file, format!("{OWNER_KEY}\n")).unwrap();
    let mut command = service.command();
    command
        .env_remove("OUTDIAL_OWNER_KEY")
        .env("OUTDIAL_OWNER_KEY_FILE", &file);
    service.adopt(command.arg("serve").stdout(Stdio::null()).spawn().unwrap());
    service.ready().await;
    assert_eq!(service.get("/lines").await.0, StatusCode::OK);
}

#[tokio::test]
async fn a_secret_key_that_is_given_seals_and_no_other_opens_what_is_stored() {
    let carrier = carrier(
        100.0,
        1,
        &json!({"outcomes": {"completed": 1}, "ring_seconds": 1, "call_seconds": 5}),
    );
    let mut service = Service::new();
    let given = [("OUTDIAL_SECRET_KEY", KEY)];
    start_with(&mut service, &given).await;
    let line = service.add_line(&carrier).await;
    assert_eq!(service.terminate().code(), Some(0));
    let key_file = service.data_dir().join("secret.key");
    assert!(!key_file.exists(), "the given key is the only one");
    let serve = |variables: &[(&str, &str)]| {
        let mut command = service.command();
        command.arg("serve").envs(variables.iter().copied());
        reason(&mut command)
    };
    let another = serve(&[("OUTDIAL_SECRET_KEY", ANOTHER)]);
    assert!(
        another.contains("the secret key that is given is not the one"),
        "{another}"
    );
    let none = serve(&[]);
    assert!(
        none.contains("there is no `secret.key`") && none.contains("OUTDIAL_SECRET_KEY"),
        "{none}"
    );
    assert!(!key_file.exists(), "no second key is made");
    std::fs::write(&key_file, ANOTHER).unwrap();
    let wrong_file = serve(&[]);
    assert!(wrong_file.contains("secret.key` is not the one"), "{wrong_file}");
    let both = serve(&given);
    assert!(both.contains("is another than the one in"), "{both}");
    std::fs::remove_file(&key_file).unwrap();
    start_with(&mut service, &given).await;
    let id = service.running(&line, json!({"contacts": people(5)})).await;
    assert_eq!(
        service.ended(&id).await["counters"]["completed"],
        5,
        "its credentials are opened"
    );
}

#[tokio::test]
async fn a_backup_beside_a_given_key_leaves_it_out_and_opens_with_it_alone() {
    let carrier = carrier(100.0, 1, &json!({"outcomes": {"completed": 1}}));
    let mut service = Service::new();
    let given = [("OUTDIAL_SECRET_KEY", KEY)];
    start_with(&mut service, &given).await;
    service.add_line(&carrier).await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("outdial.backup");
    let backup = service
        .command()
        .arg("backup")
        .arg(&file)
        .envs(given)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&backup.stderr).into_owned();
    assert_eq!(backup.status.code(), Some(0), "{said}");
    assert!(said.contains("does not hold the secret key"), "{said}");
    let bytes = std::fs::read(&file).unwrap();
    for secret in [KEY, &SimulatorConfig::default().auth_token] {
        assert!(
            !bytes
                .windows(secret.len())
                .any(|window| window == secret.as_bytes())
        );
    }
    let mut copy = Service::new();
    assert!(
        copy.command()
            .arg("restore")
            .arg(&file)
            .output()
            .unwrap()
            .status
            .success()
    );
    let refused = reason(copy.command().arg("serve"));
    assert!(refused.contains("there is no `secret.key`"), "{refused}");
    start_with(&mut copy, &given).await;
    assert_eq!(copy.all("/lines").await.len(), 1);
}

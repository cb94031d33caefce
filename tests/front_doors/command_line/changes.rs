//! Keys, and changes of campaigns, held to the real service.

use std::io::Write;
use std::process::Stdio;

use serde_json::json;

use super::{answers_again, campaign, done, json_of, last_line, refused};
use crate::service::{Service, carrier, outdial};

#[tokio::test]
async fn a_key_made_by_command_opens_what_its_role_may_until_it_is_revoked() {
    let service = Service::started().await;
    let key = |arguments: &[&str]| done(service.command().arg("key").args(arguments)).0;
    let made = key(&["create", "reports", "--role", "viewer", "--expires", "1d"]);
    let secret = last_line(&made);
    assert!(secret.starts_with("odk_"), "{made}");
    let as_it = |arguments: &[&str]| {
        let mut command = outdial();
        command.arg("campaign").args(arguments);
        command
            .env("OUTDIAL_URL", service.url(""))
            .env("OUTDIAL_API_KEY", secret);
        command
    };
    assert_eq!(done(&mut as_it(&["list", "--json"])).0, "[]\n");
    let nobody = "0197c1e0-0000-7000-8000-000000000000";
    let create = ["create", "--name", "n", "--type", "custom", "--line", nobody];
    let reason = refused(&mut as_it(&create), 1);
    assert!(reason.contains("the API key is from OUTDIAL_API_KEY"), "{reason}");
    let listed = key(&["list", "--json"]);
    let listed = json_of(&listed);
    let listed = listed
        .as_array()
        .unwrap()
        .iter()
        .find(|key| key["name"] == "reports");
    assert_eq!(listed.unwrap()["role"], "viewer");
    assert!(!key(&["list"]).contains(secret));
    key(&["revoke", "reports"]);
    let reason = refused(&mut as_it(&["list"]), 1);
    assert!(reason.contains("does not take the API key"), "{reason}");
}

#[tokio::test]
async fn a_campaign_is_changed_copied_and_deleted_by_command() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let draft = service.draft(&line, json!({"name": "First"})).await;
    let id = draft["id"].as_str().unwrap();
    let mut edit = campaign(&service, &["edit", "First", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let changes = json!({"pacing": {"per_minute": 7}}).to_string();
    edit.stdin.take().unwrap().write_all(changes.as_bytes()).unwrap();
    assert!(edit.wait().unwrap().success());
    answers_again(&service).await;
    assert_eq!(service.campaign(id).await["pacing"]["per_minute"], 7);
    let (stdout, _) = done(&mut campaign(
        &service,
        &["duplicate", "First", "--name", "Second"],
    ));
    answers_again(&service).await;
    assert_eq!(service.campaign(stdout.trim()).await["pacing"]["per_minute"], 7);
    done(&mut campaign(&service, &["delete", "Second", "--yes"]));
    answers_again(&service).await;
    let left = service.all("/campaigns").await;
    assert_eq!((left.len(), &left[0]["id"]), (1, &json!(id)));
}

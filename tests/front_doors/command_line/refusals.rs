//! What fails says why, and what to do about it.

use serde_json::json;

use super::{answers_again, campaign, refused};
use crate::service::{Service, carrier, outdial};

#[test]
fn where_no_service_runs_it_says_where_it_looked_and_how_to_start_one() {
    let mut command = outdial();
    let command = command.args(["campaign", "list", "--url", "http://127.0.0.1:1"]);
    let reason = refused(command.env("OUTDIAL_API_KEY", "odk_x"), 1);
    for said in ["http://127.0.0.1:1", "refused", "outdial serve", "OUTDIAL_URL"] {
        assert!(reason.contains(said), "{reason}");
    }
}

#[test]
fn without_a_key_it_says_where_to_put_one() {
    let nowhere = tempfile::tempdir().unwrap();
    let mut command = outdial();
    let command = command.args(["campaign", "list"]).current_dir(nowhere.path());
    let reason = refused(command, 1);
    assert!(
        reason.contains("OUTDIAL_API_KEY") && reason.contains("--api-key-file"),
        "{reason}"
    );
}

#[tokio::test]
async fn a_wrong_key_is_told_by_where_it_came_from_and_never_shown() {
    let service = Service::started().await;
    let url = service.url("");
    let mut command = outdial();
    let command = command.args(["campaign", "list", "--url", &url]);
    let reason = refused(command.env("OUTDIAL_API_KEY", "odk_of_nobody"), 1);
    assert!(reason.contains("the API key from OUTDIAL_API_KEY"), "{reason}");
    assert!(!reason.contains("odk_of_nobody"), "{reason}");
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("my.key");
    std::fs::write(&file, "odk_of_nobody").unwrap();
    let reason = refused(command.arg("--api-key-file").arg(&file), 1);
    assert!(
        reason.contains("the API key from `") && reason.contains("my.key`"),
        "{reason}"
    );
    assert!(!reason.contains("odk_of_nobody"), "{reason}");
}

#[tokio::test]
async fn a_campaign_that_is_not_there_or_may_be_several_is_told_with_what_there_is() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let ids = [
        service.draft(&line, json!({"name": "Twice"})).await["id"].clone(),
        service.draft(&line, json!({"name": "Twice"})).await["id"].clone(),
    ];
    let nobody = "0197c1e0-0000-7000-8000-000000000000";
    let reason = refused(&mut campaign(&service, &["start", nobody]), 1);
    assert!(reason.contains(nobody), "{reason}");
    let reason = refused(&mut campaign(&service, &["start", "twi"]), 1);
    assert!(
        reason.contains("`twi`; names with this in them are `Twice`, `Twice`"),
        "{reason}"
    );
    let reason = refused(&mut campaign(&service, &["start", "once"]), 1);
    assert!(
        reason.contains("`once`") && reason.contains("outdial campaign list"),
        "{reason}"
    );
    let beginning = &ids[0].as_str().unwrap()[..2];
    for called in ["Twice", beginning] {
        let reason = refused(&mut campaign(&service, &["start", called]), 1);
        assert!(
            reason.contains(&format!("`{called}` may be 2 campaigns")),
            "{reason}"
        );
        for id in &ids {
            assert!(
                reason.contains(&format!("\n  {}  Twice  (draft)", id.as_str().unwrap())),
                "{reason}"
            );
        }
    }
    let first = ids[0].as_str().unwrap();
    let reason = refused(&mut campaign(&service, &["pause", &first[..first.len() - 1]]), 1);
    assert!(
        reason.contains("cannot pause a campaign that is draft; allowed are: start, cancel"),
        "{reason}"
    );
    let line = &["create", "--name", "n", "--type", "custom", "--line", "nowhere"];
    let reason = refused(&mut campaign(&service, line), 1);
    assert!(
        reason.contains("no line has the id or the exact name `nowhere`; there are: simulated"),
        "{reason}"
    );
}

#[tokio::test]
async fn every_field_that_is_wrong_has_a_line_of_its_own_and_nothing_is_created() {
    let carrier = carrier(1.0, 1, &json!({}));
    let (service, _) = Service::with_line(&carrier).await;
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("bad.json");
    std::fs::write(
        &file,
        json!({"name": "", "type": "custom", "timezone": "Mars"}).to_string(),
    )
    .unwrap();
    let reason = refused(
        campaign(&service, &["create"])
            .arg(&file)
            .args(["--line", "simulated", "--cron", "whenever"]),
        1,
    );
    for field in ["name", "timezone", "schedule.cron"] {
        assert!(reason.contains(&format!("\n  {field}: ")), "{reason}");
    }
    answers_again(&service).await;
    assert_eq!(service.all("/campaigns").await, Vec::<serde_json::Value>::new());
    std::fs::write(&file, "{").unwrap();
    let reason = refused(campaign(&service, &["create"]).arg(&file), 1);
    assert!(reason.contains("bad.json` is not JSON"), "{reason}");
}

#[test]
fn wrong_usage_ends_with_2_before_anybody_is_asked() {
    let wrong: [(&[&str], &str); 6] = [
        (&["campaign", "create", "--name", "n"], "--line"),
        (&["campaign", "list", "--status", "gone"], "running"),
        (&["campaign", "list", "--limit", "0"], "--limit"),
        (
            &["campaign", "create", "f", "--start-at", "t", "--cron", "c"],
            "--cron",
        ),
        (&["key", "create", "k", "--expires", "soon"], "90d"),
        (&["key", "create", "k", "--role", "god"], "viewer"),
    ];
    for (arguments, said) in wrong {
        let reason = refused(outdial().args(arguments), 2);
        assert!(reason.contains(said), "{arguments:?}: {reason}");
    }
}

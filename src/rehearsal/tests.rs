#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use outdial_domain::settings::Kind;

use super::*;
use crate::lines::LineSpec;
use crate::spec::{CampaignSpec, ContactSpec};

#[tokio::test]
async fn a_third_rehearsal_is_asked_to_come_back_and_a_place_that_is_left_is_free_again() {
    let home = tempfile::tempdir().unwrap();
    let line = LineSpec {
        name: "own".to_owned(),
        kind: "simulated".to_owned(),
        account_sid: "AC0123456789abcdef0123456789abcdef".to_owned(),
        auth_token: "12345678901234567890123456789012".to_owned(),
        caller_ids: vec!["+12025550100".to_owned()],
        calls_per_second: 1.0,
        max_concurrent: None,
        api_base_url: Some("http://127.0.0.1:9".to_owned()),
        webhook_keys: Vec::new(),
        space: None,
    };
    let builder = Orchestrator::builder().store(home.path()).line(line);
    let outdial = builder.start().await.unwrap();
    let mut spec = CampaignSpec::new("brief", Kind::Custom, outdial.line_id("own").unwrap());
    spec.calling_windows = Some(Vec::new());
    spec.contacts = vec![ContactSpec {
        phone_number: "+12025550123".to_owned(),
        ..ContactSpec::default()
    }];
    let campaign = outdial.create(spec).await.unwrap().id;
    let usual = RehearsalSpec::default();
    let others = FREE.try_acquire_many(AT_ONCE as u32).unwrap();
    let refused = outdial.rehearse(campaign, &usual).await.unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused}");
    drop(others);
    for _ in 0..=AT_ONCE {
        let told = outdial.rehearse(campaign, &usual).await.unwrap();
        assert!(told.finishes_at.is_some(), "{told:?}");
    }
    outdial.shutdown().await.unwrap();
}

use chrono_tz::Tz;
use outdial_storage::memory::MemoryStore;

use super::*;

fn draft() -> Draft {
    let record = CampaignDraftV1 {
        fields: asked::usual(Tz::UTC).0,
        file_name: None,
        campaign: None,
        created_at: 0,
        created_by: "Ada".to_owned(),
        updated_at: 0,
    };
    Draft::of(OrgId(Uuid::from_u128(1)), Uuid::from_u128(2), record)
}

fn typed(all: &[(&str, &str)]) -> Fields {
    Fields(crate::dashboard::form::choices(all))
}

#[test]
fn a_step_takes_what_was_typed_in_it_and_leaves_the_others_as_they_are() {
    let mut draft = draft();
    draft.take(
        Step::Info,
        typed(&[("name", " July "), ("go", "next"), ("pacing.per_minute", "9")]),
    );
    assert!(draft.fields.0.contains(&("name".to_owned(), " July ".to_owned())));
    assert_eq!(draft.fields.given("timezone"), None, "it was not sent");
    assert_eq!(draft.fields.get("pacing.per_minute"), "60");
    assert_eq!(draft.fields.given("go"), None);
    draft.take(Step::Info, typed(&[("name", "August"), ("wizard.made_of", "x")]));
    assert_eq!(draft.fields.all("name").collect::<Vec<_>>(), ["August"]);
    assert_eq!(draft.fields.given("wizard.made_of"), None);
}

#[test]
fn a_campaign_is_out_of_date_once_anything_of_which_it_was_made_has_changed() {
    let mut draft = draft();
    let key = draft.idempotency_key();
    draft.made(Uuid::from_u128(3));
    draft.reach(Step::Review);
    assert!(draft.is_made());
    assert_eq!(
        draft.idempotency_key(),
        key,
        "a repeated request makes no second one"
    );
    draft.fields.set(LIST, "00");
    assert!(!draft.is_made() && draft.idempotency_key() != key);
    draft.fields.0.retain(|(name, _)| name != LIST);
    assert!(draft.is_made(), "as it was");
    draft.fields.set("name", "Other");
    assert!(!draft.is_made());
}

#[test]
fn a_campaign_that_was_forgotten_is_made_under_another_key() {
    let mut draft = draft();
    let keys: Vec<String> = (0..3)
        .map(|_| {
            draft.made(Uuid::from_u128(3));
            draft.unmade();
            draft.idempotency_key()
        })
        .collect();
    assert!(keys[0] != keys[1] && keys[1] != keys[2]);
    assert!(!draft.is_made());
}

#[test]
fn the_name_of_a_list_says_whose_it_is_and_no_other_file_is_one() {
    let (org, draft) = (OrgId(Uuid::from_u128(1)), Uuid::from_u128(2));
    let name = list_name(org, draft, "ab12");
    assert_eq!(list_named(&name), Some((org, draft, "ab12")));
    for other in [
        format!("{draft}.list"),
        format!("{draft}.part"),
        format!("{org}.x.ab.draft"),
        format!("{org}.{draft}.ab.part"),
    ] {
        assert_eq!(list_named(&other), None, "{other}");
    }
}

#[test]
fn only_lists_that_no_draft_has_are_removed() {
    let (org, id) = (OrgId(Uuid::from_u128(1)), Uuid::from_u128(2));
    let store = MemoryStore::durable();
    let mut batch = Batch::new();
    let record = CampaignDraftV1 {
        fields: vec![(LIST.to_owned(), "new".to_owned())],
        file_name: Some("a.csv".to_owned()),
        campaign: None,
        created_at: 0,
        created_by: String::new(),
        updated_at: 0,
    };
    batch.campaign_draft(org, id, &record);
    store.commit(1, batch).wait().expect("committed");
    let home = tempfile::tempdir().expect("a temporary directory");
    let other = OrgId(Uuid::from_u128(9));
    let files = [
        list_name(org, id, "new"),
        list_name(org, id, "old"),
        list_name(other, id, "new"),
        "an-import.list".to_owned(),
    ];
    for file in &files {
        std::fs::write(home.path().join(file), "x").expect("written");
    }
    let left = || files.clone().map(|file| home.path().join(file).exists());
    remove_lists_of_nobody(home.path(), &store, Some(org)).expect("removed");
    assert_eq!(left(), [true, false, true, true]);
    remove_lists_of_nobody(home.path(), &store, None).expect("removed");
    assert_eq!(left(), [true, false, false, true]);
}

#[test]
fn values_of_one_name_count_in_their_order() {
    let mut one = draft();
    let mut other = draft();
    one.fields
        .0
        .extend(typed(&[("law_presets", "a"), ("law_presets", "b")]).0);
    other
        .fields
        .0
        .extend(typed(&[("law_presets", "b"), ("law_presets", "a")]).0);
    assert_ne!(one.digest(), other.digest());
}

#[test]
fn what_somebody_else_kept_since_a_form_was_opened_is_told_and_not_overwritten_unseen() {
    let mut draft = draft();
    let seen = draft.seen(Step::Info);
    // Somebody else keeps a name, and something in another step.
    draft.kept.set("name", "Bob's");
    draft.fields = draft.kept.clone();
    draft.take(
        Step::Info,
        typed(&[("name", "Ann's"), ("timezone", "UTC"), ("channel", "voice")]),
    );
    let told = draft.overtaken(Step::Info, Some(&seen));
    assert_eq!(told.len(), 1);
    assert!(told[0].field == "name" && told[0].message.contains("Bob's"));
    let seen_since = draft.seen(Step::Info);
    assert!(
        draft.overtaken(Step::Info, Some(&seen_since)).is_empty(),
        "it was told"
    );
    assert!(
        draft.overtaken(Step::Info, None).is_empty(),
        "the form says nothing of it"
    );
    draft.take(
        Step::Info,
        typed(&[("name", "Bob's"), ("timezone", "UTC"), ("channel", "voice")]),
    );
    assert!(
        draft.overtaken(Step::Info, Some(&seen)).is_empty(),
        "both typed the same"
    );
}

#[test]
fn what_was_kept_in_another_step_is_in_nobodys_way() {
    let mut draft = draft();
    let seen = draft.seen(Step::Info);
    draft.kept.set("pacing.per_minute", "9");
    draft.fields = draft.kept.clone();
    draft.take(Step::Info, typed(&[("name", "Ann's")]));
    assert!(draft.overtaken(Step::Info, Some(&seen)).is_empty());
}

#[test]
fn another_list_that_was_taken_meanwhile_is_told() {
    let mut draft = draft();
    let seen = draft.seen(Step::Audience);
    draft.kept.set(LIST, "theirs");
    draft.fields = draft.kept.clone();
    let told = |list: &str| draft.overtaken_with_list(Step::Audience, Some(&seen), list);
    assert!(told("mine").iter().any(|error| error.field == "file"));
    assert_eq!(told("").len(), 1);
    assert!(told("theirs").is_empty());
}

#[test]
fn what_nobody_can_have_typed_is_refused_before_it_is_compared() {
    let of = |count: usize, bytes: usize| Fields(vec![("n".to_owned(), "x".repeat(bytes)); count]);
    assert!(is_too_much(&of(10, 100)).is_ok_and(|is_too_much| !is_too_much));
    assert!(is_too_much(&of(1, LONGEST)).is_ok_and(|is_too_much| is_too_much));
    assert!(is_too_much(&of(1, FAR_TOO_LONG)).is_err());
    assert!(is_too_much(&of(MOST_FIELDS + 1, 0)).is_err());
}

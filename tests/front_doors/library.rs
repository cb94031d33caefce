//! The library as a program holds it: on its own threads, in runtimes that come and go.

use outdial::domain::contact::ContactStatus;
use outdial::domain::ids::{AttemptId, CampaignId};
use outdial::domain::settings::Kind;
use outdial::domain::step::Event;
use outdial::spec::ContactSpec;
use outdial::{Builder, CampaignSpec, Error, EventFilter, Events, LineSpec, Orchestrator, StatusReport};
use outdial_simulator::{Simulator, SimulatorConfig};
use serde_json::{Value, json};
use tokio::runtime::{self, Runtime};
use uuid::Uuid;

use crate::service::number;

const fn can_go_anywhere<T: Send + Sync + Clone + 'static>() {}
const fn can_be_sent<T: Send + 'static>() {}
const _: () = can_go_anywhere::<Orchestrator>();
const _: () = can_be_sent::<(Builder, Events, Error, StatusReport)>();

/// Whatever is asked may be asked by a task of a runtime of many threads: it is enough that this compiles.
#[expect(dead_code, reason = "its types are what is tested")]
fn what_is_asked_can_be_sent(
    outdial: &Orchestrator,
    events: &mut Events,
    spec: CampaignSpec,
    report: StatusReport,
) {
    fn can_be_sent(_: impl Send) {}
    let id = CampaignId(Uuid::nil());
    can_be_sent(Orchestrator::builder().start());
    can_be_sent(outdial.create(spec));
    can_be_sent(outdial.add(id, &[]));
    can_be_sent(outdial.start(id));
    can_be_sent(outdial.pause(id));
    can_be_sent(outdial.edit(id, &Value::Null, None));
    can_be_sent(outdial.delete(id, None));
    can_be_sent(outdial.report(report));
    can_be_sent(events.next());
    can_be_sent(outdial.durable());
    can_be_sent(outdial.shutdown());
}

fn of_one_thread() -> Runtime {
    runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}

fn of_many_threads() -> Runtime {
    runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

/// A carrier that takes every call and says nothing of it, and a line to it.
fn carrier() -> (Simulator, LineSpec) {
    drop(rustls::crypto::ring::default_provider().install_default());
    let config = SimulatorConfig::default();
    let carrier = Simulator::start(config.clone()).unwrap();
    let line = LineSpec {
        kind: "simulated".to_owned(),
        account_sid: config.account_sid,
        auth_token: config.auth_token,
        api_base_url: Some(carrier.base_url()),
        ..LineSpec::custom("carrier", "+12025550100")
    };
    (carrier, line)
}

fn draft(outdial: &Orchestrator, contacts: usize) -> CampaignSpec {
    let line = outdial.line_id("carrier").unwrap();
    let mut spec = CampaignSpec::new("Embedded", Kind::Reminder, line);
    spec.contacts = (0..contacts).map(|n| ContactSpec::new(number(n))).collect();
    spec
}

#[test]
fn it_is_used_from_other_runtimes_than_it_was_started_in_and_closes_with_its_last_clone() {
    let home = tempfile::tempdir().unwrap();
    let (_carrier, line) = carrier();
    let builder = || Orchestrator::builder().store(home.path());
    let outdial = of_one_thread().block_on(builder().line(line).start()).unwrap();
    let watching = outdial.clone();
    let (here, elsewhere) = (of_many_threads(), of_one_thread());
    let mut events = watching.subscribe(EventFilter::All);
    let spec = draft(&outdial, 1);
    let asking = outdial.clone();
    let campaign = here
        .block_on(here.spawn(async move { asking.create(spec).await }))
        .unwrap()
        .unwrap();
    let first = elsewhere.block_on(events.next()).unwrap();
    assert_eq!((first.campaign, first.event), (campaign.id, Event::Created));
    drop(here);
    elsewhere.block_on(watching.shutdown()).unwrap();
    let refused = elsewhere.block_on(outdial.complete(campaign.id)).unwrap_err();
    assert!(matches!(refused, Error::Unavailable(_)), "{refused:?}");
    drop((outdial, watching, events));
    let again = elsewhere.block_on(builder().start()).unwrap();
    assert_eq!(again.campaign(campaign.id).unwrap().progress.counters.total, 1);
    elsewhere.block_on(again.shutdown()).unwrap();
}

#[tokio::test]
async fn a_program_does_and_sees_what_the_api_does() {
    let home = tempfile::tempdir().unwrap();
    let (_carrier, line) = carrier();
    let outdial = Orchestrator::builder().store(home.path()).start().await.unwrap();
    assert!(outdial.lines().is_empty());
    let id = outdial.create_line(&line).await.unwrap();
    let lines = outdial.lines();
    assert_eq!((lines.len(), lines[0].id, &*lines[0].kind), (1, id, "simulated"));
    assert_eq!(lines[0].caller_ids[0].to_string(), "+12025550100");
    let Err(Error::Invalid(problems)) = outdial.create_line(&line).await else {
        panic!("a second line of that name was taken");
    };
    assert_eq!(problems[0].field, "name");

    let campaign = outdial.create(draft(&outdial, 2)).await.unwrap().id;
    let more = [number(1), "12".to_owned(), number(2)].map(ContactSpec::new);
    let added = outdial.add(campaign, &more).await.unwrap();
    assert_eq!(
        (added.imported, added.duplicates, added.errors[0].row),
        (1, vec![1], 2)
    );
    let whole = outdial.contacts(campaign, None, 10).unwrap();
    let page = outdial
        .contacts(campaign, Some(whole[0].id(campaign)), 1)
        .unwrap();
    assert_eq!((whole.len(), page.len()), (3, 1));
    assert_eq!(outdial.contacts(campaign, None, 1).unwrap().len(), 1);
    assert_eq!(page[0].ready, whole[1].ready);
    let contact = outdial.contact(campaign, whole[2].id(campaign)).unwrap();
    assert_eq!(contact.ready.contact.phone.to_string(), number(2));
    let stranger = outdial.contact(campaign, Uuid::nil()).unwrap_err();
    assert!(
        matches!(stranger, Error::NotFound { what: "contact", .. }),
        "{stranger:?}"
    );

    let too_early = outdial.archive(campaign).await.unwrap_err();
    assert!(matches!(too_early, Error::Conflict(_)), "{too_early:?}");
    outdial.cancel(campaign, false).await.unwrap();
    let canceled = outdial.campaign(campaign).unwrap();
    let (status, reason) = contact.status(&canceled);
    assert_eq!((status, reason.is_some()), (ContactStatus::Skipped, true));
    outdial.archive(campaign).await.unwrap();
    assert!(outdial.attempts(campaign, None, 10).unwrap().is_empty());
    let unknown = outdial.attempt(AttemptId(Uuid::nil())).unwrap_err();
    assert!(
        matches!(unknown, Error::NotFound { what: "attempt", .. }),
        "{unknown:?}"
    );

    let copy = outdial
        .duplicate(campaign, &json!({"name": "Copy"}))
        .await
        .unwrap()
        .id;
    let names = |page: Vec<outdial::CampaignState>| -> Vec<String> {
        page.into_iter()
            .map(|state| state.definition.settings.name)
            .collect()
    };
    assert_eq!(names(outdial.campaigns(None, 10).unwrap()), ["Copy", "Embedded"]);
    assert_eq!(names(outdial.campaigns(Some(copy), 10).unwrap()), ["Embedded"]);
    outdial.shutdown().await.unwrap();
}

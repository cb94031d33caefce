#![expect(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]

use std::time::Duration;

use actix_web::web::Bytes;
use futures_util::future::join_all;
use outdial_actors::event_log::retention;
use outdial_storage::batch::Batch;
use outdial_storage::memory::MemoryStore;
use outdial_storage::store::Store;
use uuid::Uuid;

use super::hub::{Hub, NoSeat};
use super::watcher::Watcher;
use super::*;

const ORG: OrgId = OrgId(Uuid::from_u128(1));

fn campaign(n: u128) -> CampaignId {
    CampaignId(Uuid::from_u128(n))
}

struct World {
    store: Arc<MemoryStore>,
    log: Arc<EventLog>,
    hub: Arc<Hub>,
}

impl World {
    fn new() -> Self {
        Self::with_room(3)
    }

    fn with_room(watchers: usize) -> Self {
        let store = Arc::new(MemoryStore::durable());
        let log = Arc::new(EventLog::new(Arc::clone(&store) as Arc<dyn Store>));
        let hub = Arc::new(Hub::new(Arc::clone(&log), watchers));
        Self { store, log, hub }
    }

    /// So many events of a campaign, in one batch.
    fn happen(&self, n: u128, events: u32) {
        let event = |version| Event::Edited {
            config_version: version,
        };
        self.tell(n, (0..events).map(event).collect());
    }

    fn tell(&self, n: u128, events: Vec<Event>) {
        let logged = |event| LoggedEvent {
            at: Timestamp::from_millis(0),
            campaign: campaign(n),
            event,
        };
        let events: Vec<_> = events.into_iter().map(logged).collect();
        let (_, last) = self.log.commit(1, ORG, &events, Batch::new());
        self.log.durable(ORG, last.unwrap());
    }

    fn watcher(&self, filter: EventFilter, last: Option<u64>) -> Watcher {
        Watcher::behind(&self.hub, ORG, filter, last).unwrap()
    }

    fn events(&self, filter: EventFilter, last: Option<u64>) -> Events {
        Events::behind(Arc::clone(&self.log), self.hub.closing(), ORG, filter, last)
    }
}

/// The ids of a chunk's events, and the lines that are not of an ordinary one.
fn ids(chunk: &Bytes) -> Vec<u64> {
    let text = std::str::from_utf8(chunk).unwrap();
    let ids = text.lines().filter_map(|line| line.strip_prefix("id: "));
    ids.map(|id| id.parse().unwrap()).collect()
}

async fn hello(watcher: &mut Watcher) {
    let first = watcher.next().await.unwrap();
    assert!(first.starts_with(b"retry: 1000\n:") && first.ends_with(b"\n\n"));
}

async fn read_up_to(watcher: &mut Watcher, last: u64) -> Vec<u64> {
    let mut seen = Vec::new();
    while seen.last() != Some(&last) {
        seen.extend(ids(&watcher.next().await.expect("the stream goes on")));
    }
    seen
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_without_a_number_sees_what_comes_and_nothing_before() {
    let world = World::new();
    world.happen(1, 3);
    let mut watcher = world.watcher(EventFilter::All, None);
    world.happen(1, 2);
    hello(&mut watcher).await;
    assert_eq!(ids(&watcher.next().await.unwrap()), [4, 5], "in one chunk");
    world.happen(2, 1);
    assert_eq!(ids(&watcher.next().await.unwrap()), [6]);
}

#[tokio::test(start_paused = true)]
async fn whoever_comes_back_goes_on_behind_the_last_number_from_the_store_into_the_ring() {
    let world = World::new();
    world.happen(1, 1000);
    let mut watcher = world.watcher(EventFilter::All, Some(10));
    world.happen(1, 1000);
    hello(&mut watcher).await;
    let seen = read_up_to(&mut watcher, 2000).await;
    assert!(seen.into_iter().eq(11..=2000));
    world.happen(1, 5);
    assert_eq!(
        ids(&watcher.next().await.unwrap()),
        [2001, 2002, 2003, 2004, 2005]
    );
    let mut all = world.watcher(EventFilter::All, Some(0));
    hello(&mut all).await;
    assert!(read_up_to(&mut all, 2005).await.into_iter().eq(1..=2005));
    let mut ahead = world.watcher(EventFilter::All, Some(u64::MAX));
    hello(&mut ahead).await;
    world.happen(1, 1);
    assert_eq!(ids(&ahead.next().await.unwrap()), [2006]);
}

#[tokio::test(start_paused = true)]
async fn one_campaigns_watcher_sees_its_events_alone_and_the_end_with_its_deletion() {
    let world = World::new();
    world.happen(1, 400);
    world.happen(2, 2);
    let mut watcher = world.watcher(EventFilter::Campaign(campaign(2)), Some(0));
    hello(&mut watcher).await;
    assert_eq!(ids(&watcher.next().await.unwrap()), [401, 402]);
    world.tell(1, vec![Event::Deleted]);
    world.tell(2, vec![Event::Created, Event::Deleted]);
    let last = watcher.next().await.unwrap();
    assert_eq!(ids(&last), [404, 405]);
    assert_eq!(watcher.next().await, None);
    // And so where the deletion is read from the store.
    world.happen(1, 400);
    let mut late = world.watcher(EventFilter::Campaign(campaign(2)), Some(402));
    hello(&mut late).await;
    assert_eq!(ids(&late.next().await.unwrap()), [404, 405]);
    assert_eq!(late.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn what_was_too_old_to_be_kept_is_a_gap_that_says_where_it_goes_on() {
    let world = World::new();
    world.happen(1, 10);
    world.happen(1, 1);
    let mut watcher = world.watcher(EventFilter::All, Some(3));
    let mut oldest = world.watcher(EventFilter::All, Some(0));
    let trimmed = retention::trim(world.store.as_ref(), Timestamp::from_millis(1)).await;
    assert_eq!(trimmed, Ok(10));
    hello(&mut watcher).await;
    let chunk = watcher.next().await.unwrap();
    let text = std::str::from_utf8(&chunk).unwrap();
    let gap = "id: 10\nevent: gap\ndata: {\"type\":\"gap\",\"after\":3,\"continues_at\":11}\n\nid: 11\n";
    assert!(text.starts_with(gap), "{text}");
    // Trimmed between its coming and its first look.
    hello(&mut oldest).await;
    assert_eq!(ids(&oldest.next().await.unwrap()), [10, 11]);
    let mut after = world.watcher(EventFilter::All, Some(0));
    hello(&mut after).await;
    assert_eq!(
        ids(&after.next().await.unwrap()),
        [11],
        "nothing is missing from what is kept"
    );
}

#[tokio::test(start_paused = true)]
async fn a_watcher_that_falls_out_of_the_ring_has_to_come_back_and_misses_nothing() {
    let world = World::new();
    let mut slow = world.watcher(EventFilter::All, None);
    let mut quick = world.watcher(EventFilter::All, None);
    hello(&mut slow).await;
    hello(&mut quick).await;
    world.happen(1, 10);
    assert_eq!(ids(&slow.next().await.unwrap()).last(), Some(&10));
    world.happen(1, 9000);
    let seen = read_up_to(&mut quick, 9010).await;
    assert!(
        seen.into_iter().eq(1..=9010),
        "it comes late, and reads what the ring has lost"
    );
    assert_eq!(slow.next().await, None);
    let mut back = world.watcher(EventFilter::All, Some(10));
    hello(&mut back).await;
    assert!(read_up_to(&mut back, 9010).await.into_iter().eq(11..=9010));
}

#[tokio::test(start_paused = true)]
async fn a_watcher_that_does_not_take_its_chunk_is_given_up() {
    let world = World::new();
    let mut watcher = world.watcher(EventFilter::All, None);
    hello(&mut watcher).await;
    world.happen(1, 1);
    assert!(watcher.next().await.is_some());
    world.happen(1, 1);
    tokio::time::sleep(Duration::from_secs(31)).await;
    assert_eq!(watcher.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn where_nothing_happens_a_comment_says_so() {
    let world = World::new();
    let mut watcher = world.watcher(EventFilter::All, None);
    hello(&mut watcher).await;
    for _ in 0..3 {
        let begun = tokio::time::Instant::now();
        let beat = watcher.next().await.unwrap();
        assert!(beat.starts_with(b":") && beat.ends_with(b"\n\n"));
        assert!(begun.elapsed() <= Duration::from_secs(15));
    }
}

#[tokio::test(start_paused = true)]
async fn where_many_watch_they_look_one_after_the_other_and_all_within_a_second() {
    let world = World::with_room(2_000);
    let mut watchers: Vec<_> = (0..2_000)
        .map(|_| world.watcher(EventFilter::All, None))
        .collect();
    join_all(watchers.iter_mut().map(hello)).await;
    let begun = tokio::time::Instant::now();
    let looked = watchers.iter_mut().map(async |watcher| {
        assert_eq!(ids(&watcher.next().await.unwrap()), [1]);
        begun.elapsed().as_millis()
    });
    let happening = async {
        tokio::task::yield_now().await;
        world.happen(1, 1);
    };
    let (looked, ()) = tokio::join!(join_all(looked), happening);
    let at_once = |instant| looked.iter().filter(|at| **at == instant).count();
    assert!(
        (0..1000).all(|instant| at_once(instant) < 50),
        "nobody comes in a crowd"
    );
    assert!(looked.iter().all(|at| *at < 1000));
}

#[tokio::test(start_paused = true)]
async fn where_many_watch_what_happens_elsewhere_wakes_nobody_at_once_again() {
    let world = World::with_room(600);
    let _others: Vec<_> = (1..600).map(|_| world.watcher(EventFilter::All, None)).collect();
    let mut watcher = world.watcher(EventFilter::Campaign(campaign(2)), None);
    hello(&mut watcher).await;
    let begun = tokio::time::Instant::now();
    let happening = async {
        tokio::task::yield_now().await;
        world.happen(1, 1);
        // It looks in the meantime, and finds nothing of its own.
        tokio::time::sleep(Duration::from_millis(100)).await;
        world.happen(2, 1);
    };
    let (chunk, ()) = tokio::join!(watcher.next(), happening);
    assert_eq!(ids(&chunk.unwrap()), [2]);
    let waited = begun.elapsed().as_millis();
    assert!((250..=350).contains(&waited), "{waited}");
}

#[tokio::test(start_paused = true)]
async fn only_so_many_watch_and_with_the_last_of_them_everything_goes() {
    let world = World::new();
    let mut watchers: Vec<_> = (0..3).map(|_| world.watcher(EventFilter::All, None)).collect();
    let fourth = Watcher::behind(&world.hub, ORG, EventFilter::All, None);
    assert!(matches!(fourth, Err(NoSeat::Full(3))));
    let elsewhere = Watcher::behind(&world.hub, OrgId(Uuid::from_u128(2)), EventFilter::All, None);
    assert!(elsewhere.is_ok(), "another organization has its own places");
    drop(elsewhere);
    watchers.pop();
    drop(world.watcher(EventFilter::All, None));
    drop(watchers);
    assert!(world.hub.is_empty());
}

#[tokio::test(start_paused = true)]
async fn every_stream_ends_when_outdial_is_to_end_and_none_begins() {
    let world = World::new();
    let mut watcher = world.watcher(EventFilter::All, None);
    let mut events = world.events(EventFilter::All, None);
    hello(&mut watcher).await;
    let closing = async {
        tokio::task::yield_now().await;
        world.hub.close();
    };
    let (chunk, event, ()) = tokio::join!(watcher.next(), events.next(), closing);
    assert_eq!((chunk, event), (None, None));
    let mut late = world.watcher(EventFilter::All, Some(0));
    world.happen(1, 1);
    hello(&mut late).await;
    assert_eq!(late.next().await, None);
}

#[tokio::test(start_paused = true)]
async fn a_subscriber_sees_every_event_of_its_filter_once_and_in_order_however_late_it_reads() {
    let world = World::new();
    world.happen(1, 5);
    let mut now = world.events(EventFilter::All, None);
    let mut behind = world.events(EventFilter::Campaign(campaign(2)), Some(2));
    for _ in 0..2000 {
        world.happen(1, 5);
        world.happen(2, 2);
    }
    for seq in 6..=14_005 {
        let event = now.next().await.unwrap();
        assert_eq!(event.seq, seq);
    }
    let mut seen = 0;
    while seen < 4000 {
        let event = behind.next().await.unwrap();
        assert_eq!(event.campaign, campaign(2));
        assert_eq!((event.seq - 6) % 7, 5 + seen % 2, "{}", event.seq);
        seen += 1;
    }
}

#[tokio::test(start_paused = true)]
async fn the_newest_events_of_a_campaign_are_its_own_newest_first_and_it_is_said_whether_they_are_all() {
    let world = World::new();
    let latest = |n, most| {
        let found = latest(&world.log, ORG, campaign(n), most).unwrap();
        let seqs: Vec<u64> = found.events.iter().map(|event| event.seq).collect();
        (seqs, found.is_all)
    };
    assert_eq!(latest(1, 3), (vec![], true), "nothing has happened");
    world.happen(1, 2);
    world.happen(2, 600);
    world.happen(1, 3);
    assert_eq!(latest(1, 9), (vec![605, 604, 603, 2, 1], true));
    assert_eq!(latest(1, 5), (vec![605, 604, 603, 2, 1], true));
    assert_eq!(latest(1, 4), (vec![605, 604, 603, 2], false));
    world.happen(2, 5_000);
    assert_eq!(latest(1, 9), (vec![], false), "it is not looked for without end");
    let trimmed = retention::trim(world.store.as_ref(), Timestamp::from_millis(1)).await;
    assert_eq!(trimmed, Ok(5_355), "all but the newest row");
    assert_eq!(latest(2, 300), ((5_356..=5_605).rev().collect(), true));
}

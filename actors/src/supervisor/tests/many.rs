use super::*;

const MANY: u128 = 2_500;

impl Stage {
    /// Many more drafts, which all rest like this.
    async fn add_many(&self, rest: Rest) {
        let mut batch = Batch::new();
        for n in 1..=MANY {
            let draft = Definition {
                id: CampaignId(Uuid::from_u128(CAMPAIGN.0.as_u128() + n)),
                ..definition(Schedule::Immediate, self.clock.now())
            };
            batch.create(&draft, &Progress::new(self.clock.now()));
            batch.rest(ORG, draft.id, Rest::Asleep(None), rest);
        }
        self.store.commit(1, batch).await.unwrap();
    }

    fn awake(&self) -> u128 {
        self.measured.figures().awake.into()
    }
}

#[test]
fn everybody_whose_alarm_is_due_at_the_same_instant_is_woken_at_it() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        let due = stage.clock.now() + Millis::seconds(100);
        stage.add_many(Rest::Asleep(Some(due))).await;
        pass(99).await;
        assert_eq!(stage.awake(), 0);
        tokio::time::sleep(Duration::from_millis(1500)).await;
        assert_eq!(stage.awake(), MANY);
    });
}

#[test]
fn whoever_asks_while_many_are_woken_is_answered_before_the_last_of_them_is_awake() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        stage.add_many(Rest::Awake).await;
        stage
            .supervisor
            .do_send(ToSupervisor::Store(Health::Up { epoch: 1 }));
        stage.add_and_start(1).await;
        let awake = stage.awake();
        assert!(awake < MANY / 2, "{awake} were awake");
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(stage.awake(), MANY + 1);
    });
}

#[test]
fn an_alarm_of_no_campaign_keeps_nobody_busy() {
    play(async {
        let stage = Stage::new(|_| Schedule::Immediate).await;
        let due = stage.clock.now() + Millis::seconds(100);
        let mut batch = Batch::new();
        let nobody = CampaignId(Uuid::from_u128(7));
        batch.rest(ORG, nobody, Rest::Asleep(None), Rest::Asleep(Some(due)));
        stage.store.commit(1, batch).await.unwrap();
        pass(3600).await;
        let looked = stage.measured.figures().timer_late.count;
        assert!(looked <= 60, "it was looked for {looked} times");
    });
}

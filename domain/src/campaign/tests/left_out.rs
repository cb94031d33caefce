//! Whom the audience leaves out.

use super::recurring::recurring;
use super::story::{NOON, Story, plain};
use crate::audience::{Audience, FieldRule, Operator};
use crate::contact::ContactStatus;
use crate::lifecycle::Command;
use crate::settings::Settings;
use crate::time::Millis;

#[test]
fn whom_the_audience_leaves_out_is_skipped_in_every_run() {
    let golden = FieldRule {
        field: "name".to_owned(),
        operator: Operator::Exists,
        value: String::new(),
    };
    let audience = Some(Audience {
        include: vec![golden],
        exclude: vec![],
    });
    let mut story = Story::draft(Settings {
        audience,
        ..recurring("0 * * * *", None)
    });
    let mut named = story.candidate(7, &[]);
    named.new.contact.name = Some("Ann".to_owned());
    story.add(2, &[]);
    story.take_in(vec![named]).unwrap();
    story.command(Command::Start).unwrap();
    let reason = "not in the audience: it includes only `name exists`".to_owned();
    let left_out = (ContactStatus::Skipped, Some(reason));
    for run in 1..=3 {
        assert_eq!((story.counters().skipped, story.counters().pending), (2, 1));
        assert_eq!(story.standings()[..2], [left_out.clone(), left_out.clone()]);
        story.pass_to(NOON + Millis::seconds(3600 * run));
        story.reach(1);
        let last = story.runs().last.clone().unwrap();
        assert_eq!((last.counters.skipped, last.counters.completed), (2, 1));
    }
    assert_eq!(story.runs().earlier.skipped, 6);
}

#[test]
fn each_contact_whom_the_audience_leaves_out_is_told_of_its_own_rule() {
    let rule = |field: &str, operator| FieldRule {
        field: field.to_owned(),
        operator,
        value: "ann".to_owned(),
    };
    let audience = Some(Audience {
        include: vec![rule("name", Operator::Exists)],
        exclude: vec![rule("name", Operator::Equals)],
    });
    let mut story = Story::draft(Settings { audience, ..plain() });
    let named = |number, name: Option<&str>| {
        let mut candidate = story.candidate(number, &[]);
        candidate.new.contact.name = name.map(str::to_owned);
        candidate
    };
    let three = vec![named(0, None), named(1, Some("Ann")), named(2, Some("Bob"))];
    story.take_in(three).unwrap();
    let left_out = |why: &str| {
        let reason = format!("not in the audience: it {why}");
        (ContactStatus::Skipped, Some(reason))
    };
    assert_eq!(
        story.standings(),
        [
            left_out("includes only `name exists`"),
            left_out("excludes `name equals ann`"),
            (ContactStatus::Pending, None)
        ]
    );
}

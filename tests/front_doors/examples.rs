//! The examples of the library, run as somebody runs them who tries it: each ends by itself, and did what it says.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What an example printed. `cargo test` builds it; `cargo test --test front_doors` alone does not.
fn printed(name: &str) -> String {
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_outdial"));
    let directory = binary
        .parent()
        .map(|directory| directory.join("examples"))
        .unwrap();
    let example = directory.join(name);
    assert!(
        Path::new(&example).exists(),
        "{} is not there: `cargo build --examples` makes it",
        example.display()
    );
    let output = Command::new(example).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}

#[test]
fn a_campaign_inside_another_program_reaches_everybody() {
    let said = printed("embed");
    assert!(said.contains("the campaign is completed"), "{said}");
    let last = said.lines().last();
    assert_eq!(last, Some("20 of 20 contacts were reached with 20 attempts"));
}

#[test]
fn a_gateway_of_ones_own_refuses_and_breaks_off_and_nobody_is_rung_twice() {
    let said = printed("custom_provider");
    assert!(
        said.contains("2026-07-01T17:00:0"),
        "by the example's own clock: {said}"
    );
    assert!(said.contains(" is unknown"), "{said}");
    assert!(said.contains("+12025550104 failed"), "{said}");
    assert!(said.contains("+12025550105 completed"), "{said}");
    assert_eq!(said.lines().last(), Some("9 reached, 1 failed; 0 rung twice"));
}

#[test]
fn webhooks_come_in_through_the_mounted_layer_and_through_a_handler_of_ones_own() {
    let said = printed("webhooks");
    for way in ["mounted", "own handler"] {
        assert!(
            said.contains(&format!("{way}: 5 of 5 contacts reached")),
            "{said}"
        );
        assert!(said.contains(&format!("{way}: 5 calls")), "{said}");
    }
    assert!(said.contains("Hello from a handler of our own."), "{said}");
}

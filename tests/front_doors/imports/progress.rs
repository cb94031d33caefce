//! How far an import is: told at every look, and never less than before, whatever crashes.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::{draft, file, taken, upload};
use crate::service::{Service, carrier, until};

/// A list of that many numbers; of every thousand, one is there twice and one row is no contact.
fn long_list(rows: usize) -> String {
    let mut list = "phone,name\n".to_owned();
    for n in 0..rows {
        list.push_str(&format!("+1212{:07},Nr {n}\n", 2_000_000 + n));
        if n % 1000 == 999 {
            list.push_str(&format!("+1212{:07},Nr {n} again\nn/a,nobody\n", 2_000_000 + n));
        }
    }
    list
}

/// Looks at an import, whose progress must not have gone back since the last look at it.
async fn look(service: &Service, path: &str, seen: &RefCell<Vec<(u64, f64)>>) -> Value {
    let (_, now) = service.get(path).await;
    let progress = now["progress"].as_f64().unwrap();
    let next = (now["bytes_read"].as_u64().unwrap(), progress);
    let last = seen.borrow().last().copied().unwrap_or_default();
    assert!(next.0 >= last.0 && next.1 >= last.1, "{last:?}, then {now}");
    assert_eq!(progress == 1.0, now["state"] == "completed", "{now}");
    seen.borrow_mut().push(next);
    now
}

/// Whether an import was ever seen with some of its file read, and not all of it.
fn is_between(seen: &[(u64, f64)]) -> bool {
    seen.iter()
        .any(|(bytes, progress)| *bytes > 0 && (0.01..1.0).contains(progress))
}

#[tokio::test]
async fn the_progress_of_an_import_rises_from_its_beginning_to_1_and_never_falls() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let list = long_list(30_000);
    let size = list.len() as u64;
    let import = taken(upload(&service, &id, file("long.csv", list)).await).await;
    assert_eq!(
        (&import["bytes_total"], &import["bytes_read"], &import["progress"]),
        (&json!(size), &json!(0), &json!(0.0))
    );
    let path = format!("/campaigns/{id}/imports/{}", import["id"].as_str().unwrap());
    let seen = RefCell::default();
    until("the import is over", async || {
        let now = look(&service, &path, &seen).await;
        (now["state"] != "running").then_some(())
    })
    .await;
    let seen = seen.into_inner();
    assert_eq!(seen.last(), Some(&(size, 1.0)));
    assert!(is_between(&seen), "nothing was to be seen between: {seen:?}");
}

#[tokio::test]
async fn an_import_goes_on_after_a_kill_and_neither_doubles_nor_drops_a_row() {
    const ROWS: usize = 12_000;
    let carrier = carrier(100.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let import = taken(upload(&service, &id, file("long.csv", long_list(ROWS))).await).await;
    let path = format!("/campaigns/{id}/imports/{}", import["id"].as_str().unwrap());
    let (mut kills, mut in_the_middle, seen) = (0, false, RefCell::default());
    let import = loop {
        let now = look(&service, &path, &seen).await;
        if now["state"] != "running" {
            break now;
        }
        service.kill();
        service.start().await;
        let before = now["rows_read"].as_u64().unwrap();
        kills += 1;
        let found = look(&service, &path, &seen).await["rows_read"].as_u64().unwrap();
        assert!(found >= before, "from row {before} to {found}");
        until("it goes on where it was", async || {
            let now = look(&service, &path, &seen).await;
            (now["state"] != "running" || now["rows_read"].as_u64().unwrap() > before).then_some(())
        })
        .await;
        in_the_middle |= is_between(&seen.borrow());
    };
    assert!(kills > 0, "the import was over before it could be killed");
    assert!(
        in_the_middle,
        "after no kill a part of the list was seen to be read"
    );
    assert_eq!(import["state"], "completed");
    let counts = ["imported", "duplicates", "rejected"].map(|field| import[field].as_u64().unwrap());
    assert_eq!(counts, [ROWS as u64, 12, 12]);
    assert_eq!(service.campaign(&id).await["counters"]["total"], ROWS);
    assert_eq!(service.all(&format!("{path}/errors")).await.len(), 12);
    service.kill();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

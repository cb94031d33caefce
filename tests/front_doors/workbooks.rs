//! Contact lists as workbooks, through every door that takes lists: checked, previewed, imported, canceled.

use reqwest::multipart::Form;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::imports::{draft, file, read_to_its_end, taken, upload, uploads_kept};
use crate::service::{Service, carrier, fields, message, number, outdial, problem, until};

use book::{long, spring, xlsx};

mod book;

const XLS: &[u8] = include_bytes!("../../contacts/tests/data/contacts.xls");

async fn preview(service: &Service, form: Form) -> Response {
    let request = service.api(Method::POST, "/imports/preview");
    request.multipart(form).send().await.unwrap()
}

fn counts(import: &Value) -> [u64; 3] {
    ["imported", "duplicates", "rejected"].map(|field| import[field].as_u64().unwrap())
}

#[tokio::test]
async fn the_named_sheet_of_a_workbook_is_imported_and_its_cells_are_text() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let form = file("spring.xlsx", spring()).text("sheet", "contacts");
    let import = taken(upload(&service, &id, form).await).await;
    assert_eq!(import["sheet"], "contacts");
    let import = read_to_its_end(&service, &id, &import).await;
    assert_eq!(
        (&import["state"], counts(&import)),
        (&json!("completed"), [2, 1, 1])
    );
    let contacts = service.contacts(&id).await;
    let of = |number: &str| {
        let found = contacts.iter().find(|contact| contact["phone_number"] == number);
        found.unwrap()
    };
    let ada = of("+12025550123");
    assert_eq!(ada["custom_data"], json!({"Note": "=cmd|'/c calc'!A1"}));
    assert_eq!((&ada["name"], &ada["person_id"]), (&json!("Ada"), &json!("17")));
    let bob = of("+12025550124");
    assert_eq!(bob["custom_data"], json!({"Note": "@SUM(A1)"}));
    assert_eq!(
        (&bob["name"], &bob["person_id"]),
        (&json!("Bob & Co"), &json!("c-18"))
    );
    let path = format!(
        "/campaigns/{id}/imports/{}/errors",
        import["id"].as_str().unwrap()
    );
    let errors = service.all(&path).await;
    assert_eq!(
        (&errors[0]["row"], &errors[0]["value"]),
        (&json!(5), &json!("n/a"))
    );
}

#[tokio::test]
async fn a_workbook_of_old_is_imported_like_any_list() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let (status, shown) = {
        let answer = preview(&service, file("contacts.xls", XLS)).await;
        (answer.status(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(
        (status, &shown["columns"]["format"]),
        (StatusCode::OK, &json!("xls"))
    );
    let import = taken(upload(&service, &id, file("contacts.xls", XLS)).await).await;
    let import = read_to_its_end(&service, &id, &import).await;
    assert_eq!(import["state"], "completed", "{import}");
    let expected = ["contacts", "duplicates", "rejected"].map(|field| shown[field].as_u64().unwrap());
    assert!(expected[0] > 0);
    assert_eq!(counts(&import), expected, "a preview tells what an import does");
    assert_eq!(service.contacts(&id).await.len() as u64, expected[0]);
}

#[tokio::test]
async fn the_columns_of_a_workbook_are_those_that_were_chosen_with_it() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let form = file("spring.xlsx", spring())
        .text("sheet", "Contacts")
        .text("name_column", "#3")
        .text("person_id_column", "");
    let import = taken(upload(&service, &id, form).await).await;
    let import = read_to_its_end(&service, &id, &import).await;
    assert_eq!(counts(&import), [2, 1, 1]);
    let contacts = service.contacts(&id).await;
    let bob = contacts
        .iter()
        .find(|contact| contact["phone_number"] == "+12025550124")
        .unwrap();
    assert_eq!(
        (&bob["name"], &bob["person_id"]),
        (&json!("@SUM(A1)"), &Value::Null)
    );
    assert_eq!(
        bob["custom_data"],
        json!({"Name": "Bob & Co", "Person ID": "c-18"})
    );
}

#[tokio::test]
async fn a_preview_shows_the_beginning_and_the_figures_of_a_list_and_keeps_nothing() {
    let service = Service::started().await;
    let form = file("spring.xlsx", spring()).text("sheet", "Contacts");
    let answer = preview(&service, form).await;
    let status = answer.status();
    let shown: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::OK, "{shown}");
    assert_eq!(
        (
            &shown["columns"]["format"],
            &shown["columns"]["sheet"],
            &shown["columns"]["phone_number"]
        ),
        (&json!("xlsx"), &json!("Contacts"), &json!("Phone"))
    );
    let figures = ["rows", "contacts", "duplicates", "rejected"].map(|field| shown[field].as_u64().unwrap());
    assert_eq!(figures, [4, 2, 1, 1]);
    let kinds: Vec<_> = shown["first_rows"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["contact", "contact", "duplicate", "rejected"]);
    assert_eq!(shown["errors"][0]["row"], 5);
    let british = file("a.csv", "Phone\n020 7946 0123\n").text("default_region", "GB");
    let shown: Value = preview(&service, british).await.json().await.unwrap();
    assert_eq!(shown["first_rows"][0]["phone_number"], "+442079460123");
    for (form, field) in [
        (file("a.csv", "Name\nAnn\n"), "file"),
        (file("a.xlsx", spring()).text("sheet", "Autumn"), "sheet"),
        (
            file("a.csv", "Phone\n1\n").text("default_region", "Narnia"),
            "default_region",
        ),
        (Form::new().text("sheet", "x"), "file"),
    ] {
        let (status, problem) = problem(preview(&service, form).await).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    let bare = service.api(Method::POST, "/imports/preview").body("Phone\n");
    let (status, _) = problem(bare.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    let nobody = service
        .request(Method::POST, "/api/v1/imports/preview")
        .multipart(file("a.csv", "Phone\n"));
    let (status, _) = problem(nobody.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(uploads_kept(&service), 0);
}

#[tokio::test]
async fn a_workbook_that_cannot_be_read_is_refused_before_it_is_taken() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let whole = spring();
    let half = whole[..whole.len() / 2].to_vec();
    let encrypted = {
        // A compound file whose directory names what Office puts an encrypted workbook into.
        let mut bytes = XLS.to_vec();
        let name: Vec<u8> = "Workbook".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let at = bytes
            .windows(name.len())
            .position(|window| window == name)
            .unwrap();
        let other: Vec<u8> = "EncryptedPackage"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        bytes[at..at + other.len()].copy_from_slice(&other);
        bytes[at + 64] = u8::try_from(other.len() + 2).unwrap();
        bytes
    };
    let bomb = xlsx(&[(
        "All",
        format!("<row r=\"1\"><c r=\"A1\"><is><t>{}", "x".repeat(64 << 20)),
    )]);
    for (bytes, sheet, field, says) in [
        (whole, "Autumn", "sheet", "it has: Notes, Contacts"),
        (half, "Contacts", "file", "damaged"),
        (encrypted, "", "file", "password"),
        (bomb, "", "file", "too large"),
    ] {
        let form = file("list.xlsx", bytes).text("sheet", sheet);
        let (status, problem) = problem(upload(&service, &id, form).await).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field]),
            "{says}"
        );
        let message = message(&problem, field);
        assert!(message.contains(says), "{says}: {message}");
    }
    assert!(service.all(&format!("/campaigns/{id}/imports")).await.is_empty());
    assert_eq!(uploads_kept(&service), 0);
}

#[tokio::test]
async fn an_import_of_a_workbook_goes_on_after_a_kill_and_neither_doubles_nor_drops_a_row() {
    const ROWS: usize = 12_000;
    let carrier = carrier(100.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let import = taken(upload(&service, &id, file("long.xlsx", long(ROWS))).await).await;
    let path = format!("/campaigns/{id}/imports/{}", import["id"].as_str().unwrap());
    let mut kills = 0;
    let import = loop {
        let (_, now) = service.get(&path).await;
        if now["state"] != "running" {
            break now;
        }
        service.kill();
        service.start().await;
        kills += 1;
        until("it goes on where it was", async || {
            let (_, later) = service.get(&path).await;
            let further = later["rows_read"].as_u64() > now["rows_read"].as_u64();
            (later["state"] != "running" || further).then_some(())
        })
        .await;
    };
    assert!(kills > 0, "the import was over before it could be killed");
    assert_eq!(
        (&import["state"], counts(&import)),
        (&json!("completed"), [ROWS as u64, 12, 12])
    );
    assert_eq!(service.campaign(&id).await["counters"]["total"], ROWS);
    assert_eq!(service.all(&format!("{path}/errors")).await.len(), 12);
    service.kill();
    let verified = service.command().arg("verify").output().unwrap();
    assert!(verified.status.success(), "{verified:?}");
}

#[tokio::test]
async fn a_canceled_import_takes_no_more_rows_not_even_after_a_restart() {
    const ROWS: usize = 60_000;
    let carrier = carrier(100.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let mut list = "phone\n".to_owned();
    for n in 0..ROWS {
        list.push_str(&format!("+1212{:07}\n", 2_000_000 + n));
    }
    let import = taken(upload(&service, &id, file("long.csv", list)).await).await;
    let path = format!("/campaigns/{id}/imports/{}", import["id"].as_str().unwrap());
    until("rows are taken in", async || {
        let (_, now) = service.get(&path).await;
        (now["imported"].as_u64().unwrap() > 0).then_some(())
    })
    .await;
    let (status, canceled) = service.post(&format!("{path}/cancel"), &Value::Null).await;
    assert_eq!(
        (status, &canceled["state"]),
        (StatusCode::OK, &json!("canceled")),
        "{canceled}"
    );
    assert!(canceled["ended_at"].is_string());
    let imported = canceled["imported"].as_u64().unwrap();
    assert!(
        imported < ROWS as u64,
        "the import was over before it could be canceled"
    );
    until("the list is forgotten", async || {
        (uploads_kept(&service) == 0).then_some(())
    })
    .await;
    service.kill();
    service.start().await;
    let (_, now) = service.get(&path).await;
    assert_eq!(now, canceled);
    assert_eq!(service.campaign(&id).await["counters"]["total"], imported);
    let (status, refused) = service.post(&format!("{path}/cancel"), &Value::Null).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert!(
        refused["detail"].as_str().unwrap().contains("canceled already"),
        "{refused}"
    );
    let nobody = "01900000-0000-7000-8000-000000000000";
    let (status, _) = service
        .post(&format!("/campaigns/{id}/imports/{nobody}/cancel"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let more = taken(upload(&service, &id, file("a.csv", format!("phone\n{}\n", number(1)))).await).await;
    assert_eq!(read_to_its_end(&service, &id, &more).await["state"], "completed");
}

#[tokio::test]
async fn a_list_is_forgotten_with_the_campaign_that_is_canceled_while_it_is_read() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let import = taken(upload(&service, &id, file("long.xlsx", long(30_000))).await).await;
    service.command_to(&id, "cancel").await;
    let import = read_to_its_end(&service, &id, &import).await;
    assert_eq!(import["state"], "failed", "{import}");
    until("the list is forgotten", async || {
        (uploads_kept(&service) == 0).then_some(())
    })
    .await;
}

#[test]
fn check_reads_a_sheet_by_name_and_says_which_there_are() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("spring.xlsx");
    std::fs::write(&list, spring()).unwrap();
    let check = |more: &[&str]| outdial().arg("check").arg(&list).args(more).output().unwrap();
    let read = check(&["--sheet", "Contacts"]);
    let said = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(read.status.success(), "{read:?}");
    assert!(
        said.contains("4 rows: 2 contacts, 1 duplicates, 1 errors"),
        "{said}"
    );
    assert!(said.contains("column `Phone` of worksheet `Contacts`"), "{said}");
    let read = check(&["--sheet", "Contacts", "--json"]);
    let report: Value = serde_json::from_slice(&read.stdout).unwrap();
    assert_eq!(report["columns"]["sheet"], "Contacts");
    let unknown = check(&["--sheet", "Autumn"]);
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(
        !unknown.status.success() && said.contains("it has: Notes, Contacts"),
        "{said}"
    );
}

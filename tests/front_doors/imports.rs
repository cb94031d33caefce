//! `/campaigns/{id}/imports`: a list of any size is safe before its 202, and read to its end whatever happens.

use std::io::Write;
use std::net::TcpStream;

use reqwest::multipart::{Form, Part};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::service::{OWNER_KEY, Service, carrier, fields, message, number, people, problem, until};

mod columns;
mod progress;

const SAMPLE: &[u8] = include_bytes!("../../examples/contacts.csv");

pub async fn upload(service: &Service, campaign: &str, form: Form) -> Response {
    let request = service.api(Method::POST, &format!("/campaigns/{campaign}/imports"));
    request.multipart(form).send().await.unwrap()
}

pub fn file(name: &str, bytes: impl Into<Vec<u8>>) -> Form {
    Form::new().part("file", Part::bytes(bytes.into()).file_name(name.to_owned()))
}

/// The import after it was taken.
pub async fn taken(answer: Response) -> Value {
    let status = answer.status();
    let import: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::ACCEPTED, "{import}");
    import["import"].clone()
}

/// Waits until an import is over.
pub async fn read_to_its_end(service: &Service, campaign: &str, import: &Value) -> Value {
    let path = format!("/campaigns/{campaign}/imports/{}", import["id"].as_str().unwrap());
    until("the import is over", async || {
        let (status, import) = service.get(&path).await;
        assert_eq!(status, StatusCode::OK, "{import}");
        (import["state"] != "running").then_some(import)
    })
    .await
}

/// Lists that were uploaded and are still kept.
pub fn uploads_kept(service: &Service) -> usize {
    std::fs::read_dir(service.data_dir().join("uploads"))
        .unwrap()
        .count()
}

pub async fn draft(service: &Service, line: &str) -> String {
    service.draft(line, json!({})).await["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test]
async fn a_messy_list_is_taken_in_and_every_row_of_it_accounted_for() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let answer = upload(&service, &id, file("contacts.csv", SAMPLE)).await;
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let import = taken(answer).await;
    let import_id = import["id"].as_str().unwrap();
    assert_eq!(location, format!("/api/v1/campaigns/{id}/imports/{import_id}"));
    assert_eq!(import["file_name"], "contacts.csv");
    let import = read_to_its_end(&service, &id, &import).await;
    assert_eq!(import["state"], "completed");
    let counts = ["imported", "duplicates", "rejected"].map(|field| import[field].as_u64().unwrap());
    assert_eq!(counts, [262, 12, 15]);
    assert!(import["ended_at"].is_string() && import["reason"].is_null());
    let (_, imports) = service.get(&format!("/campaigns/{id}/imports")).await;
    assert_eq!(imports["items"], json!([import]));
    assert_eq!(service.campaign(&id).await["counters"]["pending"], 262);
    let contacts = service.contacts(&id).await;
    assert_eq!(contacts.len(), 262);
    let foreign = contacts
        .iter()
        .find(|contact| contact["phone_number"] == "+33536498285")
        .unwrap();
    assert_eq!(foreign["name"], "Élodie Garçon");
    assert_eq!(foreign["custom_data"]["Plan"], "Premium");
    until("the list is forgotten", async || {
        (uploads_kept(&service) == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn rejected_rows_are_told_as_json_and_as_a_spreadsheet_without_formulas() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let list = "Name,Phone\nAnn,\"=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\"\nBob,+1 (202) 555\n\nCyd,@SUM(1)\n\
                Dee,\"say \"\"hi\"\"\"\nEve,+12025550123\n";
    let import = taken(upload(&service, &id, file("list.csv", list)).await).await;
    let import = read_to_its_end(&service, &id, &import).await;
    assert_eq!((&import["imported"], &import["rejected"]), (&json!(1), &json!(4)));
    let path = format!(
        "/campaigns/{id}/imports/{}/errors",
        import["id"].as_str().unwrap()
    );
    let (status, errors) = service.get(&path).await;
    assert_eq!((status, &errors["total"]), (StatusCode::OK, &json!(4)));
    let rows: Vec<_> = errors["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|error| error["row"].as_u64().unwrap())
        .collect();
    assert_eq!(
        rows,
        [2, 3, 5, 6],
        "as a spreadsheet counts them, the blank one included"
    );
    assert_eq!(
        errors["items"][0]["value"],
        "=HYPERLINK(\"http://evil.example\",\"x\")"
    );
    let (_, first) = service.get(&format!("{path}?limit=3")).await;
    let (_, rest) = service
        .get(&format!(
            "{path}?limit=3&cursor={}",
            first["next_cursor"].as_str().unwrap()
        ))
        .await;
    assert_eq!(
        (&rest["items"][0]["row"], &rest["next_cursor"]),
        (&json!(6), &Value::Null)
    );
    let answer = service
        .api(Method::GET, &format!("{path}?format=csv"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    let csv = answer.text().await.unwrap();
    let lines: Vec<&str> = csv.split("\r\n").collect();
    assert_eq!((lines[0], lines.len()), ("row,field,value,reason", 6));
    assert!(
        lines[1].contains("\"'=HYPERLINK(\"\"http://evil.example\"\",\"\"x\"\")\""),
        "{csv}"
    );
    assert!(
        lines[2].contains("\"'+1 (202) 555\"") && lines[3].contains("\"'@SUM(1)\""),
        "{csv}"
    );
    assert!(lines[4].contains("\"say \"\"hi\"\"\""), "{csv}");
    for query in ["format=xml", "format=csv&format=json", "colour=red", "cursor=x"] {
        let answer = service
            .api(Method::GET, &format!("{path}?{query}"))
            .send()
            .await
            .unwrap();
        let (status, _) = problem(answer).await;
        assert!(status.is_client_error(), "{query}: {status}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_contact_list_is_refused_by_name_and_nothing_is_opened_for_it() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let noise: Vec<u8> = (0..4096_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    for (bytes, says) in [
        (
            b"PK\x03\x04\x14\0\x06\0\x08\0xl/workbook.xml".to_vec(),
            "workbook is damaged",
        ),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec(), "PDF"),
        (noise, "contact list"),
        (Vec::new(), "empty"),
        (b" \n \n".to_vec(), "empty"),
        (b"Name,City\nAnn,Berlin\nBob,Paris\n".to_vec(), "Name, City"),
    ] {
        let answer = upload(&service, &id, file("list.csv", bytes)).await;
        let (status, problem) = problem(answer).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["file"])
        );
        let message = message(&problem, "file");
        assert!(
            message.contains(says) || (says == "contact list" && message.contains("binary")),
            "{says}: {message}"
        );
    }
    assert!(service.all(&format!("/campaigns/{id}/imports")).await.is_empty());
    assert_eq!(uploads_kept(&service), 0);
    let (status, problem) = service
        .post(&format!("/campaigns/{id}/start"), &Value::Null)
        .await;
    assert_eq!(status, StatusCode::CONFLICT, "{problem}");
}

#[tokio::test]
async fn a_form_that_is_not_as_it_should_be_is_refused() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let list = format!("phone\n{}\n", number(1));
    for (form, field) in [
        (Form::new().text("default_region", "US"), "file"),
        (file("list.csv", list.clone()).text("colour", "red"), "colour"),
        (
            file("list.csv", list.clone()).text("default_region", "Narnia"),
            "default_region",
        ),
        (
            file("list.csv", list.clone()).text("default_region", "x".repeat(5000)),
            "default_region",
        ),
    ] {
        let (status, problem) = problem(upload(&service, &id, form).await).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    let path = format!("/campaigns/{id}/imports");
    let bare = service
        .api(Method::POST, &path)
        .header("Content-Type", "text/csv")
        .body(list.clone());
    let (status, refused) = problem(bare.send().await.unwrap()).await;
    assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert!(
        refused["detail"]
            .as_str()
            .unwrap()
            .contains("multipart/form-data"),
        "{refused}"
    );
    let broken = service
        .api(Method::POST, &path)
        .header("Content-Type", "multipart/form-data; boundary=x");
    let (status, _) = problem(broken.body("--x\r\nnonsense").send().await.unwrap()).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let nobody = "01900000-0000-7000-8000-000000000000";
    let (status, _) = problem(upload(&service, nobody, file("list.csv", list.clone())).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    for unknown in [nobody, "42"] {
        for rest in ["", "/errors"] {
            let answer = service
                .api(Method::GET, &format!("{path}/{unknown}{rest}"))
                .send()
                .await;
            assert_eq!(problem(answer.unwrap()).await.0, StatusCode::NOT_FOUND);
        }
    }
    service.command_to(&id, "cancel").await;
    let (status, refused) = problem(upload(&service, &id, file("list.csv", list)).await).await;
    assert_eq!(status, StatusCode::CONFLICT, "{refused}");
    assert!(service.all(&path).await.is_empty());
    assert_eq!(uploads_kept(&service), 0);
}

#[tokio::test]
async fn numbers_without_a_country_code_are_read_in_the_region_given_with_the_file() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.draft(&line, json!({"default_region": "DE"})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let list = "Telefon;Name\n020 7946 0123;Ann\n";
    let import =
        taken(upload(&service, &id, file("list.txt", list).text("default_region", "GB")).await).await;
    read_to_its_end(&service, &id, &import).await;
    let import = taken(upload(&service, &id, file("list.txt", "Telefon\n030 901820\n")).await).await;
    read_to_its_end(&service, &id, &import).await;
    let numbers: Vec<_> = service
        .contacts(&id)
        .await
        .iter()
        .map(|contact| contact["phone_number"].clone())
        .collect();
    assert_eq!(numbers, [json!("+442079460123"), json!("+4930901820")]);
}

#[tokio::test]
async fn a_list_uploaded_twice_doubles_nobody() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = service.draft(&line, json!({"contacts": people(1)})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let list = format!("phone\n{}\n{}\n", number(0), number(1));
    for duplicates in [1, 2] {
        let import = taken(upload(&service, &id, file("list.csv", list.clone())).await).await;
        let import = read_to_its_end(&service, &id, &import).await;
        assert_eq!(
            (&import["duplicates"], &import["rejected"]),
            (&json!(duplicates), &json!(0))
        );
    }
    service.command_to(&id, "start").await;
    assert_eq!(service.ended(&id).await["counters"]["completed"], 2);
    assert_eq!(carrier.summary().carrier_calls, 2);
}

/// An upload that breaks off, by the client's doing or by a crash.
#[tokio::test]
async fn an_upload_that_never_arrived_whole_leaves_nothing_behind() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (mut service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    for is_crash in [false, true] {
        let mut connection = TcpStream::connect(service.address()).unwrap();
        write!(
            connection,
            "POST /api/v1/campaigns/{id}/imports HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {OWNER_KEY}\r\n\
             Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000000\r\n\r\n\
             --x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nphone\n{}\n",
            number(1)
        )
        .unwrap();
        until("the upload has begun", async || {
            (uploads_kept(&service) == 1).then_some(())
        })
        .await;
        if is_crash {
            service.kill();
            assert_eq!(uploads_kept(&service), 1);
            service.start().await;
            assert_eq!(uploads_kept(&service), 0);
        }
        drop(connection);
        until("what came of it is forgotten", async || {
            (uploads_kept(&service) == 0).then_some(())
        })
        .await;
    }
    assert!(service.all(&format!("/campaigns/{id}/imports")).await.is_empty());
}

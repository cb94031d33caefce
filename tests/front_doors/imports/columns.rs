//! Columns that a person chose, through every door that takes a list.

use reqwest::multipart::Form;
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use super::{draft, file, read_to_its_end, taken, upload, uploads_kept};
use crate::service::{Service, carrier, fields, message, outdial, problem};

const LIST: &str = "Customer,First,Last,Mobile,Office,Mail\n\
                    Acme,Ada,Lee,2025550123,2025550199,ada@example.com\n\
                    Acme,Bob,Ray,2025550124,2025550199,\n\
                    Blue,Cyd,Fox,2025550125,\"=1+\"\"1\"\"\",\n\
                    Cole,Dee,Gil,2025550126,12,\n";

async fn preview(service: &Service, query: &str, form: Form) -> Response {
    let request = service.api(Method::POST, &format!("/imports/preview{query}"));
    request.multipart(form).send().await.unwrap()
}

/// The list, to be read from its office numbers, by customer and last name, without addresses.
fn corrected(list: Form) -> Form {
    list.text("phone_number_column", "office")
        .text("name_column", "Last")
        .text("name_column", "#1")
        .text("email_column", "")
}

#[tokio::test]
async fn the_rows_of_an_upload_are_read_by_the_columns_that_were_chosen_with_it() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let import = taken(upload(&service, &id, corrected(file("list.csv", LIST))).await).await;
    assert_eq!(
        import["columns"],
        json!({"phone_number": ["office"], "name": ["Last", "#1"], "email": []})
    );
    let import = read_to_its_end(&service, &id, &import).await;
    let counts = ["imported", "duplicates", "rejected"].map(|field| import[field].as_u64().unwrap());
    assert_eq!(counts, [1, 1, 2], "{import}");
    let contacts = service.contacts(&id).await;
    assert_eq!(contacts[0]["phone_number"], "+12025550199");
    assert_eq!(
        (&contacts[0]["name"], &contacts[0]["email"]),
        (&json!("Lee Acme"), &Value::Null)
    );
    assert_eq!(
        contacts[0]["custom_data"],
        json!({"First": "Ada", "Mobile": "2025550123", "Mail": "ada@example.com"})
    );
}

#[tokio::test]
async fn a_preview_shows_the_columns_as_they_are_found_and_as_they_are_chosen() {
    let service = Service::started().await;
    let understood = |shown: &Value| {
        let columns = shown["columns"]["all"].as_array().unwrap().clone();
        let column = |column: Value| format!("{} {} {}", column["place"], column["name"], column["field"]);
        columns
            .into_iter()
            .map(column)
            .collect::<Vec<_>>()
            .join(", ")
            .replace('"', "")
    };
    let found: Value = preview(&service, "", file("list.csv", LIST))
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        understood(&found),
        "1 Customer custom_data, 2 First name, 3 Last name, 4 Mobile phone_number, 5 Office custom_data, 6 Mail email"
    );
    assert_eq!(
        found["columns"]["all"][3]["examples"],
        json!(["2025550123", "2025550124", "2025550125"])
    );
    let form = corrected(file("list.csv", LIST));
    let shown: Value = preview(&service, "?format=json", form)
        .await
        .json()
        .await
        .unwrap();
    assert_eq!(
        understood(&shown),
        "1 Customer name, 2 First custom_data, 3 Last name, 4 Mobile custom_data, 5 Office phone_number, \
         6 Mail custom_data"
    );
    assert_eq!(shown["duplicate_rows"], json!([{"row": 3, "of_row": 2}]));
    assert_eq!(
        (&shown["more_duplicates"], &shown["more_errors"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(shown["errors"][1]["row"], 5);
    assert_eq!(uploads_kept(&service), 0);
}

#[tokio::test]
async fn every_bad_row_of_a_preview_can_be_downloaded_without_formulas() {
    let service = Service::started().await;
    let answer = preview(&service, "?format=csv", corrected(file("list.csv", LIST))).await;
    let kind = answer.headers()["content-type"].to_str().unwrap().to_owned();
    assert_eq!(
        (answer.status(), kind.as_str()),
        (StatusCode::OK, "text/csv; charset=utf-8")
    );
    let text = answer.text().await.unwrap();
    let (header, rows) = text.split_once("\r\n").unwrap();
    assert_eq!(header, "row,field,value,reason");
    let rows: Vec<_> = rows.lines().collect();
    assert!(
        rows[0].starts_with("\"4\",\"phone_number\",\"'=1+\"\"1\"\"\",\""),
        "{text}"
    );
    assert!(
        rows[1].starts_with("\"5\",\"phone_number\",\"12\",\"too short"),
        "{text}"
    );
    assert_eq!(rows.len(), 2);
    let many = format!("Phone\n{}", "12\n".repeat(20_000));
    let text = preview(&service, "?format=csv", file("many.csv", many))
        .await
        .text()
        .await
        .unwrap();
    assert_eq!(text.lines().count(), 20_001);
    assert!(text.lines().last().unwrap().starts_with("\"20001\","));
    for (query, form, field) in [
        ("?format=xml", file("a.csv", LIST), "format"),
        ("?format=csv", file("a.csv", "Name\nAnn\n"), "file"),
        (
            "?format=csv",
            file("a.csv", LIST).text("email_column", "#9"),
            "email_column",
        ),
    ] {
        let (status, problem) = problem(preview(&service, query, form).await).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
    }
    crate::service::until("nothing is kept", async || {
        (uploads_kept(&service) == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_column_that_cannot_be_chosen_is_refused_by_its_field_and_nothing_is_opened() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let list = || file("list.csv", LIST);
    let long = "x".repeat(2000);
    for (form, field, says) in [
        (
            list().text("timezone_column", "Zone"),
            "timezone_column",
            "no column `Zone` to take `timezone` from; the columns are: Customer, First, Last, Mobile, Office, Mail;",
        ),
        (
            list().text("name_column", "First").text("person_id_column", "#2"),
            "person_id_column",
            "column `First` is chosen for `person_id` and for `name`",
        ),
        (
            list().text("email_column", "Mail").text("email_column", "Last"),
            "email_column",
            "at most 1",
        ),
        (
            list().text("phone_number_column", " "),
            "phone_number_column",
            "must be in a column",
        ),
        (
            list().text("not_before_column", long),
            "not_before_column",
            "too long",
        ),
        (
            list().text("city_column", "Mail"),
            "city_column",
            "phone_number_column, name_column",
        ),
    ] {
        let (status, problem) = problem(upload(&service, &id, form).await).await;
        assert_eq!(
            (status, fields(&problem)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec![field])
        );
        let message = message(&problem, field);
        assert!(message.contains(says), "{message}");
    }
    assert!(service.all(&format!("/campaigns/{id}/imports")).await.is_empty());
    assert_eq!(uploads_kept(&service), 0);
}

#[tokio::test]
async fn an_upload_that_is_repeated_with_other_columns_is_another_request() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let send = async |column: &str| {
        let request = service
            .api(Method::POST, &format!("/campaigns/{id}/imports"))
            .header("Idempotency-Key", "same");
        let form = file("list.csv", LIST).text("phone_number_column", column.to_owned());
        request.multipart(form).send().await.unwrap().status()
    };
    assert_eq!(send("Office").await, StatusCode::ACCEPTED);
    assert_eq!(send("Office").await, StatusCode::ACCEPTED);
    assert_eq!(send("Mobile").await, StatusCode::CONFLICT);
    assert_eq!(service.all(&format!("/campaigns/{id}/imports")).await.len(), 1);
}

#[test]
fn check_takes_the_columns_by_name_and_by_place_and_says_which_there_are() {
    let directory = tempfile::tempdir().unwrap();
    let list = directory.path().join("list.csv");
    std::fs::write(&list, LIST).unwrap();
    let check = |more: &[&str]| outdial().arg("check").arg(&list).args(more).output().unwrap();
    let read = check(&[
        "--phone-number-column",
        "Office",
        "--name-column",
        "Last",
        "--name-column",
        "#1",
    ]);
    let said = String::from_utf8_lossy(&read.stdout).into_owned();
    assert!(read.status.success(), "{read:?}");
    assert!(
        said.contains("4 rows: 1 contacts, 1 duplicates, 2 errors"),
        "{said}"
    );
    assert!(said.contains("column `Office`"), "{said}");
    for (more, says) in [
        (
            ["--email-column", "Post"],
            "no column `Post` to take `email` from; the columns are: Customer",
        ),
        (
            ["--phone-number-column", ""],
            "--phone-number-column: phone numbers must be in a column",
        ),
    ] {
        let refused = check(&more);
        let said = String::from_utf8_lossy(&refused.stderr).into_owned();
        assert!(!refused.status.success() && said.contains(says), "{said}");
    }
}

//! `/campaigns/{id}/contacts/export`: every contact as a file that spreadsheets open and imports read back.

use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};

use crate::imports::{draft, file, read_to_its_end, taken, upload};
use crate::service::{Service, carrier, fields, number, problem};

async fn export(service: &Service, campaign: &str, query: &str) -> Response {
    let path = format!("/campaigns/{campaign}/contacts/export{query}");
    service.api(Method::GET, &path).send().await.unwrap()
}

/// What a contact is, without where it stands in its campaign.
fn who(contacts: &[Value]) -> Vec<Value> {
    let of_it = [
        "phone_number",
        "name",
        "email",
        "timezone",
        "not_before",
        "person_id",
        "custom_data",
    ];
    let mut all: Vec<Value> = contacts
        .iter()
        .map(|contact| {
            of_it
                .iter()
                .map(|field| (*field, contact[field].clone()))
                .collect()
        })
        .collect();
    all.sort_by_key(|contact| contact["phone_number"].to_string());
    all
}

#[tokio::test]
async fn contacts_exported_and_imported_again_are_the_same_formulas_and_all() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let contacts = json!([
        {"phone_number": number(0), "name": "=HYPERLINK(\"http://evil.example\",\"x\")", "person_id": "-17",
         "custom_data": {"Note": "@SUM(1)\n\"two\" lines; really", "status": "gold", "=1+1": "é"}},
        {"phone_number": number(1), "name": " Ada, Lee ", "email": "ada@example.com", "timezone": "Europe/Rome",
         "not_before": "2090-01-01T10:00:00Z"},
        {"phone_number": number(2), "custom_data": {"plan": "'quoted'"}},
    ]);
    let id = service.draft(&line, json!({"contacts": contacts})).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let answer = export(&service, &id, "").await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/csv; charset=utf-8");
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"contacts.csv\""
    );
    let csv = answer.text().await.unwrap();
    assert!(
        csv.contains(
            "phone_number,name,email,timezone,not_before,person_id,status,status_reason,attempt_count"
        ),
        "{csv}"
    );
    assert!(
        csv.contains("'=HYPERLINK") && csv.contains("'@SUM(1)") && csv.contains("'-17"),
        "{csv}"
    );
    for start in [",=", ",@", ",-", "\"=", "\"@"] {
        assert!(!csv.contains(start), "a formula: {start} in {csv}");
    }
    let other = draft(&service, &line).await;
    let import = taken(upload(&service, &other, file("contacts.csv", csv)).await).await;
    let import = read_to_its_end(&service, &other, &import).await;
    assert_eq!(
        (&import["imported"], &import["rejected"]),
        (&json!(3), &json!(0)),
        "{import}"
    );
    let (before, after) = (service.contacts(&id).await, service.contacts(&other).await);
    assert_eq!(who(&before), who(&after));
}

#[tokio::test]
async fn an_export_tells_how_the_campaign_went_and_is_read_without_it() {
    let carrier = carrier(500.0, 1, &json!({"outcomes": {"completed": 1}}));
    let (service, line) = Service::with_line(&carrier).await;
    let spec = json!({"contacts": [{"phone_number": number(0), "name": "Ada"}]});
    let id = service.draft(&line, spec).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    service.command_to(&id, "start").await;
    service.ended(&id).await;
    let attempts = service.all(&format!("/campaigns/{id}/attempts")).await;
    let result = format!("/attempts/{}/result", attempts[0]["id"].as_str().unwrap());
    let (status, told) = service
        .post(
            &result,
            &json!({"result_summary": "=She said yes", "sentiment_score": 0.5}),
        )
        .await;
    assert!(status.is_success(), "{told}");
    let csv = export(&service, &id, "?format=csv").await.text().await.unwrap();
    let row = csv.lines().nth(1).unwrap();
    assert!(
        row.starts_with(&format!("{},Ada,,,,,completed,,1,", number(0))),
        "{row}"
    );
    assert!(row.contains(",completed,\"'=She said yes\",,0.5"), "{row}");
    let other = draft(&service, &line).await;
    let import = taken(upload(&service, &other, file("contacts.csv", csv)).await).await;
    read_to_its_end(&service, &other, &import).await;
    let contacts = service.contacts(&other).await;
    assert_eq!(
        (&contacts[0]["custom_data"], &contacts[0]["status"]),
        (&json!({}), &json!("pending"))
    );
}

#[tokio::test]
async fn an_export_as_json_has_the_contacts_as_the_list_shows_them() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let id = draft(&service, &line).await;
    let none: Value = export(&service, &id, "?format=json").await.json().await.unwrap();
    assert_eq!(none, json!([]));
    let mut list = "phone,name\n".to_owned();
    for n in 0..3000 {
        list.push_str(&format!("+1212{:07},Nr {n}\n", 2_000_000 + n));
    }
    let import = taken(upload(&service, &id, file("long.csv", list)).await).await;
    read_to_its_end(&service, &id, &import).await;
    let exported: Value = export(&service, &id, "?format=json").await.json().await.unwrap();
    assert_eq!(exported, json!(service.contacts(&id).await));
    assert_eq!(exported.as_array().unwrap().len(), 3000);
}

#[tokio::test]
async fn an_export_that_cannot_be_made_is_refused() {
    let carrier = carrier(100.0, 1, &json!({}));
    let (service, line) = Service::with_line(&carrier).await;
    let many: serde_json::Map<String, Value> = (0..300).map(|n| (format!("k{n}"), json!(1))).collect();
    let spec = json!({"contacts": [{"phone_number": number(0), "custom_data": many}]});
    let id = service.draft(&line, spec).await["id"]
        .as_str()
        .unwrap()
        .to_owned();
    for query in ["", "?format=xml"] {
        let (status, refused) = problem(export(&service, &id, query).await).await;
        assert_eq!(
            (status, fields(&refused)),
            (StatusCode::UNPROCESSABLE_ENTITY, vec!["format"])
        );
    }
    let (status, _) = problem(export(&service, &id, "?colour=red").await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        export(&service, &id, "?format=json").await.status(),
        StatusCode::OK
    );
    let (status, _) = problem(export(&service, "01900000-0000-7000-8000-000000000000", "").await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

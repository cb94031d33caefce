//! What the command line sends, and what it does where the service, or the way to it, fails.

use serde_json::{Value, json};

use super::stub::{Answer, KEY, Request, Stub};
use super::{done, json_of, last_line, refused};

const ID: &str = "0197c1e0-0000-7000-8000-000000000001";

fn key_record(name: &str) -> Value {
    json!({"id": ID, "name": name, "role": "viewer", "scopes": null, "expires_at": null, "prefix": "odk_1a2b",
        "created_at": "2026-07-01T00:00:00Z", "last_used_at": "2026-07-02T00:00:00Z"})
}

fn problem(status: u16, detail: &str) -> Answer {
    Answer::Json(
        status,
        json!({"status": status, "title": "No", "code": "no", "detail": detail}),
    )
}

#[test]
fn a_new_key_stands_alone_on_the_last_line_of_stdout() {
    let stub = Stub::that_answers(|request| {
        let mut made = key_record("nightly");
        made["key"] = json!("odk_the_new_one");
        assert_eq!(request.line, "POST /api-keys");
        Answer::Json(201, made)
    });
    let arguments = [
        "key",
        "create",
        "nightly",
        "--role",
        "viewer",
        "--scope",
        "campaigns:read",
    ];
    let (stdout, stderr) = done(
        stub.command()
            .args(arguments)
            .args(["--expires", "2030-01-01T00:00:00Z"]),
    );
    assert_eq!(stdout, "odk_the_new_one\n");
    assert!(
        stderr.contains("shown this once") && !stderr.contains("odk_"),
        "{stderr}"
    );
    let request = &stub.requests()[0];
    let body = json!({"name": "nightly", "role": "viewer", "scopes": ["campaigns:read"],
        "expires_at": "2030-01-01T00:00:00Z"});
    assert_eq!(request.json(), body);
    assert_eq!(request.headers["authorization"], format!("Bearer {KEY}"));
    assert!(request.headers["idempotency-key"].len() >= 32);
}

#[test]
fn keys_are_listed_and_revoked_by_name() {
    let stub = Stub::that_answers(|request| match request.line.as_str() {
        "GET /api-keys?limit=500" => {
            let mut limited = key_record("narrow");
            limited["id"] = json!("0297c1e0-0000-7000-8000-000000000002");
            limited["scopes"] = json!(["campaigns:read", "contacts:read"]);
            limited["last_used_at"] = json!(null);
            Answer::Json(
                200,
                json!({"items": [key_record("nightly"), limited], "total": 2, "next_cursor": null}),
            )
        }
        _ => Answer::Json(204, json!(null)),
    });
    let (stdout, _) = done(stub.command().args(["key", "list"]));
    let rows: Vec<Vec<&str>> = stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(
        rows[1],
        [
            ID,
            "nightly",
            "viewer",
            "odk_1a2b",
            "never",
            "2026-07-02T00:00:00Z",
            "all"
        ]
    );
    assert_eq!(
        rows[2][4..],
        ["never", "never", "campaigns:read", "contacts:read"]
    );
    let (stdout, _) = done(stub.command().args(["key", "revoke", "nightly"]));
    assert_eq!(stdout, "nightly: revoked\n");
    assert_eq!(
        last_line(&stub.lines().join("\n")),
        format!("DELETE /api-keys/{ID}")
    );
}

#[test]
fn a_campaign_is_edited_duplicated_and_deleted() {
    let stub = Stub::that_answers(|request| {
        let campaign = json!({"id": ID, "name": "July", "status": "draft", "config_version": 2, "counters": {"total": 7}});
        match request.line.split(' ').next() {
            Some("DELETE") => Answer::Json(204, json!(null)),
            Some("POST") => Answer::Json(201, campaign),
            _ => Answer::Json(200, campaign),
        }
    });
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("patch.json");
    std::fs::write(&file, r#"{"description": null}"#).unwrap();
    let (stdout, _) = done(stub.command().args(["campaign", "edit", ID]).arg(&file));
    assert_eq!(stdout, "July: changed, now version 2\n");
    let (stdout, stderr) = done(
        stub.command()
            .args(["campaign", "duplicate", ID, "--name", "August"]),
    );
    assert_eq!((stdout.trim(), stderr.trim()), (ID, "July: draft"));
    let reason = refused(
        stub.command()
            .args(["campaign", "delete", ID])
            .stdin(std::process::Stdio::null()),
        2,
    );
    assert!(reason.contains("--yes"), "{reason}");
    let (stdout, _) = done(stub.command().args(["campaign", "delete", ID, "--yes"]));
    assert_eq!(stdout, "July: deleted\n");
    let requests = stub.requests();
    let sent: Vec<(&str, Value)> = requests
        .iter()
        .filter(|request| !request.line.starts_with("GET"))
        .map(|request| (request.line.as_str(), request.json()))
        .collect();
    assert_eq!(
        sent,
        [
            (
                format!("PATCH /campaigns/{ID}").as_str(),
                json!({"description": null})
            ),
            (
                format!("POST /campaigns/{ID}/duplicate").as_str(),
                json!({"name": "August"})
            ),
            (format!("DELETE /campaigns/{ID}").as_str(), Value::Null),
        ]
    );
}

/// Pages of two, of five campaigns in all.
fn page(request: &Request) -> Answer {
    let query = request.line.split('?').nth(1).unwrap();
    let of = |name: &str| {
        query
            .split('&')
            .find_map(|pair| pair.strip_prefix(name)?.parse::<usize>().ok())
    };
    let (from, limit) = (of("cursor=").unwrap_or(0), of("limit=").unwrap().min(2));
    let items: Vec<Value> = (from..5)
        .take(limit)
        .map(|n| json!({"id": n.to_string()}))
        .collect();
    let next = from + items.len();
    let next_cursor = (next < 5).then(|| next.to_string());
    Answer::Json(
        200,
        json!({"items": items, "total": null, "next_cursor": next_cursor}),
    )
}

#[test]
fn all_pages_are_followed_unless_fewer_are_wanted() {
    let stub = Stub::that_answers(page);
    let list = |more: &[&str]| {
        let (stdout, _) = done(stub.command().args(["campaign", "list", "--json"]).args(more));
        json_of(&stdout).as_array().unwrap().len()
    };
    assert_eq!(list(&[]), 5);
    assert_eq!(stub.requests().len(), 3);
    assert_eq!(list(&["--limit", "3"]), 3);
    assert_eq!(stub.requests().len(), 5);
}

#[test]
fn too_many_requests_are_waited_for_by_those_who_only_look() {
    let mut asked = 0;
    let slow_down = json!({"detail": "at most 20 campaigns a minute"});
    let stub = Stub::that_answers(move |request| {
        asked += 1;
        match asked {
            1 | 2 | 4.. => Answer::With(429, "retry-after", "0", slow_down.clone()),
            _ => page(request),
        }
    });
    let (_, stderr) = done(stub.command().args(["campaign", "list", "--limit", "1"]));
    assert_eq!(stderr.matches("asking again").count(), 2, "{stderr}");
    let reason = refused(stub.command().args(["campaign", "start", ID]), 1);
    assert!(
        reason.contains("at most 20 campaigns a minute; try again in 0 seconds"),
        "{reason}"
    );
    assert_eq!(stub.requests().len(), 4, "a command is not repeated");
    refused(stub.command().args(["campaign", "list"]), 1);
    assert_eq!(stub.requests().len(), 7, "nobody asks for ever");
}

#[test]
fn what_creates_is_sent_once_more_as_the_same_when_the_connection_breaks_and_nothing_else_is() {
    let mut is_first = true;
    let stub = Stub::that_answers(move |_| {
        if std::mem::take(&mut is_first) {
            Answer::BreakOff
        } else {
            Answer::Json(201, json!({"id": ID, "name": "July", "status": "draft"}))
        }
    });
    let create = [
        "campaign", "create", "--name", "July", "--type", "custom", "--line", ID,
    ];
    let (stdout, _) = done(stub.command().args(create));
    assert_eq!(stdout.trim(), ID);
    let keys: Vec<String> = stub
        .requests()
        .iter()
        .map(|request| request.headers["idempotency-key"].clone())
        .collect();
    assert_eq!(keys.len(), 2);
    assert_eq!(keys[0], keys[1]);

    let stub = Stub::that_answers(|_| Answer::BreakOff);
    let reason = refused(stub.command().args(create), 1);
    assert!(
        reason.contains("broke before its answer was whole") && reason.contains("may have been done"),
        "{reason}"
    );
    assert_eq!(stub.requests().len(), 2);
    refused(stub.command().args(["campaign", "start", ID]), 1);
    assert_eq!(stub.requests().len(), 3);
}

#[test]
fn a_refusal_says_what_it_takes_and_shows_no_key() {
    let stub = Stub::that_answers(|request| match request.line.as_str() {
        "POST /api-keys" => problem(403, "this needs the role admin; the key has viewer"),
        "GET /api-keys?limit=500" => problem(503, "the store cannot be written:\u{1b}[31m disk full"),
        _ => Answer::Json(502, json!("a proxy's page")),
    });
    let refuses = |arguments: &[&str]| {
        let reason = refused(stub.command().args(arguments), 1);
        assert!(!reason.contains(KEY), "{reason}");
        reason
    };
    let reason = refuses(&["key", "create", "k"]);
    assert!(
        reason
            .contains("this needs the role admin; the key has viewer (the API key is from OUTDIAL_API_KEY)"),
        "{reason}"
    );
    let reason = refuses(&["key", "list"]);
    assert!(
        reason.contains("answers 503: the store cannot be written:\u{fffd}[31m disk full"),
        "{reason}"
    );
    let reason = refuses(&["campaign", "show", ID]);
    assert!(
        reason.contains("says 502 and no more") && reason.contains("is there an outdial at this address?"),
        "{reason}"
    );
}

#[test]
fn an_export_that_breaks_off_leaves_the_former_file() {
    let stub = Stub::that_answers(|_| Answer::With(200, "content-length", "1000", json!([])));
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("july.json");
    std::fs::write(&file, "former").unwrap();
    let mut command = stub.command();
    let command = command
        .args(["campaign", "export", ID, "--format", "json", "-o"])
        .arg(&file);
    let reason = refused(command, 1);
    assert!(reason.contains("broke"), "{reason}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "former");
    assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 1);
}

#[test]
fn an_import_that_comes_to_nothing_fails_with_its_reason() {
    let import = |state: &str, reason: Value| {
        json!({"id": "i1", "file_name": "list.csv", "state": state, "reason": reason, "rows_read": 3, "bytes_read": 3,
            "bytes_total": 9, "imported": 2, "duplicates": 0, "rejected": 0})
    };
    let mut looks = 0;
    let stub = Stub::that_answers(move |request| {
        if request.line.starts_with("POST") {
            return Answer::Json(202, json!({"import": import("running", Value::Null)}));
        }
        looks += 1;
        match looks {
            1 => Answer::Json(200, import("running", Value::Null)),
            2 => Answer::Json(200, import("failed", json!("the file breaks off in row 4"))),
            _ => Answer::Json(200, import("canceled", Value::Null)),
        }
    });
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("list.csv");
    std::fs::write(&file, "Phone\n+12025550100\n").unwrap();
    let mut command = stub.command();
    let command = command
        .args(["campaign", "import", ID, "--sheet", "Spring"])
        .args([
            "--name-column",
            "First",
            "--name-column",
            "#2",
            "--email-column",
            "",
        ])
        .arg(&file);
    let reason = refused(command, 1);
    let expected = "outdial: the import of `list.csv` failed: the file breaks off in row 4; 2 contacts imported, \
                    0 duplicates, 0 rows rejected\n";
    assert_eq!(reason, expected);
    assert!(refused(command, 1).contains("the import of `list.csv` was canceled"));
    let upload = &stub.requests()[0];
    assert_eq!(upload.line, format!("POST /campaigns/{ID}/imports"));
    let parts = [
        "name=\"sheet\"\r\n\r\nSpring",
        "name=\"name_column\"\r\n\r\nFirst",
        "name=\"name_column\"\r\n\r\n#2",
        "name=\"email_column\"\r\n\r\n\r\n",
        "filename=\"list.csv\"",
        "Phone\n+12025550100\n",
    ];
    assert!(parts.iter().all(|part| upload.body.contains(part)), "{upload:?}");
}

//! What every route refuses in the same way: no key, no such thing, no such body.

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::service::{OWNER_KEY, Service, problem};

#[tokio::test]
async fn without_a_known_key_nobody_learns_anything() {
    let service = Service::started().await;
    let nobody = "01900000-0000-7000-8000-000000000000";
    for (method, path) in [
        (Method::GET, "/api/v1/campaigns".to_owned()),
        (Method::POST, "/api/v1/campaigns".to_owned()),
        (Method::GET, format!("/api/v1/campaigns/{nobody}")),
        (Method::POST, format!("/api/v1/campaigns/{nobody}/start")),
        (Method::POST, format!("/api/v1/campaigns/{nobody}/pause")),
        (Method::POST, format!("/api/v1/campaigns/{nobody}/cancel")),
        (Method::GET, format!("/api/v1/campaigns/{nobody}/stats")),
        (Method::GET, format!("/api/v1/campaigns/{nobody}/trend")),
        (Method::GET, format!("/api/v1/campaigns/{nobody}/contacts")),
        (Method::POST, format!("/api/v1/campaigns/{nobody}/contacts")),
        (
            Method::GET,
            format!("/api/v1/campaigns/{nobody}/contacts/{nobody}"),
        ),
        (Method::POST, format!("/api/v1/campaigns/{nobody}/imports")),
        (
            Method::GET,
            format!("/api/v1/campaigns/{nobody}/imports/{nobody}"),
        ),
        (
            Method::GET,
            format!("/api/v1/campaigns/{nobody}/imports/{nobody}/errors"),
        ),
        (Method::GET, format!("/api/v1/campaigns/{nobody}/attempts")),
        (Method::GET, format!("/api/v1/attempts/{nobody}")),
        (Method::GET, "/api/v1/lines".to_owned()),
        (Method::POST, "/api/v1/lines".to_owned()),
        (Method::GET, format!("/api/v1/lines/{nobody}")),
    ] {
        let basic = format!("Basic {OWNER_KEY}");
        let unknown = "Bearer odk_of_somebody_else".to_owned();
        let nearly = format!("Bearer {}", &OWNER_KEY[..OWNER_KEY.len() - 1]);
        for key in [
            None,
            Some(basic),
            Some(unknown),
            Some(nearly),
            Some("Bearer ".to_owned()),
            Some(OWNER_KEY.to_owned()),
        ] {
            let mut request = service.request(method.clone(), &path);
            if let Some(key) = &key {
                request = request.header("Authorization", key);
            }
            let answer = request.send().await.unwrap();
            assert_eq!(
                answer.headers().get("www-authenticate").unwrap(),
                "Bearer",
                "{method} {path}"
            );
            let (status, problem) = problem(answer).await;
            assert_eq!(
                (status, &problem["code"]),
                (StatusCode::UNAUTHORIZED, &json!("unauthorized")),
                "{key:?}"
            );
        }
    }
    let lower = service
        .request(Method::GET, "/api/v1/lines")
        .header("Authorization", format!("bearer {OWNER_KEY}"));
    assert_eq!(lower.send().await.unwrap().status(), StatusCode::OK);
    for path in ["/healthz", "/readyz"] {
        for method in [Method::GET, Method::HEAD] {
            assert_eq!(
                service.request(method, path).send().await.unwrap().status(),
                StatusCode::OK
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_possible_is_said_so() {
    let service = Service::started().await;
    for path in [
        "/api",
        "/api/v1",
        "/api/v2/campaigns",
        "/api/v1/campaign",
        "/api/v1/campaigns/",
        "/favicon.ico",
    ] {
        let answer = service
            .request(Method::GET, path)
            .bearer_auth(OWNER_KEY)
            .send()
            .await
            .unwrap();
        let (status, problem) = problem(answer).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
        assert!(problem["detail"].as_str().unwrap().contains(path), "{problem}");
    }
    for (method, path) in [
        (Method::DELETE, "/api/v1/campaigns"),
        (Method::PUT, "/api/v1/lines"),
        (
            Method::GET,
            "/api/v1/campaigns/01900000-0000-7000-8000-000000000000/start",
        ),
        (Method::POST, "/healthz"),
    ] {
        let answer = service
            .request(method.clone(), path)
            .bearer_auth(OWNER_KEY)
            .send()
            .await
            .unwrap();
        let (status, problem) = problem(answer).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::METHOD_NOT_ALLOWED, &json!("wrong_method"))
        );
        assert!(
            problem["detail"].as_str().unwrap().contains(method.as_str()),
            "{problem}"
        );
    }
}

#[tokio::test]
async fn a_body_that_cannot_be_taken_is_refused_by_its_kind_of_fault() {
    let service = Service::started().await;
    for path in [
        "/campaigns",
        "/lines",
        "/campaigns/01900000-0000-7000-8000-000000000000/cancel",
    ] {
        let post = |kind: &str, body: &str| {
            let request = service.api(Method::POST, path).header("Content-Type", kind);
            request.body(body.to_owned()).send()
        };
        for body in ["{\"name\": ", "{'name': 1}", "\u{1}", "{} {}", &"[".repeat(5000)] {
            let (status, problem) = problem(post("application/json", body).await.unwrap()).await;
            assert_eq!(
                (status, &problem["code"]),
                (StatusCode::BAD_REQUEST, &json!("malformed")),
                "{body}"
            );
        }
        for kind in [
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
        ] {
            let (status, problem) = problem(post(kind, "{}").await.unwrap()).await;
            assert_eq!(status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{kind}");
            assert!(
                problem["detail"].as_str().unwrap().contains("application/json"),
                "{problem}"
            );
        }
        let charset = post("Application/JSON; charset=utf-8", "{}").await.unwrap();
        assert_ne!(charset.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
    }
}

#[tokio::test]
async fn a_body_of_more_than_8_megabytes_is_too_large() {
    const LIMIT: usize = 8 << 20;
    let service = Service::started().await;
    let post = async |bytes: usize| {
        let request = service
            .api(Method::POST, "/campaigns")
            .header("Content-Type", "application/json");
        let body = format!("{{\"name\": \"{}\"}}", "x".repeat(bytes - 12));
        assert_eq!(body.len(), bytes);
        problem(request.body(body).send().await.unwrap()).await
    };
    let (status, problem) = post(LIMIT).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{problem}");
    for bytes in [LIMIT + 1, LIMIT + 100_000] {
        let (status, problem) = post(bytes).await;
        assert_eq!(
            (status, &problem["code"]),
            (StatusCode::PAYLOAD_TOO_LARGE, &json!("too_large"))
        );
        assert!(
            problem["detail"].as_str().unwrap().contains("imports"),
            "{problem}"
        );
    }
}

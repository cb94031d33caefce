//! The OpenAPI document and its viewer, as anybody gets them.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::python::environment::Python;
use crate::service::Service;

/// The document, as anybody gets it.
pub async fn document(service: &Service) -> Value {
    let answer = service
        .request(Method::GET, "/openapi.json")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    serde_json::from_str(&answer.text().await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_document_is_openapi_and_its_examples_are_what_they_are_examples_of() {
    let service = Service::started().await;
    let document = document(&service).await;
    assert_eq!(document["openapi"], "3.1.0");
    let Some(python) = Python::with_openapi() else {
        return;
    };
    let seen: Value = python.run("check_document.py", &document);
    assert_eq!(seen["problems"], json!([]));
    assert!(seen["examples"].as_u64().unwrap() > 300, "{seen}");
}

#[tokio::test]
async fn what_the_document_describes_is_there() {
    let service = Service::started().await;
    let document = document(&service).await;
    for (path, methods) in document["paths"].as_object().unwrap() {
        let path = path.replace(['{', '}'], "");
        for method in methods.as_object().unwrap().keys() {
            let method: Method = method.to_uppercase().parse().unwrap();
            let answer = service.request(method.clone(), &path).send().await.unwrap();
            let status = answer.status();
            let text = answer.text().await.unwrap();
            let is_route = !text.contains("there is nothing at") && status != StatusCode::METHOD_NOT_ALLOWED;
            assert!(
                is_route,
                "{method} {path} is described, and answers {status} {text}"
            );
        }
    }
}

#[tokio::test]
async fn the_viewer_comes_with_the_program_and_loads_nothing_from_elsewhere() {
    let service = Service::started().await;
    let get = async |path: &str| {
        let answer = service.request(Method::GET, path).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK, "{path}");
        let policy = answer.headers()["content-security-policy"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(policy.starts_with("default-src 'none';"), "{path}: {policy}");
        assert!(
            !policy.contains("unsafe") && !policy.contains("http"),
            "{path}: {policy}"
        );
        answer.text().await.unwrap()
    };
    let page = get("/docs").await;
    assert!(!page.contains("://"), "{page}");
    let quoted: Vec<&str> = page.split('"').skip(1).step_by(2).collect();
    let loaded: Vec<&str> = quoted
        .into_iter()
        .filter(|text| text.starts_with("/docs/"))
        .collect();
    assert_eq!(loaded.len(), 4, "{page}");
    for path in loaded {
        assert!(!get(path).await.is_empty());
    }
    let start = get("/docs/start.js").await;
    assert!(start.contains("\"/openapi.json\"") && start.contains("validatorUrl: null"));
    assert!(get("/docs/license.txt").await.contains("Apache License"));
}

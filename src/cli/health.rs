//! `outdial health`: whether a service is ready, for containers and scripts.

use std::path::PathBuf;
use std::time::Duration;

use super::give;
use super::serve::reachable;
use crate::config;

/// A service that has not answered by then is not ready.
const ANSWER_WITHIN: Duration = Duration::from_secs(5);

#[derive(clap::Args)]
pub(super) struct Options {
    /// The configuration file of the service; OUTDIAL_* environment variables go over it
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the service is; OUTDIAL_URL, or the address that it listens on, otherwise
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

pub(super) fn run(options: &Options) -> Result<(), String> {
    let url = options.url.clone().or_else(|| std::env::var("OUTDIAL_URL").ok());
    let base = match url {
        Some(url) => url.trim_end_matches('/').to_owned(),
        None => {
            let config = config::load(options.config.as_deref(), |name| std::env::var(name).ok())?;
            format!("http://{}", reachable(config.bind))
        }
    };
    // The client asks for one even where nothing is encrypted; a second one is refused.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .no_proxy()
        .timeout(ANSWER_WITHIN)
        .build();
    let client = client.map_err(|error| error.to_string())?;
    actix_web::rt::System::new().block_on(async {
        let answer = client.get(format!("{base}/readyz")).send().await;
        let answer = answer.map_err(|error| format!("there is no answer from {base}: {error}"))?;
        let status = answer.status();
        let told: serde_json::Value = answer.json().await.unwrap_or_default();
        if status.is_success() {
            give(&format!(
                "ready, dialling is {}",
                told["dialling"].as_str().unwrap_or("allowed")
            ));
            return Ok(());
        }
        let reason = told["detail"].as_str().unwrap_or("no reason given");
        Err(format!("{base} is not ready: {status}: {reason}"))
    })
}

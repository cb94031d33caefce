//! How the service is configured: a file, with the environment over it. Every mistake is listed at once.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// The keys, their environment variables, and what they mean.
const KEYS: [(&str, &str); 5] = [
    ("bind", "OUTDIAL_BIND"),
    ("data_dir", "OUTDIAL_DATA_DIR"),
    ("public_url", "OUTDIAL_PUBLIC_URL"),
    ("owner_key", "OUTDIAL_OWNER_KEY"),
    ("log", "OUTDIAL_LOG"),
];

/// The configuration of `outdial serve`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Where it listens. 127.0.0.1:8080 by default.
    pub bind: SocketAddr,
    /// Where it keeps everything. `./data` by default.
    pub data_dir: PathBuf,
    /// What carriers reach it by, and sign. The bind address by default, which only a carrier on this machine
    /// can reach.
    pub public_url: String,
    /// The owner's API key, for unattended set-up; otherwise one is made on the first start.
    pub owner_key: Option<String>,
    /// What is logged, e.g. `info` or `warn,outdial=debug`.
    pub log: String,
}

/// Reads the file, if one is given, and the environment over it. The error lists every mistake, one to a line.
pub fn load(file: Option<&Path>, environment: impl Fn(&str) -> Option<String>) -> Result<Config, String> {
    let mut mistakes = Vec::new();
    let mut values = BTreeMap::new();
    if let Some(path) = file {
        read_file(path, &mut values, &mut mistakes);
    }
    for (key, variable) in KEYS {
        if let Some(value) = environment(variable) {
            values.insert(key.to_owned(), (value, variable.to_owned()));
        }
    }
    let config = judge(&values, &mut mistakes);
    if mistakes.is_empty() {
        Ok(config)
    } else {
        Err(mistakes.join("\n"))
    }
}

/// A value and where it comes from.
type Values = BTreeMap<String, (String, String)>;

fn read_file(path: &Path, values: &mut Values, mistakes: &mut Vec<String>) {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            mistakes.push(format!(
                "cannot read the configuration file `{}`: {error}",
                path.display()
            ));
            return;
        }
    };
    let table: toml::Table = match text.parse() {
        Ok(table) => table,
        Err(error) => {
            mistakes.push(format!(
                "`{}` is not TOML: {}",
                path.display(),
                error.to_string().trim()
            ));
            return;
        }
    };
    for (key, value) in table {
        let known = KEYS.iter().any(|(name, _)| *name == key);
        match value {
            toml::Value::String(text) if known => {
                values.insert(key.clone(), (text, format!("{key} in {}", path.display())));
            }
            _ if known => mistakes.push(format!(
                "{key}: must be a text in quotes, not {}",
                value.type_str()
            )),
            _ => {
                let names = KEYS.map(|(name, _)| name).join(", ");
                mistakes.push(format!("{key}: there is no such key; the keys are {names}"));
            }
        }
    }
}

fn judge(values: &Values, mistakes: &mut Vec<String>) -> Config {
    let text = |key: &str| values.get(key).map(|(value, _)| value.clone());
    let mut wrong = |key: &str, what: &str| {
        if let Some((value, source)) = values.get(key) {
            let shown = if key == "owner_key" {
                "the given key"
            } else {
                value
            };
            mistakes.push(format!("{source}: `{shown}` {what}"));
        }
    };
    let default_bind = SocketAddr::from(([127, 0, 0, 1], 8080));
    let bind = match text("bind").map(|bind| bind.parse()) {
        None => default_bind,
        Some(Ok(bind)) => bind,
        Some(Err(_)) => {
            wrong("bind", "is not an address and port; write it like 127.0.0.1:8080");
            default_bind
        }
    };
    let public_url = text("public_url").unwrap_or_else(|| format!("http://{bind}"));
    match url_problem(&public_url) {
        Some(problem) if values.contains_key("public_url") => wrong("public_url", problem),
        _ => {}
    }
    let owner_key = text("owner_key");
    if owner_key
        .as_ref()
        .is_some_and(|key| !key.starts_with("odk_") || key.len() < 12)
    {
        wrong("owner_key", "must be `odk_` and at least 8 characters more");
    }
    let log = text("log").unwrap_or_else(|| "info".to_owned());
    if log.parse::<tracing_subscriber::filter::Targets>().is_err() {
        wrong(
            "log",
            "is no log filter; write it like info or warn,outdial=debug",
        );
    }
    let data_dir = PathBuf::from(text("data_dir").unwrap_or_else(|| "data".to_owned()));
    Config {
        bind,
        data_dir,
        public_url,
        owner_key,
        log,
    }
}

/// Why carriers could not call back there.
fn url_problem(url: &str) -> Option<&'static str> {
    let rest = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    let Some(rest) = rest else {
        return Some("must begin with https:// (or http:// for a carrier on this machine)");
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() {
        return Some("names no host");
    }
    if host.contains('_') {
        return Some("has an underscore in its host, which carriers do not call back");
    }
    if url.contains(['?', '#', ' ', '@']) {
        return Some("may hold no query, fragment, space or user");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Result<Config, String> {
        let variables: BTreeMap<String, String> = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        load(None, |name| variables.get(name).cloned())
    }

    #[test]
    fn without_anything_it_serves_this_machine() {
        let config = with(&[]).expect("the defaults are right");
        assert_eq!(config.bind.to_string(), "127.0.0.1:8080");
        assert_eq!(config.public_url, "http://127.0.0.1:8080");
        assert_eq!(config.data_dir, PathBuf::from("data"));
    }

    #[test]
    fn the_environment_goes_over_the_file() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("outdial.toml");
        std::fs::write(&file, "bind = \"127.0.0.1:9000\"\nlog = \"warn\"\n").expect("written");
        let config = load(Some(&file), |name| {
            (name == "OUTDIAL_LOG").then(|| "debug".to_owned())
        })
        .expect("right");
        assert_eq!((config.bind.port(), config.log.as_str()), (9000, "debug"));
    }

    #[test]
    fn every_mistake_is_listed_and_no_secret_is_shown() {
        let mistakes = with(&[
            ("OUTDIAL_BIND", "8080"),
            ("OUTDIAL_OWNER_KEY", "hunter2hunter2"),
            ("OUTDIAL_PUBLIC_URL", "https://my_host.example"),
        ])
        .expect_err("refused");
        assert_eq!(mistakes.lines().count(), 3, "{mistakes}");
        assert!(mistakes.contains("OUTDIAL_BIND: `8080`") && mistakes.contains("127.0.0.1:8080"));
        assert!(mistakes.contains("underscore"));
        assert!(!mistakes.contains("hunter2"));
    }

    #[test]
    fn an_unknown_key_in_the_file_is_named() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("outdial.toml");
        std::fs::write(&file, "bnid = \"127.0.0.1:9000\"\n").expect("written");
        let mistakes = load(Some(&file), |_| None).expect_err("refused");
        assert!(
            mistakes.contains("bnid") && mistakes.contains("bind, data_dir"),
            "{mistakes}"
        );
    }
}

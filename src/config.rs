//! How the service is configured: a file, with the environment over it. Every mistake is listed at once.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::installation::key_from_hex;
use crate::options::Options;

mod keys;

use keys::Values;

/// Every key with its meaning, its default and an example: a configuration file to begin with.
pub const DOCUMENTATION: &str = include_str!("../deploy/outdial.toml");

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
    pub owner_key: Option<Secret<String>>,
    /// The key that seals credentials; otherwise the one in the data directory.
    pub secret_key: Option<Secret<[u8; 32]>>,
    /// What is logged, e.g. `info` or `warn,outdial=debug`.
    pub log: String,
    /// How a line of the log is written.
    pub log_format: LogFormat,
    /// What organizations may do, and what is kept of them.
    pub options: Options,
    /// Whether `GET /metrics` answers.
    pub metrics: bool,
    /// Whether `POST /demo` makes demos.
    pub demo: bool,
    /// On how many threads organizations live; `None`: one for each core.
    pub threads: Option<usize>,
    /// Bytes of the store that are kept in memory.
    pub cache_bytes: u64,
    /// How long requests of clients, and after them requests to carriers, may take when the service ends.
    pub shutdown: Duration,
}

/// What is shown to nobody, not even by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret<T>(pub T);

impl<T> std::fmt::Debug for Secret<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Secret")
    }
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads the file, if one is given, and the environment over it. The error lists every mistake, one to a line.
pub fn load(file: Option<&Path>, environment: impl Fn(&str) -> Option<String>) -> Result<Config, String> {
    let mut mistakes = Vec::new();
    let mut values = Values::default();
    if let Some(path) = file {
        values.read_file(path, &mut mistakes);
    }
    values.read_environment(environment, &mut mistakes);
    let config = Judge { values, mistakes }.config();
    config.map_err(|mistakes| mistakes.join("\n"))
}

/// Turns values into a configuration, and keeps what is wrong with them.
struct Judge {
    values: Values,
    mistakes: Vec<String>,
}

impl Judge {
    fn config(mut self) -> Result<Config, Vec<String>> {
        let bind = self.bind();
        let public_url = self.public_url(bind);
        let log = self.values.text("log").unwrap_or("info").to_owned();
        if log.parse::<tracing_subscriber::filter::Targets>().is_err() {
            self.wrong(
                "log",
                "is no log filter; write it like info or warn,outdial=debug",
            );
        }
        let log_format = match self.values.text("log_format") {
            None | Some("text") => LogFormat::Text,
            Some("json") => LogFormat::Json,
            Some(_) => {
                self.wrong("log_format", "must be text or json");
                LogFormat::Text
            }
        };
        let data_dir = self.values.text("data_dir").unwrap_or("data");
        let data_dir = PathBuf::from(data_dir);
        if data_dir.as_os_str().is_empty() {
            self.wrong("data_dir", "must name a directory, like /var/lib/outdial");
        }
        let threads = self.number("threads", 0, 0, 1024) as usize;
        let config = Config {
            bind,
            data_dir,
            public_url,
            owner_key: self.owner_key(),
            secret_key: self.secret_key(),
            log,
            log_format,
            options: self.options(),
            metrics: self.values.boolean("metrics").unwrap_or(true),
            demo: self.values.boolean("demo").unwrap_or(true),
            threads: (threads > 0).then_some(threads),
            cache_bytes: self.number("cache_mb", 128, 1, 1 << 20) << 20,
            shutdown: Duration::from_secs(self.number("shutdown_seconds", 8, 1, 600)),
        };
        if self.mistakes.is_empty() {
            Ok(config)
        } else {
            Err(self.mistakes)
        }
    }

    fn wrong(&mut self, key: &str, what: &str) {
        let mistake = self.values.mistake(key, what);
        self.mistakes.extend(mistake);
    }

    /// A whole number in its bounds.
    fn number(&mut self, key: &str, default: u64, least: u64, most: u64) -> u64 {
        let Some(given) = self.values.integer(key) else {
            return default;
        };
        match u64::try_from(given) {
            Ok(number) if (least..=most).contains(&number) => number,
            _ => {
                self.wrong(key, &format!("must be from {least} to {most}"));
                default
            }
        }
    }

    fn bind(&mut self) -> SocketAddr {
        let default = SocketAddr::from(([127, 0, 0, 1], 8080));
        match self.values.text("bind").map(str::parse) {
            None => default,
            Some(Ok(bind)) => bind,
            Some(Err(_)) => {
                self.wrong("bind", "is not an address and port; write it like 127.0.0.1:8080");
                default
            }
        }
    }

    fn public_url(&mut self, bind: SocketAddr) -> String {
        let Some(url) = self.values.text("public_url").map(str::to_owned) else {
            return format!("http://{bind}");
        };
        if let Some(problem) = url_problem(&url) {
            self.wrong("public_url", problem);
        }
        url
    }

    fn options(&mut self) -> Options {
        let defaults = Options::default();
        let session_hours = defaults.session.as_secs() / 3600;
        let in_days = |days| Duration::from_secs(days * 86_400);
        let days = defaults.event_retention.as_secs() / 86_400;
        let small = u64::from(u32::MAX);
        let cors_origins = self.values.list("cors_origins").unwrap_or_default().to_vec();
        if let Some(bad) = cors_origins.iter().find(|origin| !is_origin(origin)) {
            let what = format!(
                "holds `{bad}`, which is no origin; write it like https://app.example.com, without a path"
            );
            self.wrong("cors_origins", &what);
        }
        Options {
            event_retention: in_days(self.number("event_retention_days", days, 1, 36_500)),
            campaigns_per_minute: self.number(
                "campaigns_per_minute",
                u64::from(defaults.campaigns_per_minute),
                1,
                small,
            ) as u32,
            event_streams: self.number("event_streams", u64::from(defaults.event_streams), 1, small) as u32,
            session: Duration::from_secs(3600 * self.number("session_hours", session_hours, 1, 24 * 366)),
            cors_origins,
        }
    }

    fn owner_key(&mut self) -> Option<Secret<String>> {
        let (key, source) = self.secret("owner_key", "owner_key_file")?;
        if !key.starts_with("odk_") || key.len() < 12 {
            let mistake = format!("{source}: the given key must be `odk_` and at least 8 characters more");
            self.mistakes.push(mistake);
        }
        Some(Secret(key))
    }

    fn secret_key(&mut self) -> Option<Secret<[u8; 32]>> {
        let (key, source) = self.secret("secret_key", "secret_key_file")?;
        let read = key_from_hex(&key);
        if read.is_none() {
            let mistake = format!(
                "{source}: the given key must be 64 hexadecimal digits; `openssl rand -hex 32` prints such"
            );
            self.mistakes.push(mistake);
        }
        read.map(Secret)
    }

    /// What a key holds, or the file that another names, and where that stands.
    fn secret(&mut self, key: &str, file_key: &str) -> Option<(String, String)> {
        let source = |values: &Values, key| values.get(key).map(|given| given.source.clone());
        let (text, path) = (self.values.text(key), self.values.text(file_key));
        match (text, path) {
            (Some(_), Some(_)) => {
                self.wrong(file_key, &format!("is given beside {key}; give one of the two"));
                None
            }
            (Some(text), None) => Some((text.to_owned(), source(&self.values, key)?)),
            (None, Some(path)) => match std::fs::read_to_string(path) {
                Ok(text) => Some((text.trim().to_owned(), source(&self.values, file_key)?)),
                Err(error) => {
                    self.wrong(file_key, &format!("cannot be read: {error}"));
                    None
                }
            },
            (None, None) => None,
        }
    }
}

/// Whether it is an origin as browsers write it.
fn is_origin(text: &str) -> bool {
    let host = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', ' ', '@', '*', ',']))
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
    use std::collections::BTreeMap;

    use super::keys::{KEYS, variable_of};
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

    /// The documentation with the `#` taken off its keys.
    fn documented() -> String {
        let lines = DOCUMENTATION.lines().map(|line| match line.strip_prefix('#') {
            Some(rest) if !rest.starts_with(' ') && !rest.is_empty() => rest,
            _ => line,
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn every_key_is_documented_with_its_default_and_an_unchanged_file_changes_nothing() {
        let table: toml::Table = documented().parse().expect("it is TOML without its comments");
        let mut names: Vec<&str> = table.keys().map(String::as_str).collect();
        let mut known = KEYS.map(|(name, _)| name).to_vec();
        names.sort_unstable();
        known.sort_unstable();
        assert_eq!(names, known);
        // Each is given alone, so that no default hides behind another.
        let unset = ["owner_key", "owner_key_file", "secret_key", "secret_key_file"];
        for (key, value) in &table {
            if unset.contains(&key.as_str()) {
                assert_eq!(value.as_str(), Some(""), "{key} has no default");
                continue;
            }
            let directory = tempfile::tempdir().expect("a temporary directory");
            let file = directory.path().join("outdial.toml");
            let documented = documented();
            let line = documented
                .lines()
                .find(|line| line.starts_with(&format!("{key} = ")));
            std::fs::write(&file, line.expect("a line of its own")).expect("written");
            let config = load(Some(&file), |_| None).expect("the documented default is right");
            assert_eq!(config, with(&[]).expect("right"), "{key}");
        }
    }

    #[test]
    fn the_documentation_as_it_stands_is_the_default_and_with_all_keys_given_it_is_accepted() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("outdial.toml");
        std::fs::write(&file, DOCUMENTATION).expect("written");
        assert_eq!(load(Some(&file), |_| None), with(&[]));
        let (owner, sealing) = (directory.path().join("owner"), directory.path().join("sealing"));
        std::fs::write(&owner, "odk_from_a_file\n").expect("written");
        std::fs::write(&sealing, "ab".repeat(32)).expect("written");
        // A key and the file that holds it are not given together, so the files stand for both.
        let lines: Vec<String> = documented()
            .lines()
            .filter_map(|line| match line.split(" = ").next().unwrap_or_default() {
                "owner_key" | "secret_key" => None,
                "owner_key_file" => Some(format!("owner_key_file = \"{}\"", owner.display())),
                "secret_key_file" => Some(format!("secret_key_file = \"{}\"", sealing.display())),
                _ => Some(line.to_owned()),
            })
            .collect();
        std::fs::write(&file, lines.join("\n")).expect("written");
        let config = load(Some(&file), |_| None).expect("accepted");
        assert_eq!(config.owner_key, Some(Secret("odk_from_a_file".to_owned())));
        assert_eq!(config.secret_key, Some(Secret([0xab; 32])));
        assert!(!format!("{config:?}").contains("odk_from"));
    }

    #[test]
    fn numbers_truths_and_lists_are_read_from_both_and_judged() {
        let given = [
            (
                "OUTDIAL_CORS_ORIGINS",
                "https://a.example.com, https://b.example.com",
            ),
            ("OUTDIAL_METRICS", "false"),
            ("OUTDIAL_DEMO", "false"),
            ("OUTDIAL_THREADS", "3"),
            ("OUTDIAL_CACHE_MB", "2"),
            ("OUTDIAL_EVENT_RETENTION_DAYS", "7"),
            ("OUTDIAL_LOG_FORMAT", "json"),
        ];
        let config = with(&given).expect("right");
        assert_eq!(config.options.cors_origins.len(), 2);
        assert_eq!(config.options.event_retention, Duration::from_secs(7 * 86_400));
        assert_eq!(
            (config.metrics, config.demo, config.threads, config.cache_bytes),
            (false, false, Some(3), 2 << 20)
        );
        assert_eq!(config.log_format, LogFormat::Json);
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("outdial.toml");
        let wrong =
            "threads = \"3\"\nmetrics = 1\ncors_origins = [\"https://a.example.com/\", 7]\ncache_mb = -1\n";
        std::fs::write(&file, wrong).expect("written");
        let environment = |name: &str| match name {
            "OUTDIAL_EVENT_STREAMS" => Some("many".to_owned()),
            "OUTDIAL_CAMPAIGNS_PER_MINUTE" => Some("0".to_owned()),
            "OUTDIAL_CORS_ORIGINS" => Some("*".to_owned()),
            "OUTDIAL_SECRET_KEY" => Some("abc".to_owned()),
            "OUTDIAL_OWNER_KEY_FILE" => Some("/nowhere/key".to_owned()),
            _ => None,
        };
        let mistakes = load(Some(&file), environment).expect_err("refused");
        for named in [
            "threads in",
            "metrics in",
            "cors_origins in",
            "cache_mb in",
            "OUTDIAL_EVENT_STREAMS: `many`",
            "OUTDIAL_CAMPAIGNS_PER_MINUTE: `0` must be from 1",
            "OUTDIAL_CORS_ORIGINS: `*` holds `*`",
            "OUTDIAL_SECRET_KEY: the given key must be 64",
            "OUTDIAL_OWNER_KEY_FILE: `/nowhere/key` cannot be read",
        ] {
            assert!(mistakes.contains(named), "{named} is not in\n{mistakes}");
        }
        assert_eq!(mistakes.lines().count(), 9, "{mistakes}");
    }

    #[test]
    fn a_secret_beside_a_mistake_of_its_line_is_not_shown() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("outdial.toml");
        std::fs::write(
            &file,
            "bind = \"127.0.0.1:1\"\nowner_key = \"odk_hunter2hunter2\n",
        )
        .expect("written");
        let mistakes = load(Some(&file), |_| None).expect_err("refused");
        assert!(
            mistakes.contains("line 2") && !mistakes.contains("hunter2"),
            "{mistakes}"
        );
        let both = [
            ("OUTDIAL_OWNER_KEY", "odk_hunter2hunter2"),
            ("OUTDIAL_OWNER_KEY_FILE", "/x"),
        ];
        let mistakes = with(&both).expect_err("refused");
        assert!(
            mistakes.contains("one of the two") && !mistakes.contains("hunter2"),
            "{mistakes}"
        );
    }

    #[test]
    fn each_variable_is_the_key_in_capitals() {
        assert_eq!(variable_of("cors_origins"), "OUTDIAL_CORS_ORIGINS");
    }
}

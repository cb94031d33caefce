//! The keys of the configuration: their types, and how they are read from a file and from the environment.

use std::collections::BTreeMap;
use std::path::Path;

/// What a key's value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Integer,
    Boolean,
    List,
}

impl Kind {
    fn wanted(self) -> &'static str {
        match self {
            Self::Text => "a text in quotes",
            Self::Integer => "a whole number",
            Self::Boolean => "true or false",
            Self::List => "a list of texts, like [\"one\", \"two\"]",
        }
    }
}

/// All keys, in the order of the documentation.
pub(super) const KEYS: [(&str, Kind); 19] = [
    ("bind", Kind::Text),
    ("data_dir", Kind::Text),
    ("public_url", Kind::Text),
    ("owner_key", Kind::Text),
    ("owner_key_file", Kind::Text),
    ("secret_key", Kind::Text),
    ("secret_key_file", Kind::Text),
    ("log", Kind::Text),
    ("log_format", Kind::Text),
    ("event_retention_days", Kind::Integer),
    ("campaigns_per_minute", Kind::Integer),
    ("event_streams", Kind::Integer),
    ("session_hours", Kind::Integer),
    ("cors_origins", Kind::List),
    ("metrics", Kind::Boolean),
    ("demo", Kind::Boolean),
    ("threads", Kind::Integer),
    ("cache_mb", Kind::Integer),
    ("shutdown_seconds", Kind::Integer),
];

/// Keys whose values are shown to nobody.
const SECRET: [&str; 2] = ["owner_key", "secret_key"];

/// A value of the type of its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Value {
    Text(String),
    Integer(i64),
    Boolean(bool),
    List(Vec<String>),
}

/// A value, and where it comes from.
pub(super) struct Given {
    pub(super) value: Value,
    pub(super) source: String,
}

/// What was given, by key.
#[derive(Default)]
pub(super) struct Values(BTreeMap<&'static str, Given>);

impl Values {
    pub(super) fn get(&self, key: &str) -> Option<&Given> {
        self.0.get(key)
    }

    pub(super) fn text(&self, key: &str) -> Option<&str> {
        match &self.get(key)?.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn integer(&self, key: &str) -> Option<i64> {
        match self.get(key)?.value {
            Value::Integer(number) => Some(number),
            _ => None,
        }
    }

    pub(super) fn boolean(&self, key: &str) -> Option<bool> {
        match self.get(key)?.value {
            Value::Boolean(is) => Some(is),
            _ => None,
        }
    }

    pub(super) fn list(&self, key: &str) -> Option<&[String]> {
        match &self.get(key)?.value {
            Value::List(list) => Some(list),
            _ => None,
        }
    }

    /// Reads the file; what is wrong in it goes to the mistakes.
    pub(super) fn read_file(&mut self, path: &Path, mistakes: &mut Vec<String>) {
        let shown = path.display();
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                mistakes.push(format!("cannot read the configuration file `{shown}`: {error}"));
                return;
            }
        };
        let table: toml::Table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                // The parser's own words quote the line, and with it a secret.
                let line = error
                    .span()
                    .map_or(0, |span| 1 + text[..span.start].matches('\n').count());
                mistakes.push(format!(
                    "`{shown}` is not TOML at line {line}: {}",
                    error.message()
                ));
                return;
            }
        };
        for (key, value) in table {
            let Some((key, kind)) = KEYS.iter().find(|(name, _)| *name == key) else {
                let names = KEYS.map(|(name, _)| name).join(", ");
                mistakes.push(format!(
                    "{key} in {shown}: there is no such key; the keys are {names}"
                ));
                continue;
            };
            let source = format!("{key} in {shown}");
            match of_toml(*kind, value) {
                Ok(value) => self.put(key, value, source),
                Err(found) => mistakes.push(format!("{source}: must be {}, not {found}", kind.wanted())),
            }
        }
    }

    /// Reads the environment; what is wrong in it goes to the mistakes.
    pub(super) fn read_environment(
        &mut self,
        environment: impl Fn(&str) -> Option<String>,
        mistakes: &mut Vec<String>,
    ) {
        for (key, kind) in &KEYS {
            let variable = variable_of(key);
            let Some(text) = environment(&variable) else {
                continue;
            };
            match of_text(*kind, &text) {
                Some(value) => self.put(key, value, variable),
                None => mistakes.push(format!("{variable}: `{text}` must be {}", kind.wanted())),
            }
        }
    }

    fn put(&mut self, key: &'static str, value: Value, source: String) {
        self.0.insert(key, Given { value, source });
    }

    /// A mistake in a key that was given: its source, its value and what would be right.
    pub(super) fn mistake(&self, key: &str, what: &str) -> Option<String> {
        let Given { value, source } = self.get(key)?;
        let shown = match value {
            _ if SECRET.contains(&key) => "the given key".to_owned(),
            Value::Text(text) => format!("`{text}`"),
            Value::Integer(number) => format!("`{number}`"),
            Value::Boolean(is) => format!("`{is}`"),
            Value::List(list) => format!("`{}`", list.join(",")),
        };
        Some(format!("{source}: {shown} {what}"))
    }
}

/// The environment variable that goes over a key.
pub(super) fn variable_of(key: &str) -> String {
    format!("OUTDIAL_{}", key.to_uppercase())
}

fn of_toml(kind: Kind, value: toml::Value) -> Result<Value, &'static str> {
    let found = value.type_str();
    match (kind, value) {
        (Kind::Text, toml::Value::String(text)) => Ok(Value::Text(text)),
        (Kind::Integer, toml::Value::Integer(number)) => Ok(Value::Integer(number)),
        (Kind::Boolean, toml::Value::Boolean(is)) => Ok(Value::Boolean(is)),
        (Kind::List, toml::Value::Array(items)) => {
            let texts = items.into_iter().map(|item| match item {
                toml::Value::String(text) => Ok(text),
                other => Err(other.type_str()),
            });
            texts.collect::<Result<_, _>>().map(Value::List)
        }
        _ => Err(found),
    }
}

fn of_text(kind: Kind, text: &str) -> Option<Value> {
    match kind {
        Kind::Text => Some(Value::Text(text.to_owned())),
        Kind::Integer => text.trim().parse().ok().map(Value::Integer),
        Kind::Boolean => text.trim().parse().ok().map(Value::Boolean),
        Kind::List => {
            let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
            Some(Value::List(items.map(str::to_owned).collect()))
        }
    }
}

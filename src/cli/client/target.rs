//! Which service is asked, and with which key.
//!
//! A key is never a flag: whoever may list processes would read it. Where neither an address nor a key is given, the
//! service of the data directory is asked, with the key that derives from its key file; that key goes to no other
//! address.

use std::path::{Path, PathBuf};

use super::Client;
use crate::cli::local;

const USUAL_ADDRESS: &str = "http://127.0.0.1:8080";
const URL_VARIABLE: &str = "OUTDIAL_URL";
const KEY_VARIABLE: &str = "OUTDIAL_API_KEY";
const HOME_VARIABLE: &str = "OUTDIAL_DATA_DIR";
const USUAL_HOME: &str = "data";

/// Which service is asked, and with which key.
#[derive(clap::Args)]
#[command(next_help_heading = "The service")]
pub(in crate::cli) struct Target {
    /// Where it is; without it OUTDIAL_URL, or http://127.0.0.1:8080
    #[arg(long, global = true, value_name = "URL")]
    url: Option<String>,
    /// A file that holds the API key; without it OUTDIAL_API_KEY. On the service's own machine none is needed where
    /// OUTDIAL_DATA_DIR (or ./data) can be read
    #[arg(long, global = true, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
}

impl Target {
    /// The service that the flags, or else the environment, name.
    pub(in crate::cli) fn client(&self) -> Result<Client, String> {
        self.client_with(|name| std::env::var(name).ok())
    }

    fn client_with(&self, environment: impl Fn(&str) -> Option<String>) -> Result<Client, String> {
        let variable = |name: &str| environment(name).filter(|value| !value.trim().is_empty());
        let address = self.url.clone().or_else(|| variable(URL_VARIABLE));
        let key = match &self.api_key_file {
            Some(file) => Some((key_in(file)?, format!("`{}`", file.display()))),
            None => variable(KEY_VARIABLE).map(|key| (key.trim().to_owned(), KEY_VARIABLE.to_owned())),
        };
        if let Some((key, source)) = key {
            return Client::new(address.as_deref().unwrap_or(USUAL_ADDRESS), &key, source);
        }
        let home = PathBuf::from(variable(HOME_VARIABLE).unwrap_or_else(|| USUAL_HOME.to_owned()));
        let here = local::client(&home, None);
        match (address, here) {
            (None, Some(here)) => here,
            (Some(address), Some(here)) => {
                let asked = Client::new(&address, "", String::new())?;
                let here = here?;
                if asked.base == here.base {
                    Ok(here)
                } else {
                    Err(no_key(&home))
                }
            }
            (_, None) => Err(no_key(&home)),
        }
    }
}

fn key_in(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| format!("cannot read the API key in `{}`: {error}", file.display()))?;
    match text.trim() {
        "" => Err(format!("there is no API key in `{}`", file.display())),
        key => Ok(key.to_owned()),
    }
}

fn no_key(home: &Path) -> String {
    format!(
        "there is no API key: put it into {KEY_VARIABLE}, or into a file and name that with --api-key-file. None is \
         needed for the service of a data directory that can be read, but that of `{}` is not there, or not the one \
         asked; {HOME_VARIABLE} names another",
        home.display()
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::installation::Installation;

    fn client(
        url: Option<&str>,
        file: Option<&Path>,
        environment: &[(&str, &str)],
    ) -> Result<Client, String> {
        let target = Target {
            url: url.map(str::to_owned),
            api_key_file: file.map(Path::to_owned),
        };
        let find = |name: &str| environment.iter().find(|(given, _)| *given == name);
        target.client_with(|name| find(name).map(|(_, value)| (*value).to_owned()))
    }

    /// A data directory over which a service runs, or did.
    fn home() -> (tempfile::TempDir, String) {
        let home = tempfile::tempdir().expect("a temporary directory");
        let key = Installation::open(home.path()).expect("a key").local_key();
        local::leave_address(home.path(), "http://127.0.0.1:4321").expect("written");
        (home, key)
    }

    /// Holds the store of a data directory, as a service does.
    fn held(home: &Path) -> std::fs::File {
        let store = home.join("store");
        std::fs::create_dir(&store).expect("made");
        let file = std::fs::File::create(store.join("db")).expect("made");
        file.lock().expect("nobody else holds it");
        file
    }

    #[test]
    fn a_flag_goes_over_the_environment_and_that_over_the_usual_address() {
        let key = ("OUTDIAL_API_KEY", "odk_secret");
        let base = |url, environment: &[(&str, &str)]| client(url, None, environment).expect("a client").base;
        assert_eq!(base(None, &[key]), USUAL_ADDRESS);
        assert_eq!(base(None, &[key, ("OUTDIAL_URL", "")]), USUAL_ADDRESS);
        let elsewhere = ("OUTDIAL_URL", "http://there:1");
        assert_eq!(base(None, &[key, elsewhere]), "http://there:1");
        assert_eq!(base(Some("http://here:2"), &[key, elsewhere]), "http://here:2");
    }

    #[test]
    fn a_key_comes_from_a_file_before_the_environment() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let file = directory.path().join("key");
        std::fs::write(&file, "odk_filed\n").expect("written");
        let client = client(None, Some(&file), &[("OUTDIAL_API_KEY", "odk_secret")]).expect("a client");
        assert_eq!(client.key, "Bearer odk_filed");
        assert!(client.key.is_sensitive() && client.key_source.contains("key"));
    }

    #[test]
    fn the_service_of_the_data_directory_is_asked_with_a_key_that_goes_nowhere_else() {
        let (home, key) = home();
        let there = ("OUTDIAL_DATA_DIR", home.path().to_str().expect("a path"));
        // A service that is gone has left its address behind; whoever listens there by now gets no key.
        assert!(client(None, None, &[there]).is_err());
        let _service = held(home.path());
        let local = client(None, None, &[there]).expect("a client");
        assert_eq!(local.base, "http://127.0.0.1:4321");
        assert_eq!(local.key, format!("Bearer {key}"));
        let named = client(Some("http://127.0.0.1:4321/"), None, &[there]).expect("a client");
        assert_eq!(named.key, local.key);
        let error = client(Some("http://127.0.0.1:4322"), None, &[there])
            .err()
            .expect("refused");
        assert!(
            error.contains("OUTDIAL_API_KEY") && !error.contains(&key),
            "{error}"
        );
    }

    #[test]
    fn without_any_key_nobody_is_asked_and_the_reason_says_where_to_put_one() {
        let nowhere = tempfile::tempdir().expect("a temporary directory");
        let there = ("OUTDIAL_DATA_DIR", nowhere.path().to_str().expect("a path"));
        let error = client(None, None, &[there]).err().expect("refused");
        for word in ["OUTDIAL_API_KEY", "--api-key-file", "OUTDIAL_DATA_DIR", there.1] {
            assert!(error.contains(word), "{error}");
        }
    }
}

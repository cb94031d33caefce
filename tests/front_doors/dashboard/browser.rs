//! A real Chromium, driven over WebDriver.
//!
//! What goes wrong with it stops the test, and says which page was open and what stood on it. Not more than two run at
//! once: they take the cores from what they look at.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use base64::prelude::{BASE64_STANDARD, Engine};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use thirtyfour::prelude::*;
use thirtyfour::session::scriptret::ScriptRet;
use tokio::sync::{Semaphore, SemaphorePermit};

use super::lacks_browser;
use crate::service::{OWNER_KEY, PATIENCE, Service, free_port};

const FLAGS: [&str; 13] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // Everything here is on loopback.
    "--no-proxy-server",
    // It ends with the process that holds the other end, however that ends.
    "--remote-debugging-pipe",
    "--hide-scrollbars",
    "--lang=en-US",
];

/// How many may run.
static TURNS: Semaphore = Semaphore::const_new(2);

/// The process that drives it; ended with the test, however that ends.
struct Driver {
    child: Child,
    port: u16,
    session: Option<String>,
}

impl Driver {
    fn start() -> Self {
        let port = free_port();
        let child = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .arg("--silent")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let driver = Self {
            child,
            port,
            session: None,
        };
        let begun = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < PATIENCE, "chromedriver does not listen");
            std::thread::sleep(Duration::from_millis(20));
        }
        driver
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // The browser is to have ended before its profile is removed; if it does not answer, it ends with its driver.
        drop(self.session.take().map(|session| ended(self.port, &session)));
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Ends a session, and waits for the answer. The driver's own client would do so by a runtime, which may be gone.
fn ended(port: u16, session: &str) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(("127.0.0.1", port))?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        connection,
        "DELETE /session/{session} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
    )?;
    connection.read(&mut [0; 64]).map(drop)
}

/// A browser that looks at a service. Its fields are dropped in this order.
pub struct Browser {
    pub driver: WebDriver,
    _process: Driver,
    _profile: TempDir,
    _turn: SemaphorePermit<'static>,
    origin: String,
}

impl Browser {
    /// `None` where there is none on this machine, which is said on stderr; with `CI=true` that is a failure.
    pub async fn of(service: &Service) -> Option<Self> {
        Self::with(service, true).await
    }

    /// The same, in which no page may run a script.
    pub async fn without_script(service: &Service) -> Option<Self> {
        Self::with(service, false).await
    }

    /// One in which the owner has signed in.
    pub async fn signed_in(service: &Service) -> Option<Self> {
        let browser = Self::of(service).await?;
        browser.sign_in(OWNER_KEY).await;
        Some(browser)
    }

    async fn with(service: &Service, may_run_scripts: bool) -> Option<Self> {
        if lacks_browser() {
            return None;
        }
        drop(rustls::crypto::ring::default_provider().install_default());
        let turn = TURNS.acquire().await.unwrap();
        let mut process = Driver::start();
        let profile = tempfile::tempdir().unwrap();
        let mut flags = FLAGS.map(str::to_owned).to_vec();
        flags.push(format!("--user-data-dir={}", profile.path().display()));
        let mut options = json!({ "args": flags });
        if !may_run_scripts {
            options["prefs"] = json!({"profile.managed_default_content_settings.javascript": 2});
        }
        let mut capabilities = DesiredCapabilities::chrome();
        capabilities.set("goog:chromeOptions", options).unwrap();
        capabilities
            .set("goog:loggingPrefs", json!({"browser": "ALL"}))
            .unwrap();
        // A dialog that nobody expects stays, and fails whatever comes next.
        capabilities.set("unhandledPromptBehavior", "ignore").unwrap();
        let address = format!("http://127.0.0.1:{}", process.port);
        let driver = WebDriver::new(address, capabilities).await.unwrap();
        process.session = Some(driver.session_id().to_string());
        // It would end the session itself when it is dropped, and for that wait for a runtime that waits for it.
        driver.clone().leak().unwrap();
        let browser = Self {
            driver,
            _process: process,
            _profile: profile,
            _turn: turn,
            origin: service.url(""),
        };
        browser.show_as(1280, 900, "light").await;
        Some(browser)
    }

    /// The same browser, which looks at another service from now on.
    pub fn to(mut self, service: &Service) -> Self {
        self.origin = service.url("");
        self
    }

    /// Looks at the pages in a window of this size, in a colour scheme.
    pub async fn show_as(&self, width: u32, height: u32, scheme: &str) {
        let size = json!({"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false});
        self.cdp("Emulation.setDeviceMetricsOverride", size).await;
        let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
        self.cdp("Emulation.setEmulatedMedia", features).await;
    }

    pub async fn cdp(&self, command: &str, parameters: Value) -> Value {
        self.driver.cdp().send_raw(command, parameters).await.unwrap()
    }

    /// Opens a page.
    pub async fn visit(&self, path: &str) {
        self.driver.goto(format!("{}{path}", self.origin)).await.unwrap();
    }

    /// Where it is now: path and query.
    pub async fn path(&self) -> String {
        let address = self.driver.current_url().await.unwrap();
        let address = address.as_str();
        address.strip_prefix(&self.origin).unwrap_or(address).to_owned()
    }

    /// Where it is now, once that is as wanted.
    pub async fn path_that(&self, what: &str, wanted: impl Fn(&str) -> bool) -> String {
        self.waits(what, async || Some(self.path().await).filter(|path| wanted(path)))
            .await
    }

    pub async fn sign_in(&self, key: &str) {
        self.visit("/dashboard/sign-in").await;
        self.fill("api_key", key).await;
        self.click("main form button").await;
        self.path_that("somebody is signed in", |path| !path.contains("sign-in"))
            .await;
    }

    /// Waits until something is there; what it said last is told where it never comes.
    pub async fn waits<T>(&self, what: &str, condition: impl AsyncFn() -> Option<T>) -> T {
        let begun = Instant::now();
        loop {
            if let Some(found) = condition().await {
                return found;
            }
            if begun.elapsed() > PATIENCE {
                let (path, text) = (self.path().await, self.text().await);
                panic!("waited in vain until {what} at {path}, which says:\n{text}");
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
    }

    /// The element of this selector, as soon as it is shown.
    pub async fn find(&self, css: &str) -> WebElement {
        self.waits(&format!("`{css}` is shown"), async || {
            let found = self.driver.find(By::Css(css)).await.ok()?;
            found.is_displayed().await.ok()?.then_some(found)
        })
        .await
    }

    pub async fn has(&self, css: &str) -> bool {
        !self.driver.find_all(By::Css(css)).await.unwrap().is_empty()
    }

    pub async fn click(&self, css: &str) {
        self.waits(&format!("`{css}` can be clicked"), async || {
            let found = self.driver.find(By::Css(css)).await.ok()?;
            found.scroll_into_view().await.ok()?;
            found.click().await.ok()
        })
        .await;
    }

    /// Clicks the button, or the link, of these words; more may stand in it, as for those who only hear it.
    pub async fn press(&self, words: &str) {
        let words = format!("'{words}'");
        let starts = format!("starts-with(normalize-space(.), {words})");
        let path = format!("(//main//*[(self::button or self::a or self::summary) and {starts}])[1]");
        self.waits(&format!("{words} can be pressed"), async || {
            let found = self.driver.find(By::XPath(&*path)).await.ok()?;
            found.scroll_into_view().await.ok()?;
            found.click().await.ok()
        })
        .await;
    }

    /// Types into the control of this name, instead of what stands there.
    pub async fn fill(&self, name: &str, text: &str) {
        let control = self.find(&format!("[name='{name}']")).await;
        control.clear().await.unwrap();
        control.send_keys(text).await.unwrap();
    }

    /// Chooses a value of the control of this name: an entry of a list, a radio button, a box to tick.
    pub async fn choose(&self, name: &str, value: &str) {
        let option = format!("select[name='{name}'] option[value='{value}']");
        let button = format!("input[name='{name}'][value='{value}']");
        self.click(&format!("{option}, {button}")).await;
    }

    /// Puts a file into the control of this name.
    pub async fn attach(&self, name: &str, file: &std::path::Path) {
        let control = self
            .driver
            .find(By::Css(format!("input[name='{name}']")))
            .await
            .unwrap();
        control.send_keys(file.display().to_string()).await.unwrap();
    }

    /// Presses keys, one after another, whatever has the focus.
    pub async fn keys(&self, keys: impl Into<thirtyfour::TypingData>) {
        self.driver
            .action_chain()
            .send_keys(keys.into())
            .perform()
            .await
            .unwrap();
    }

    /// What a script returns, which is run in the page by the driver.
    pub async fn js<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> T {
        let returned: ScriptRet = self.driver.execute(script, arguments).await.unwrap();
        returned.convert().unwrap()
    }

    /// The text that is seen.
    pub async fn text(&self) -> String {
        let body = self.driver.find(By::Tag("body")).await;
        match body {
            Ok(body) => body.text().await.unwrap_or_default(),
            Err(error) => error.to_string(),
        }
    }

    /// Waits until these words can be read.
    pub async fn reads(&self, words: &str) {
        self.waits(&format!("“{words}” can be read"), async || {
            self.text().await.contains(words).then_some(())
        })
        .await;
    }

    /// What the console has said since it was last asked, as far as it is a mistake; what the policy forbids is.
    pub async fn mistakes(&self) -> Vec<String> {
        let said = self.driver.get_log("browser").await.unwrap();
        let bad = said
            .into_iter()
            .filter(|entry| ["SEVERE", "WARNING"].contains(&entry.level.as_str()));
        bad.map(|entry| entry.message).collect()
    }

    /// A picture of the whole page.
    pub async fn picture(&self, file: &std::path::Path) {
        let how = json!({"format": "png", "captureBeyondViewport": true});
        let picture = self.cdp("Page.captureScreenshot", how).await;
        let bytes = BASE64_STANDARD.decode(picture["data"].as_str().unwrap()).unwrap();
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, bytes).unwrap();
    }
}

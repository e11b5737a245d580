//! A real browser: headless Chromium, controlled by its own driver.

use std::{path::Path, process::Stdio, time::Duration};

use serde_json::{Value, json};
use thirtyfour::{Capabilities, WebDriver};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
    time::timeout,
};

use crate::{needs, process::DEADLINE};

/// A driver process, which starts browsers.
pub struct Driver {
    address: String,
    _process: Child,
}

/// A window of a browser, of a fixed size.
pub struct Window {
    /// The client that controls the window.
    pub client: WebDriver,
}

// === impl Driver ===

impl Driver {
    /// Starts a driver; `None`, with a message, where this machine lacks what it needs.
    ///
    /// # Panics
    /// Where it does not start, or is missing while `VWIS_REQUIRE=all` demands it.
    pub async fn start() -> Option<Self> {
        needs::program("chromium", "chromium")?;
        let driver = needs::program("chromedriver", "chromium-driver")?;
        let mut process = Command::new(driver)
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let port = timeout(DEADLINE, async {
            while let Some(line) = lines.next_line().await.unwrap() {
                let port = line
                    .split("on port ")
                    .nth(1)
                    .map(|rest| rest.trim_end_matches('.'));
                if let Some(port) = port.filter(|_| line.contains("started successfully")) {
                    return port.to_owned();
                }
            }
            panic!("the driver ended without an address");
        });
        let port = port
            .await
            .expect("the driver says in time that it is ready");
        Some(Self {
            address: format!("http://127.0.0.1:{port}"),
            _process: process,
        })
    }

    /// Opens a browser window of this many pixels.
    ///
    /// # Panics
    /// Where the browser does not start.
    pub async fn window(&self, (width, height): (u32, u32)) -> Window {
        let capabilities = json!({ "goog:chromeOptions": { "args": [
            "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
        ] } });
        let capabilities: Capabilities = serde_json::from_value(capabilities).unwrap();
        let client = WebDriver::new(&self.address, capabilities).await.unwrap();
        let window = Window { client };
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        window
            .dev_tools("Emulation.setDeviceMetricsOverride", size)
            .await;
        window
    }
}

// === impl Window ===

impl Window {
    /// Sends a command of the browser's own debugging protocol, through the driver.
    async fn dev_tools(&self, command: &str, parameters: Value) -> Value {
        let answer = self.client.cdp().send_raw(command, parameters).await;
        answer.unwrap()
    }

    /// Opens an address.
    ///
    /// # Panics
    /// Where it cannot be opened.
    pub async fn open(&self, address: &str) {
        timeout(DEADLINE, self.client.goto(address))
            .await
            .expect("in time")
            .unwrap();
    }

    /// Waits until the window's address holds `part`, as after a click.
    ///
    /// # Panics
    /// Where that does not happen within some seconds.
    pub async fn comes_to(&self, part: &str) {
        let mut address = String::new();
        for _ in 0..100 {
            address = self.client.current_url().await.unwrap().to_string();
            if address.contains(part) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("{address} holds no {part}");
    }

    /// Runs a script in the page, and returns what it returns.
    ///
    /// # Panics
    /// Where it throws.
    pub async fn script(&self, script: &str, arguments: Vec<Value>) -> Value {
        let returned = self.client.execute(script, arguments).await.unwrap();
        returned.json().clone()
    }

    /// All text of the page that a reader sees.
    pub async fn text(&self) -> String {
        let text = self
            .script("return document.body.innerText", Vec::new())
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    /// Shows the page with these media, such as print, and with or without forced colours.
    pub async fn emulate(&self, media: &str, forced_colours: bool) {
        let forced = if forced_colours { "active" } else { "none" };
        let parameters = json!({
            "media": media, "features": [{ "name": "forced-colors", "value": forced }],
        });
        self.dev_tools("Emulation.setEmulatedMedia", parameters)
            .await;
    }

    /// From the next page on, runs no script of the page; a test's scripts still run.
    pub async fn without_scripts(&self) {
        let parameters = json!({ "value": true });
        self.dev_tools("Emulation.setScriptExecutionDisabled", parameters)
            .await;
    }

    /// Lets pages write to the clipboard, as they may after a person's click.
    pub async fn allow_copying(&self) {
        let permission = json!({ "name": "clipboard-write" });
        let parameters = json!({ "permission": permission, "setting": "granted" });
        self.dev_tools("Browser.setPermission", parameters).await;
    }

    /// Zooms as a reader does, by making the window smaller: at 400% a window of 1,280 pixels has 320.
    pub async fn resize(&self, (width, height): (u32, u32)) {
        let size = json!({
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false,
        });
        self.dev_tools("Emulation.setDeviceMetricsOverride", size)
            .await;
    }

    /// A screenshot of the whole page, as PNG.
    ///
    /// # Panics
    /// Where none can be taken.
    pub async fn screenshot(&self) -> Vec<u8> {
        let parameters = json!({ "captureBeyondViewport": true, "format": "png" });
        let answer = self.dev_tools("Page.captureScreenshot", parameters).await;
        let data = answer["data"].as_str().expect("a picture in base64");
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap()
    }

    /// The page as A4 paper: PDF bytes.
    ///
    /// # Panics
    /// Where it cannot be printed.
    pub async fn print(&self) -> Vec<u8> {
        let parameters = json!({ "preferCSSPageSize": true, "printBackground": true });
        let answer = self.dev_tools("Page.printToPDF", parameters).await;
        let data = answer["data"].as_str().expect("a document in base64");
        base64::Engine::decode(&base64::engine::general_purpose::STANDARD, data).unwrap()
    }

    /// Closes the browser.
    ///
    /// # Panics
    /// Where it does not close.
    pub async fn close(self) {
        timeout(Duration::from_secs(20), self.client.quit())
            .await
            .expect("in time")
            .unwrap();
    }
}

/// The accessibility checker's script; `None`, with a message, where it is not installed.
///
/// # Panics
/// Where it is missing while `VWIS_REQUIRE=all` demands it.
#[must_use]
pub fn axe() -> Option<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/browser");
    let file = folder.join("node_modules/axe-core/axe.min.js");
    let script = std::fs::read_to_string(file).ok();
    if script.is_none() {
        needs::skip("axe-core (npm install --prefix tests/tools/browser)");
    }
    script
}

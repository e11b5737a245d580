//! A real, certified OpenID Connect provider as a process: `oidc-provider` on Node.js.

use std::{path::Path, process::Stdio};

use serde_json::Value;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
    time::timeout,
};

use crate::{needs, process::DEADLINE};

/// The provider. It has the clients `analyst`, `viewer`, `board` and `nobody`, and the client `pages`, where
/// the people `ada` (an analyst), `vera` (a viewer), `boris` (a board) and `nobody` sign in.
pub struct OidcProvider {
    issuer: String,
    audience: String,
    secret: String,
    stdin: ChildStdin,
    lines: Lines<BufReader<ChildStdout>>,
    _process: Child,
}

impl OidcProvider {
    /// Starts a provider; `None`, with a message, where this machine lacks what it needs.
    ///
    /// # Panics
    /// Where it does not start, or is missing while `VWIS_REQUIRE=all` demands it.
    pub async fn start() -> Option<Self> {
        let node = needs::program("node", "nodejs")?;
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tools/oidc");
        if !folder.join("node_modules/oidc-provider").is_dir() {
            needs::skip("oidc-provider (npm install --prefix tests/tools/oidc)");
            return None;
        }
        let mut process = Command::new(node)
            .arg(folder.join("provider.js"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let stdin = process.stdin.take().expect("stdin is piped");
        let stdout = process.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(stdout).lines();
        let ready: Value = serde_json::from_str(&next(&mut lines).await).unwrap();
        let said = |what: &str| ready[what].as_str().unwrap().to_owned();
        Some(Self {
            issuer: said("issuer"),
            audience: said("audience"),
            secret: said("secret"),
            stdin,
            lines,
            _process: process,
        })
    }

    /// The section `[oidc]` of an aggregator that accepts its tokens.
    #[must_use]
    pub fn configuration(&self) -> String {
        format!(
            "\n[oidc]\nissuer = \"{}\"\naudience = \"{}\"\n",
            self.issuer, self.audience
        )
    }

    /// The section `[oidc]` of an aggregator where people sign in too. Writes the client's secret into
    /// `folder`.
    ///
    /// # Panics
    /// Where the secret cannot be written.
    #[must_use]
    pub fn sign_in_configuration(&self, folder: &Path) -> String {
        let file = folder.join("client-secret");
        std::fs::write(&file, &self.secret).unwrap();
        format!(
            "{}client_id = \"pages\"\nclient_secret_file = \"{}\"\n",
            self.configuration(),
            file.display()
        )
    }

    /// Obtains an access token for a client.
    ///
    /// # Panics
    /// Where the provider gives none.
    pub async fn token(&self, client: &str) -> String {
        let request = reqwest::Client::new()
            .post(format!("{}/token", self.issuer))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!(
                "grant_type=client_credentials&resource={}&client_id={client}&client_secret={}",
                self.audience,
                self.secret.replace(' ', "+")
            ));
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        let token = answer["access_token"].as_str();
        token.unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Replaces the signing keys; the old ones are no longer published.
    ///
    /// # Panics
    /// Where the provider does not confirm it.
    pub async fn rotate(&mut self) {
        self.stdin.write_all(b"rotate\n").await.unwrap();
        assert_eq!(next(&mut self.lines).await, "rotated");
    }
}

async fn next(lines: &mut Lines<BufReader<ChildStdout>>) -> String {
    let line = timeout(DEADLINE, lines.next_line()).await;
    let line = line.expect("the provider answers in time").unwrap();
    line.expect("the provider lives")
}

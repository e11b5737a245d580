use jiff::ToSpan as _;
use vwis_host::clock::{Clock as _, SystemClock};
use vwis_link::authority::Authority;

use super::*;
use crate::{
    config::ConfigFile,
    node::{DEFAULT_CAP, Node},
};

struct Enrolled {
    config: Config,
    authority: Authority,
    ods_code: OdsCode,
    _folder: tempfile::TempDir,
}

/// A signing request for another key.
fn of_another_key() -> String {
    let identity = Identity::Node("R0A".parse().unwrap());
    KeyAndCsr::generate(&identity).unwrap().csr_pem
}

impl Enrolled {
    /// A node whose certificate was issued this many days ago.
    async fn days_ago(days: i64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = ConfigFile {
            ods_code: "R0A".parse().unwrap(),
            listen: "127.0.0.1:0".parse().unwrap(),
            keep_dir: "keep".into(),
            answer_floor_ms: 0,
            most_connections: 1,
            allow_network_folder: false,
        };
        let dir = folder.path().join("node");
        let config = Node::init(dir, file, DEFAULT_CAP, &SystemClock)
            .await
            .unwrap();
        let then = SystemClock.now() - 24.hours() * days;
        let authority = Authority::generate(&"gm-icb".parse().unwrap(), then).unwrap();
        let ods_code: OdsCode = "R0A".parse().unwrap();
        let key = KeyAndCsr::generate(&Identity::Node(ods_code.clone())).unwrap();
        let certificate = authority.issue(&key.csr_pem, &Identity::Node(ods_code.clone()), then);
        let places = config.credential_files();
        files::write_private(&places.key, key.key_pem.as_bytes()).unwrap();
        files::write_public(&places.certificate, certificate.unwrap().as_bytes()).unwrap();
        let pem = authority.certificate_pem();
        files::write_public(&places.authority, pem.as_bytes()).unwrap();
        Self {
            config,
            authority,
            ods_code,
            _folder: folder,
        }
    }

    fn request(&self) -> Option<String> {
        request(&self.config, &self.ods_code, SystemClock.now()).unwrap()
    }

    fn take(&self, certificate: &str) -> Result<(), RenewalError> {
        take(&self.config, &self.ods_code, certificate, SystemClock.now())
    }

    fn issued(authority: &Authority, ods_code: &str, csr: &str) -> String {
        let identity = Identity::Node(ods_code.parse().unwrap());
        authority.issue(csr, &identity, SystemClock.now()).unwrap()
    }

    /// How long the certificate in place is valid, once it was found to fit the key.
    fn in_place(&self) -> Validity {
        let places = self.config.credential_files();
        let read = |path| files::read_text(path).unwrap();
        let credentials = Credentials::from_pem(
            &read(&places.certificate),
            &read(&places.key),
            &read(&places.authority),
        );
        credentials.unwrap().validity().unwrap()
    }
}

#[tokio::test]
async fn a_certificate_is_asked_for_in_the_last_third_of_its_life_with_one_key() {
    let fresh = Enrolled::days_ago(10).await;
    assert_eq!(fresh.request(), None);
    let due = Enrolled::days_ago(300).await;
    let public = |csr: Option<String>| {
        let certificate = Enrolled::issued(&due.authority, "R0A", &csr.unwrap());
        let key = files::read_text(&next_key(&due.config)).unwrap();
        Credentials::from_pem(&certificate, &key, due.authority.certificate_pem()).is_ok()
    };
    assert!(public(due.request()) && public(due.request()));
}

#[tokio::test]
async fn only_the_certificate_that_was_asked_for_is_taken() {
    let node = Enrolled::days_ago(300).await;
    let elsewhere = Authority::generate(&"gm-icb".parse().unwrap(), SystemClock.now()).unwrap();
    let early = Enrolled::issued(&node.authority, "R0A", &of_another_key());
    assert!(matches!(node.take(&early), Err(RenewalError::NotAsked)));
    let csr = node.request().unwrap();
    let before = node.in_place();
    for (what, wrong) in [
        (
            "another authority's",
            Enrolled::issued(&elsewhere, "R0A", &csr),
        ),
        (
            "another node's",
            Enrolled::issued(&node.authority, "RM3", &csr),
        ),
        (
            "another key's",
            Enrolled::issued(&node.authority, "R0A", &of_another_key()),
        ),
        ("none", "no certificate".to_owned()),
    ] {
        let taken = node.take(&wrong);
        assert!(
            matches!(taken, Err(RenewalError::NotOurs)),
            "{what}: {taken:?}"
        );
        assert_eq!(node.in_place(), before, "{what}");
    }
    node.take(&Enrolled::issued(&node.authority, "R0A", &csr))
        .unwrap();
    assert!(node.in_place().ends > before.ends);
    assert_eq!(node.request(), None);
}

#[tokio::test]
async fn a_crash_between_the_two_files_leaves_a_pair_that_works() {
    let node = Enrolled::days_ago(300).await;
    let csr = node.request().unwrap();
    let certificate = Enrolled::issued(&node.authority, "R0A", &csr);
    files::write_public(&next_certificate(&node.config), certificate.as_bytes()).unwrap();
    // The process was killed after the key took its place and before the certificate did.
    fs::rename(next_key(&node.config), node.config.credential_files().key).unwrap();
    finish(&node.config).unwrap();
    let ends = node.in_place().ends;
    assert_eq!(ends, Validity::of_pem(&certificate).unwrap().ends);
    assert_eq!(node.request(), None);
}

use jiff::{Timestamp, ToSpan};
use tonic_types::StatusExt as _;
use vwis_link::credentials::KeyAndCsr;

use super::*;
use crate::keys::Keys;

struct FixedClock;

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(1_790_000_000).unwrap()
    }
}

struct Bench {
    service: EnrolmentService,
    store: Store,
    _dir: tempfile::TempDir,
}

async fn bench() -> Bench {
    let dir = tempfile::tempdir().unwrap();
    let keys = Keys::in_dir(dir.path());
    keys.create(&"gm-icb".parse().unwrap(), FixedClock.now())
        .unwrap();
    let store = Store::create(dir.path()).await.unwrap();
    let service = EnrolmentService::new(
        store.clone(),
        keys.authority().unwrap(),
        Arc::new(FixedClock),
    );
    Bench {
        service,
        store,
        _dir: dir,
    }
}

impl Bench {
    async fn token(&self, ods_code: &str, secret: &str) {
        let now = FixedClock.now();
        let expires_at = now.checked_add(72.hours()).unwrap();
        let ods_code = ods_code.parse().unwrap();
        let hash = secret::hash(secret);
        self.store
            .keep_token(&ods_code, &hash, now, expires_at)
            .await
            .unwrap();
    }

    async fn enrol(&self, request: EnrolRequest) -> Result<EnrolResponse, (Code, String)> {
        use enrolment_server::Enrolment as _;
        let answer = self.service.enrol(Request::new(request)).await;
        answer.map(Response::into_inner).map_err(|status| {
            let info = status.get_details_error_info();
            (
                status.code(),
                info.map(|info| info.reason).unwrap_or_default(),
            )
        })
    }
}

fn request(ods_code: &str, secret: &str) -> EnrolRequest {
    let identity = Identity::Node(ods_code.parse().unwrap());
    EnrolRequest {
        ods_code: ods_code.to_owned(),
        token_secret: secret.to_owned(),
        csr_pem: KeyAndCsr::generate(&identity).unwrap().csr_pem,
        receipt_public_key: vec![5; 32],
    }
}

fn token_refused() -> Result<EnrolResponse, (Code, String)> {
    Err((Code::PermissionDenied, "TOKEN_REFUSED".to_owned()))
}

#[tokio::test]
async fn a_token_enrols_once() {
    let bench = bench().await;
    bench.token("R0A", "secret").await;
    let answer = bench.enrol(request("R0A", "secret")).await.unwrap();
    assert!(answer.certificate_pem.contains("BEGIN CERTIFICATE"));
    assert!(answer.authority_pem.contains("BEGIN CERTIFICATE"));
    assert_eq!(bench.enrol(request("R0A", "secret")).await, token_refused());
}

#[tokio::test]
async fn an_unknown_token_and_another_organisations_are_refused_alike() {
    let bench = bench().await;
    bench.token("R0A", "secret").await;
    assert_eq!(bench.enrol(request("RM3", "secret")).await, token_refused());
    assert_eq!(bench.enrol(request("R0A", "guess")).await, token_refused());
    assert!(
        bench.enrol(request("R0A", "secret")).await.is_ok(),
        "it was not used up"
    );
}

#[tokio::test]
async fn a_malformed_request_is_refused_and_does_not_use_the_token_up() {
    let bench = bench().await;
    bench.token("R0A", "secret").await;
    let invalid = |reason: &str| Err((Code::InvalidArgument, reason.to_owned()));
    let good = || request("R0A", "secret");
    let csr = EnrolRequest {
        csr_pem: "no request".to_owned(),
        ..good()
    };
    assert_eq!(bench.enrol(csr).await, invalid("CSR_REFUSED"));
    for algorithm in [&rcgen::PKCS_ED25519, &rcgen::PKCS_ECDSA_P384_SHA384] {
        let other = rcgen::KeyPair::generate_for(algorithm).unwrap();
        let csr = rcgen::CertificateParams::default().serialize_request(&other);
        let csr = EnrolRequest {
            csr_pem: csr.unwrap().pem().unwrap(),
            ..good()
        };
        assert_eq!(bench.enrol(csr).await, invalid("CSR_REFUSED"));
    }
    let key = EnrolRequest {
        receipt_public_key: vec![5; 31],
        ..good()
    };
    assert_eq!(bench.enrol(key).await, invalid("INVALID_REQUEST"));
    let ods_code = EnrolRequest {
        ods_code: "../R0A".to_owned(),
        ..good()
    };
    assert_eq!(bench.enrol(ods_code).await, invalid("INVALID_REQUEST"));
    assert!(bench.enrol(good()).await.is_ok());
}

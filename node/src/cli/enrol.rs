//! `vwis-node enrol`

use std::{
    fs::File,
    io::{self, Read as _},
    path::PathBuf,
    time::Duration,
};

use tonic::Status;
use tonic_types::StatusExt as _;
use vwis_host::{command, exit::Exit, files, place};
use vwis_link::{
    credentials::{Credentials, KeyAndCsr},
    dial,
    identity::Identity,
    token::EnrolmentToken,
};
use vwis_model::{place::Pack, text::for_terminal};
use vwis_proto::{
    reason::{ERROR_DOMAIN, Reason},
    v1::{EnrolRequest, PlaceFile, enrolment_client::EnrolmentClient},
};

use super::{Context, Failure, Outcome};
use crate::{
    enrolled::{self, Enrolled},
    node::Node,
};

/// Longest wait for the whole answer. It holds one signature, and a person waits for it.
const TIMEOUT: Duration = Duration::from_secs(15);

/// Most bytes that are read of a token file; a token takes less than a tenth of that.
const MOST_TOKEN_BYTES: u64 = 64 * 1024;

/// Obtain this node's certificate with a one-time token of the aggregator.
#[derive(clap::Args, Debug)]
pub(super) struct Args {
    /// The aggregator's enrolment address, such as <https://aggregator.example:7440>.
    #[arg(long)]
    aggregator: String,
    /// The token, whole, on one line. Everybody on this machine sees what stands on a command line:
    /// --token-file does not show it.
    #[arg(
        long,
        env = "VWIS_NODE_ENROLMENT_TOKEN",
        required_unless_present = "token_file",
        conflicts_with = "token_file"
    )]
    token: Option<String>,
    /// The file that holds it, or - for what is piped in.
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Trust the token's authority in place of the one this node is enrolled with: all that was
    /// approved for the old one can then be asked for under the new one.
    #[arg(long)]
    replace_authority: bool,
}

pub(super) async fn run(args: Args, mut context: Context) -> Outcome {
    let token: EnrolmentToken = token_text(&args)?
        .trim()
        .parse()
        .map_err(|error| Failure::new(Exit::BadData, &error))?;
    let node = context.open().await?;
    if token.ods_code() != node.ods_code() {
        let message = format!(
            "the token is {}'s and this is {}'s node",
            token.ods_code(),
            node.ods_code()
        );
        return Err(Failure {
            exit: Exit::Refused,
            message,
        });
    }
    let failed = |error: &dyn std::error::Error| Failure::new(Exit::Failed, &error.to_string());
    // Approvals name an aggregator, and whoever holds its authority can speak under that name. So a change of
    // authority must be asked for.
    let authority_file = node.config().tls_dir().join("authority.crt");
    let enrolled = files::is_there(&authority_file).map_err(|error| failed(&error))?;
    if enrolled && !args.replace_authority {
        let known = files::read_text(&authority_file).map_err(|error| failed(&error))?;
        if !token.is_authority(&known) {
            let message = "this node is enrolled with another authority, and what was approved here \
                           was approved for that one; --replace-authority if that is what you mean";
            return Err(Failure::new(Exit::Refused, message));
        }
    }
    let identity = Identity::Node(node.ods_code().clone());
    // The key never leaves this machine; only the request to certify it does.
    let key = KeyAndCsr::generate(&identity).map_err(|error| failed(&error))?;
    let link = dial::connect_for_enrolment(&args.aggregator, &token)
        .await
        .map_err(|error| Failure::new(Exit::Unreachable, &error))?;
    let request = EnrolRequest {
        ods_code: node.ods_code().to_string(),
        token_secret: token.secret(),
        csr_pem: key.csr_pem.clone(),
        receipt_public_key: node.receipt_key.public().to_vec(),
    };
    let mut client = EnrolmentClient::new(link.channel())
        .max_decoding_message_size(vwis_link::MAX_MESSAGE_BYTES)
        .max_encoding_message_size(vwis_link::MAX_MESSAGE_BYTES);
    // A deadline that tonic keeps ends when the answer begins; this one covers the whole answer.
    let answer = tokio::time::timeout(TIMEOUT, client.enrol(request))
        .await
        .map_err(|_| {
            let message = format!(
                "{} gave no whole answer within {} s: try again, and where that does not help ask its \
                 operator whether it is the right address",
                args.aggregator,
                TIMEOUT.as_secs()
            );
            Failure::new(Exit::Unreachable, &message)
        })?
        .map_err(|status| not_enrolled(&args.aggregator, &status))?
        .into_inner();
    if !token.is_authority(&answer.authority_pem) {
        let message = "what came back names another authority than the token";
        return Err(Failure::new(Exit::Refused, message));
    }
    // The credentials must work and name this organisation before anything is kept.
    let credentials =
        Credentials::from_pem(&answer.certificate_pem, &key.key_pem, &answer.authority_pem)
            .map_err(|error| failed(&error))?;
    if *credentials.identity() != identity {
        let message = format!(
            "the certificate that came back is {}'s",
            credentials.identity()
        );
        return Err(Failure {
            exit: Exit::Refused,
            message,
        });
    }
    // The place comes before the certificate: an enrolled node counts by the place of its aggregator.
    take_place(answer.place, &node).await?;
    let tls = node.config().tls_dir();
    files::write_private(&tls.join("node.key"), key.key_pem.as_bytes())
        .and_then(|()| {
            files::write_public(&authority_file, answer.authority_pem.as_bytes())
        })
        // The certificate comes last: its presence says that this node is enrolled.
        .and_then(|()| {
            files::write_public(&tls.join("node.crt"), answer.certificate_pem.as_bytes())
        })
        .map_err(|error| failed(&error))?;
    let enrolled = Enrolled {
        aggregator: token.aggregator().clone(),
        address: args.aggregator.clone(),
    };
    enrolled::keep(node.config(), &enrolled).map_err(|error| failed(&error))?;
    let next = context.command("serve");
    context.print(format!(
        "{} is enrolled with {}. A `serve` that runs shows the new certificate from now on, and answers \
         nobody whom another authority certified.",
        node.ods_code(),
        token.aggregator()
    ))?;
    command::say(format_args!("Next, where none runs:\n  {next}"));
    Ok(())
}

/// Keeps the place pack that came back, unless localities that approved agreements count are missing from it.
async fn take_place(files: Vec<PlaceFile>, node: &Node) -> Outcome {
    let files = files
        .into_iter()
        .map(|file| (file.name, file.text.into_bytes()));
    let place = Pack::new(files).and_then(place::of_pack).map_err(|error| {
        let message =
            format!("the aggregator's place pack cannot be used, tell its operator:\n{error}");
        Failure::new(Exit::BadData, message.as_str())
    })?;
    if let Err(refused) = super::place::take(place, node).await {
        command::say(format_args!(
            "The place pack stays as it was: {}",
            refused.message
        ));
    }
    Ok(())
}

/// The token's text as it was handed over. No message repeats any of it.
fn token_text(args: &Args) -> Result<String, Failure> {
    let (name, read) = match (&args.token, &args.token_file) {
        (Some(token), _) => return Ok(token.clone()),
        (None, None) => {
            return Err(Failure::new(
                Exit::Usage,
                "no token was given: --token-file FILE",
            ));
        }
        (None, Some(file)) if file.as_os_str() == "-" => {
            ("what is piped in".to_owned(), read_from(io::stdin()))
        }
        (None, Some(file)) => {
            let opened = File::open(file).and_then(read_from);
            (file.display().to_string(), opened)
        }
    };
    let text =
        read.map_err(|error| Failure::new(Exit::BadData, format!("{name}: {error}").as_str()))?;
    if text.trim().is_empty() {
        let message =
            format!("{name} is empty: put the token there that the aggregator's operator made");
        return Err(Failure::new(Exit::BadData, message.as_str()));
    }
    Ok(text)
}

fn read_from(source: impl io::Read) -> io::Result<String> {
    let mut text = String::new();
    source.take(MOST_TOKEN_BYTES).read_to_string(&mut text)?;
    Ok(text)
}

/// The aggregator's own refusal, or what became of a call that it did not answer.
fn not_enrolled(aggregator: &str, status: &Status) -> Failure {
    let reason = status
        .get_details_error_info()
        .filter(|info| info.domain == ERROR_DOMAIN)
        .and_then(|info| info.reason.parse::<Reason>().ok());
    let said: String = status.message().chars().take(300).collect();
    let said = for_terminal(&said);
    match reason {
        Some(Reason::StoreUnavailable | Reason::TooManyRequests | Reason::Internal) => {
            Failure::new(Exit::TryLater, said.as_ref())
        }
        Some(_) => Failure::new(Exit::Refused, said.as_ref()),
        None => {
            let message = format!(
                "the answer of {aggregator} cannot be read ({said}): check that it is the enrolment \
                 address of the aggregator, and try again"
            );
            Failure::new(Exit::Unreachable, &message)
        }
    }
}

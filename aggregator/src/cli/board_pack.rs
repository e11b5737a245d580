//! `board-pack`: one page as a document to print and to file.

use std::{collections::BTreeSet, path::PathBuf, sync::Arc};

use uuid::Uuid;
use vwis_host::files;
use vwis_model::{dictionary::Attribute, here, period::Period};

use super::{
    Exit, Failure,
    context::{self, Context},
};
use crate::{access::PATHWAY, cache::Archives};
use vwis_pages::{Reading, View, pack};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  vwis-aggregator board-pack --pathway breast --output breast.html
  vwis-aggregator board-pack --locality CODE --output locality.html
  vwis-aggregator board-pack --pathway lung --release 01a2209f-a7b5-74bd-a222-6f1a360c3177 --output lung.html

One HTML file with everything in it: charts, caveats, definitions, the ids of all releases. It opens in
any browser and prints on A4. The same releases make the same bytes, so a board can be sent the same
pack again; --release names the last release to use. It is made from what is published to viewers and
boards.")]
#[command(group = clap::ArgGroup::new("what").required(true).args(["pathway", "locality"]))]
pub(super) struct Args {
    /// Pathway to make it of, by code
    #[arg(long, value_name = "CODE")]
    pathway: Option<String>,
    /// Locality to make it of, by code
    #[arg(long, value_name = "CODE")]
    locality: Option<String>,
    /// Up to this period, YYYY-MM; all that is released, if not said
    #[arg(long, value_name = "YYYY-MM")]
    period: Option<Period>,
    /// Up to this release, by its id; the newest, if not said
    #[arg(long, value_name = "ID")]
    release: Option<Uuid>,
    /// The agreement's hash or the beginning of it; if not said, that of --release, or the one of the latest headcount
    /// over the most employers
    #[arg(long, value_name = "HASH")]
    agreement: Option<String>,
    /// Of every release, published to viewers and boards or not: the pack says so
    #[arg(long)]
    unpublished: bool,
    /// File to write to
    #[arg(long, value_name = "FILE")]
    output: PathBuf,
}

pub(super) async fn run(args: Args, context: &mut Context) -> Result<Exit, Failure> {
    let view = args.view()?;
    let (config, store) = context.open().await?;
    let release = match args.release {
        None => None,
        Some(id) => Some(store.release(id).await?.ok_or_else(|| {
            let message =
                format!("there is no release {id}: GET /api/v1/releases lists those there are");
            Failure::new(Exit::Usage, message)
        })?),
    };
    // A release named on the command line implies its agreement.
    let implied = release.map(|release| release.agreement.to_string());
    let prefix = args.agreement.clone().or(implied);
    let prefix = prefix.as_deref();
    let agreement =
        context::released_agreement(&store, prefix, args.unpublished, |_| true, context).await?;
    let all: Vec<_> = store
        .agreements()
        .await?
        .into_iter()
        .map(Arc::new)
        .collect();
    let (archives, now) = (Archives::of(store.clone()), context.clock.now());
    let (archive, unpublished) = if args.unpublished {
        let archive = archives.archive(&agreement, args.release).await?.archive;
        let known = archives.publications(&all, now).await?;
        let unpublished = known.unpublished_of(&archive);
        (archive, unpublished)
    } else {
        let published = archives.published(&all, &agreement, args.release, now);
        (published.await?.archive, BTreeSet::new())
    };
    store.close().await;
    if let Some(by) = args.release.and_then(|id| archive.replaced_by(id)) {
        let message = format!("that release was replaced by a later one: --release {by}");
        return Err(Failure::new(Exit::Usage, message));
    }
    let notice = config.file.dashboard.notice.as_deref();
    if archive.releases().is_empty() && !args.unpublished {
        let list = context.command("release list");
        let said = format!(
            "nothing is published to viewers and boards yet ({list} says why); --unpublished makes it of \
             every release"
        );
        return Err(Failure::new(Exit::Usage, said));
    }
    let reading = Reading::new(&archive, notice, args.period);
    let reading = reading.map(|reading| reading.with_unpublished(unpublished));
    let made = reading.and_then(|reading| pack(&view, &reading));
    let made = made.map_err(|gap| Failure::new(Exit::Usage, gap))?;
    files::write_public(&args.output, made.as_bytes())?;
    context.print(format_args!("wrote {}", args.output.display()))?;
    Ok(Exit::Done)
}

// === impl Args ===

impl Args {
    fn view(&self) -> Result<View, Failure> {
        let (attribute, code, view) = match (&self.pathway, &self.locality) {
            (Some(code), _) => (PATHWAY, code, View::pathway(code)),
            (None, Some(code)) => ("locality", code, View::locality(code)),
            (None, None) => {
                return Err(Failure::new(Exit::Usage, "name --pathway or --locality"));
            }
        };
        view.ok_or_else(|| {
            let attribute = here::dictionary().attribute(attribute);
            let categories = attribute.into_iter().flat_map(Attribute::categories);
            let there: Vec<_> = categories
                .map(|one| format!("{} ({})", one.code(), one.label()))
                .collect();
            let message = format!("there is no `{code}`; there are: {}", there.join(", "));
            Failure::new(Exit::Usage, message)
        })
    }
}

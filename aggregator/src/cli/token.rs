//! `token …`: API tokens.

use jiff::{Timestamp, ToSpan};
use serde_json::json;
use vwis_model::{dictionary::Category, here, ods::OdsCode};

use super::{
    Exit, Failure,
    context::Context,
    holders::{self, roles},
};
use crate::{
    access::PATHWAY,
    credentials::{Grant, TokenRecord},
    identity::{
        Role,
        tokens::{DEFAULT_DAYS, NewToken},
    },
};
use vwis_host::command;

/// Longest name of a token, in characters.
const MOST_NAME: usize = 100;

#[derive(clap::Subcommand)]
pub(super) enum Command {
    /// Print a new API token: it is shown this once
    #[command(after_help = "\
Example:
  vwis-aggregator token create --name \"Power BI, R0A\" --role viewer --organisation R0A

What each role reads:
  viewer    the system; with --organisation, that organisation's own tables, too
  board     the system, and of cancer pathways those that --pathway names
  analyst   everything
  steward   agreements and nodes, and what a viewer reads

The first token that is made ends reading without one, on this machine, too.")]
    Create {
        /// What it is for, as `token list` and the access log show it
        #[arg(long, value_parser = name)]
        name: String,
        /// What it lets its holder read; may be given more than once
        #[arg(long = "role", value_enum, required = true)]
        roles: Vec<Role>,
        /// ODS code of the organisation whose people hold it
        #[arg(long, value_name = "ODS")]
        organisation: Option<OdsCode>,
        /// A category of `pathway` that is theirs; may be given more than once
        #[arg(long = "pathway", value_name = "CODE", value_parser = pathway)]
        pathways: Vec<String>,
        /// How long it holds
        #[arg(long, value_name = "DAYS", default_value_t = DEFAULT_DAYS, value_parser = clap::value_parser!(u32).range(1..=730))]
        expires_days: u32,
    },
    /// List API tokens, and when they were last used
    List {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// End an API token, from the next request on
    Revoke {
        /// Its number, as `token list` shows it
        id: i64,
    },
}

fn name(text: &str) -> Result<String, String> {
    vwis_model::text::check(text, MOST_NAME)
        .map(|()| text.to_owned())
        .map_err(|problem| format!("a name {problem}"))
}

/// Checks for a category of `pathway` now, not when a board finds nothing to read.
fn pathway(text: &str) -> Result<String, String> {
    let attribute = here::dictionary()
        .attribute(PATHWAY)
        .ok_or("the dictionary has no pathways")?;
    if attribute.category(text).is_some() {
        return Ok(text.to_owned());
    }
    let there = attribute.categories().iter();
    let there: Vec<_> = there.map(Category::code).collect();
    let near = attribute.nearest(text);
    let near = near.map_or_else(String::new, |near| format!(": did you mean `{near}`?"));
    Err(format!(
        "`{text}` is not a pathway{near}; there are: {}",
        there.join(", ")
    ))
}

// === impl Command ===

impl Command {
    pub(super) async fn run(self, context: &mut Context) -> Result<Exit, Failure> {
        match self {
            Self::Create {
                name,
                roles,
                organisation,
                pathways,
                expires_days,
            } => {
                let grant = Grant {
                    name,
                    roles: roles.into_iter().collect(),
                    organisation,
                    pathways,
                };
                create(&grant, expires_days, context).await
            }
            Self::List { json } => list(json, context).await,
            Self::Revoke { id } => revoke(id, context).await,
        }
    }
}

async fn create(grant: &Grant, days: u32, context: &mut Context) -> Result<Exit, Failure> {
    if let Some(advice) = contradiction(grant) {
        return Err(Failure::new(Exit::Usage, advice));
    }
    let (_, store) = context.open().await?;
    let token = NewToken::generate()?;
    let now = context.clock.now();
    let expires_at = now.checked_add((i64::from(days) * 24).hours())?;
    let id = store
        .keep_api_token(&token.hash, grant, now, expires_at)
        .await?;
    store.close().await;
    context.print(&token.text)?;
    let revoke = context.command(format_args!("token revoke {id}"));
    command::say(format_args!(
        "token {id}, for {}: keep it now, it is not shown again; good until {expires_at:.0}\n\
         next: curl -H \"Authorization: Bearer …\" …/api/v1/releases\n\
         to end it: {revoke}",
        grant.name
    ));
    Ok(Exit::Done)
}

/// Why the parts of a grant do not fit together, if they do not. Otherwise its holder would find out by being
/// refused.
fn contradiction(grant: &Grant) -> Option<&'static str> {
    let board = grant.roles.contains(&Role::Board);
    let of_organisation = [Role::Viewer, Role::Steward];
    let uses_organisation = of_organisation
        .iter()
        .any(|role| grant.roles.contains(role));
    if board && grant.pathways.is_empty() {
        Some("a board reads its own pathways: name them with --pathway")
    } else if !board && !grant.pathways.is_empty() {
        Some("--pathway is for the role board: others read no pathways, or all of them")
    } else if grant.organisation.is_some() && !uses_organisation {
        Some(
            "--organisation is for the roles viewer and steward: others read no organisation's own tables, or all of them",
        )
    } else {
        None
    }
}

async fn list(as_json: bool, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let tokens = store.api_tokens().await?;
    store.close().await;
    let now = context.clock.now();
    if as_json {
        let tokens: Vec<_> = tokens.iter().map(|token| in_json(token, now)).collect();
        context.print_json(&tokens)?;
        return Ok(Exit::Done);
    }
    if tokens.is_empty() {
        let create = context.command("token create --name NAME --role viewer");
        command::say(format_args!("no API tokens yet; next: {create}"));
        return Ok(Exit::Done);
    }
    let mut table = holders::table([
        "id",
        "name",
        "roles",
        "of",
        "standing",
        "until",
        "last used",
    ]);
    for token in &tokens {
        let grant = &token.grant;
        let last_used = token.last_used_at.map(|at| format!("{at:.0}"));
        table.add_row([
            token.id.to_string(),
            grant.name.clone(),
            roles(&grant.roles).join(", "),
            holders::of(grant.organisation.as_ref(), &grant.pathways),
            token.state(now).in_words().to_owned(),
            format!("{:.0}", token.expires_at),
            last_used.unwrap_or_else(|| "never".to_owned()),
        ]);
    }
    context.print(table.trim_fmt())?;
    Ok(Exit::Done)
}

fn in_json(token: &TokenRecord, now: Timestamp) -> serde_json::Value {
    let grant = &token.grant;
    let text = |at: Option<Timestamp>| at.map(|at| at.to_string());
    json!({
        "id": token.id,
        "name": grant.name,
        "roles": roles(&grant.roles),
        "organisation": grant.organisation,
        "pathways": grant.pathways,
        "standing": token.state(now).in_words(),
        "created_at": token.created_at.to_string(),
        "expires_at": token.expires_at.to_string(),
        "revoked_at": text(token.revoked_at),
        "last_used_at": text(token.last_used_at),
    })
}

async fn revoke(id: i64, context: &mut Context) -> Result<Exit, Failure> {
    let (_, store) = context.open().await?;
    let revoked = store.revoke_api_token(id, context.clock.now()).await?;
    store.close().await;
    if revoked {
        context.print(format_args!("token {id} is revoked"))?;
        return Ok(Exit::Done);
    }
    let list = context.command("token list");
    let message = format!("there is no token {id} that is not revoked already; see `{list}`");
    Err(Failure::new(Exit::Usage, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_pathway_is_refused_with_the_nearest() {
        let categories = here::dictionary().attribute(PATHWAY).unwrap().categories();
        let first = categories[0].code();
        assert_eq!(pathway(first).as_deref(), Ok(first));
        let typo = format!("{first}x");
        let refused = pathway(&typo).unwrap_err();
        assert!(
            refused.contains(&format!("did you mean `{first}`")),
            "{refused}"
        );
    }

    #[test]
    fn a_grant_whose_parts_do_not_fit_is_refused() {
        let grant = |roles: &[Role], organisation: bool, pathways: &[&str]| Grant {
            name: "a".to_owned(),
            roles: roles.iter().copied().collect(),
            organisation: organisation.then(|| "R0A".parse().unwrap()),
            pathways: pathways.iter().map(ToString::to_string).collect(),
        };
        for good in [
            grant(&[Role::Viewer], true, &[]),
            grant(&[Role::Viewer], false, &[]),
            grant(&[Role::Board], false, &["lung"]),
            grant(&[Role::Board, Role::Viewer], true, &["lung"]),
            grant(&[Role::Analyst], false, &[]),
        ] {
            assert_eq!(contradiction(&good), None, "{good:?}");
        }
        for bad in [
            grant(&[Role::Board], false, &[]),
            grant(&[Role::Viewer], true, &["lung"]),
            grant(&[Role::Analyst], true, &[]),
        ] {
            assert!(contradiction(&bad).is_some(), "{bad:?}");
        }
    }
}

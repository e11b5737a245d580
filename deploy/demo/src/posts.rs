//! Posts, areas of work and sites, which lead from published groups to what extracts hold.

use std::collections::HashMap;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use vwis_model::{
    dictionary::{Attribute, Dictionary, ELSEWHERE, Resolution},
    place::Setting,
};

use crate::{
    choice::Choice,
    grade::Grade,
    published::{Group, table},
    trusts::{Trust, trusts},
};

/// A kind of post: a line of `posts.csv`.
pub(crate) struct Post {
    pub(crate) group: Group,
    /// Its categories in the dictionary, as indices.
    pub(crate) staff_group: u8,
    pub(crate) role: u8,
    /// Index into [`crate::values::STAFF_GROUPS`].
    pub(crate) staff_group_spelling: usize,
    /// The job role, blank for doctors, whose job role follows from their grade.
    pub(crate) job_role: String,
    pub(crate) occupation_code: String,
    /// The job title, in which `{grade}` and `{area}` stand for the person's.
    pub(crate) title: String,
    /// Whether the job role alone tells the role, without the occupation code.
    pub(crate) is_told_by_job_role: bool,
    areas: usize,
}

/// An area of work: a line of `areas.csv`.
pub(crate) struct Area {
    pub(crate) name: String,
    pub(crate) care_group: String,
    /// Its category in the dictionary, as an index.
    pub(crate) pathway: u8,
}

/// A site of a trust: a line of `sites.csv`.
pub(crate) struct Site {
    pub(crate) ods_code: String,
    pub(crate) name: String,
    /// The locality that the trust's mapping gives it, as an index; `unknown` if it is not mapped.
    pub(crate) locality: u8,
    pub(crate) locality_code: String,
    /// The code of the locality where it is, mapped or not.
    pub(crate) district: String,
}

/// All posts, areas and sites, and the choices among them for each kind of person.
pub(crate) struct Catalogue {
    pub(crate) posts: Vec<Post>,
    pub(crate) areas: Vec<Area>,
    pub(crate) sites: Vec<Site>,
    /// The codes of the dictionary's roles, in its order.
    pub(crate) roles: Vec<&'static str>,
    /// Choices of posts, by setting, group and grade.
    post_choices: HashMap<(u8, Group, Grade), Choice>,
    /// Choices of areas, by setting and set of areas.
    area_choices: HashMap<(u8, usize), Choice>,
    site_choices: HashMap<&'static str, Choice>,
}

#[derive(Deserialize)]
struct PostLine {
    group: Group,
    grades: String,
    acute: f64,
    cancer: f64,
    mental: f64,
    staff_group: String,
    role: String,
    job_role: String,
    occupation_code: String,
    title: String,
    areas: String,
}

#[derive(Deserialize)]
struct AreaLine {
    set: String,
    acute: f64,
    cancer: f64,
    mental: f64,
    area: String,
    care_group: String,
    pathway: String,
}

#[derive(Deserialize)]
struct SiteLine {
    ods_code: String,
    site: String,
    locality: String,
    weight: f64,
    mapped: String,
}

const SETTINGS: [Setting; 4] = [
    Setting::Acute,
    Setting::Cancer,
    Setting::MentalHealth,
    Setting::Community,
];

// === impl Catalogue ===

impl Catalogue {
    /// Reads the tables that are compiled in.
    ///
    /// # Errors
    /// The first line that the dictionary does not know; never in a program whose tests passed.
    pub(crate) fn load(dictionary: &'static Dictionary) -> anyhow::Result<Self> {
        let area_lines: Vec<AreaLine> = table(include_str!("../data/areas.csv"))?;
        let mut sets: Vec<&str> = area_lines.iter().map(|line| line.set.as_str()).collect();
        sets.dedup();
        let mut area_choices = HashMap::new();
        for setting in SETTINGS {
            for (index, set) in sets.iter().enumerate() {
                let own = area_lines.iter().enumerate().filter(|(_, l)| l.set == *set);
                let weigh = |(at, l): (usize, &AreaLine)| {
                    (at, weight(setting, [l.acute, l.cancer, l.mental]))
                };
                area_choices.insert((setting as u8, index), Choice::new(own.map(weigh)));
            }
        }
        let pathway = attribute(dictionary, "pathway")?;
        let areas = area_lines.iter().map(|line| {
            Ok(Area {
                name: line.area.clone(),
                care_group: line.care_group.clone(),
                pathway: category(pathway, &line.pathway)?,
            })
        });
        let areas = areas.collect::<anyhow::Result<Vec<_>>>()?;

        let post_lines: Vec<PostLine> = table(include_str!("../data/posts.csv"))?;
        let posts = post_lines.iter().map(|line| post(line, &sets, dictionary));
        let posts = posts.collect::<anyhow::Result<Vec<_>>>()?;
        let (sites, site_choices) = sites(attribute(dictionary, "locality")?)?;
        Ok(Self {
            post_choices: post_choices(&post_lines)?,
            roles: (attribute(dictionary, "role")?.categories().iter())
                .map(vwis_model::dictionary::Category::code)
                .collect(),
            posts,
            areas,
            sites,
            area_choices,
            site_choices,
        })
    }

    /// The posts that somebody of a group and grade can have.
    pub(crate) fn posts_of(&self, setting: Setting, group: Group, grade: Grade) -> &Choice {
        &self.post_choices[&(setting as u8, group, grade)]
    }

    /// The areas in which somebody in a post can work.
    pub(crate) fn areas_of(&self, setting: Setting, post: usize) -> &Choice {
        &self.area_choices[&(setting as u8, self.posts[post].areas)]
    }

    /// A trust's sites.
    pub(crate) fn sites_of(&self, ods_code: &str) -> &Choice {
        &self.site_choices[ods_code]
    }
}

fn post_choices(lines: &[PostLine]) -> anyhow::Result<HashMap<(u8, Group, Grade), Choice>> {
    let mut ranges = Vec::new();
    for line in lines {
        let (least, most) = line.grades.split_once('-').context("a range of grades")?;
        let parse = |code: &str| code.parse::<Grade>().map_err(anyhow::Error::msg);
        ranges.push((parse(least)?, parse(most)?));
    }
    let mut choices = HashMap::new();
    for setting in SETTINGS {
        for group in Group::ALL {
            let own = || {
                lines
                    .iter()
                    .enumerate()
                    .filter(move |(_, l)| l.group == group)
            };
            let weigh =
                |at: usize, l: &PostLine| (at, weight(setting, [l.acute, l.cancer, l.mental]));
            for grade in Grade::all() {
                let (fits, rest): (Vec<_>, Vec<_>) = own()
                    .map(|(at, line)| weigh(at, line))
                    .partition(|(at, _)| grade.is_within(ranges[*at].0, ranges[*at].1));
                // The published table has a few people in grades for which `posts.csv` has no post.
                let fits = if fits.iter().any(|(_, weight)| *weight > 0.0) {
                    fits
                } else {
                    rest
                };
                choices.insert((setting as u8, group, grade), Choice::new(fits.into_iter()));
            }
        }
    }
    Ok(choices)
}

fn post(line: &PostLine, sets: &[&str], dictionary: &Dictionary) -> anyhow::Result<Post> {
    let role = attribute(dictionary, "role")?;
    let own_role = category(role, &line.role)?;
    let spelling = crate::values::STAFF_GROUPS
        .iter()
        .position(|(code, ..)| *code == line.staff_group);
    let spelling = spelling.context("posts.csv has a staff group without a spelling")?;
    let by_job_role = role.resolve(&line.job_role);
    Ok(Post {
        group: line.group,
        staff_group: category(attribute(dictionary, "staff_group")?, &line.staff_group)?,
        role: own_role,
        staff_group_spelling: spelling,
        job_role: line.job_role.clone(),
        occupation_code: line.occupation_code.clone(),
        title: line.title.clone(),
        is_told_by_job_role: by_job_role == Resolution::Firm(usize::from(own_role)),
        areas: sets
            .iter()
            .position(|set| *set == line.areas)
            .context("posts.csv names areas that are not there")?,
    })
}

fn sites(locality: &Attribute) -> anyhow::Result<(Vec<Site>, HashMap<&'static str, Choice>)> {
    let mut lines: Vec<SiteLine> = table(include_str!("../data/sites.csv"))?;
    for trust in trusts() {
        if !lines.iter().any(|line| line.ods_code == trust.ods_code) {
            lines.extend(invented_sites(trust, locality));
        }
    }
    // The table's other sites belong to trusts of another place.
    lines.retain(|line| trusts().iter().any(|trust| trust.ods_code == line.ods_code));
    let mut choices = HashMap::new();
    for trust in trusts() {
        let own = (lines.iter().enumerate())
            .filter(|(_, line)| line.ods_code == trust.ods_code)
            .map(|(at, line)| (at, line.weight));
        choices.insert(trust.ods_code, Choice::new(own));
    }
    let sites = lines.into_iter().map(|line| {
        ensure!(matches!(&*line.mapped, "yes" | "no"), "mapped is yes or no");
        let code = if line.mapped == "yes" {
            line.locality.clone()
        } else {
            vwis_model::dictionary::UNKNOWN.to_owned()
        };
        Ok(Site {
            locality: category(locality, &code)?,
            ods_code: line.ods_code,
            name: line.site,
            locality_code: code,
            district: line.locality,
        })
    });
    Ok((sites.collect::<anyhow::Result<_>>()?, choices))
}

/// Invents the sites of a trust that the table does not list: one in each of its localities, the first of
/// which is the largest, and one that its mapping does not know.
fn invented_sites(trust: &Trust, locality: &Attribute) -> Vec<SiteLine> {
    let own: Vec<&str> = trust.localities.iter().map(String::as_str).collect();
    let own = if own.is_empty() { vec![ELSEWHERE] } else { own };
    let site = |name: String, code: &str, weight: f64, mapped: &str| SiteLine {
        ods_code: trust.ods_code.to_owned(),
        site: name,
        locality: code.to_owned(),
        weight,
        mapped: mapped.to_owned(),
    };
    let mut sites: Vec<_> = (1_u8..)
        .zip(&own)
        .map(|(number, code)| {
            let categories = locality.categories().iter();
            let found = categories.clone().find(|category| category.code() == *code);
            let place = found.map_or(*code, |category| category.label());
            let name = format!("{} at {place}", trust.name);
            site(name, code, 90.0 / f64::from(number), "yes")
        })
        .collect();
    sites.push(site(format!("{} Annexe", trust.name), own[0], 2.0, "no"));
    sites
}

fn weight(setting: Setting, weights: [f64; 3]) -> f64 {
    match setting {
        Setting::Acute | Setting::Community => weights[0],
        Setting::Cancer => weights[1],
        Setting::MentalHealth => weights[2],
    }
}

/// The attribute of that code in the dictionary.
pub(crate) fn attribute<'d>(
    dictionary: &'d Dictionary,
    code: &str,
) -> anyhow::Result<&'d Attribute> {
    dictionary
        .attribute(code)
        .with_context(|| format!("the dictionary has no {code}"))
}

/// The index of the category of that code in an attribute.
pub(crate) fn category(attribute: &Attribute, code: &str) -> anyhow::Result<u8> {
    let index = attribute
        .category(code)
        .with_context(|| format!("{} has no category {code}", attribute.code()))?;
    Ok(u8::try_from(index)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::values::STAFF_GROUPS;

    #[test]
    fn every_post_reads_back_as_its_role_and_staff_group() {
        let dictionary = vwis_model::here::dictionary();
        let catalogue = Catalogue::load(dictionary).unwrap();
        let role = dictionary.attribute("role").unwrap();
        for post in &catalogue.posts {
            let (_, usual, other) = STAFF_GROUPS[post.staff_group_spelling];
            let jobs: Vec<&str> = if post.group == Group::Doctors {
                Grade::all()
                    .filter(|grade| grade.is_doctors())
                    .map(|grade| grade.spellings()[0])
                    .collect()
            } else {
                vec![&post.job_role]
            };
            for job in jobs {
                for group in [usual, other] {
                    let both = format!("{group}|{job}");
                    let occupation = &*post.occupation_code;
                    let found = role.resolve_first([
                        job,
                        if job.is_empty() { "" } else { &both },
                        occupation,
                    ]);
                    let found = found.category().unwrap_or(role.unknown());
                    assert_eq!(found, usize::from(post.role), "{both} {occupation}");
                }
            }
        }
    }

    #[test]
    fn roles_keep_to_their_published_groups() {
        let dictionary = vwis_model::here::dictionary();
        let role = dictionary.attribute("role").unwrap();
        let profession = role.grouping("profession").unwrap();
        for post in &Catalogue::load(dictionary).unwrap().posts {
            let code = role.categories()[usize::from(post.role)].code();
            let found = profession.group_of(usize::from(post.role)).unwrap().code();
            let fits = match post.group {
                Group::Doctors => found == "medical",
                Group::Nurses => found == "nursing",
                Group::Midwives => found == "midwifery",
                Group::Ambulance => code == "paramedic",
                Group::Scientific => matches!(found, "ahp" | "scientific") && code != "paramedic",
                Group::SupportClinical | Group::SupportScientific | Group::SupportAmbulance => {
                    found == "support" || matches!(code, "administrator" | "other")
                }
                Group::Central => code == "administrator",
                Group::Estates => code == "estates_and_facilities",
                Group::Managers | Group::SeniorManagers => code == "manager",
                Group::Unclassified => code == "unknown",
            };
            assert!(fits, "{code} is not of {:?}", post.group);
        }
    }
}

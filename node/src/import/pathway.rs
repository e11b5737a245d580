//! The cancer pathway rule: which posts work on which pathway.
//!
//! The rule is a versioned file of lines that people can read and change; what it catches is
//! reported line by line, at the node only. A cancer manager's own list overrides it.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use regex::Regex;
use serde::Deserialize;
use vwis_model::{
    dictionary::{Attribute, normalise},
    here,
};

/// The built-in rule as text, for an organisation to copy from.
pub const DEFAULT: &str = include_str!("pathway/default.toml");
/// Longest text of a post that is matched, in bytes; titles have a few dozen.
const MOST_TEXT: usize = 512;

/// A rule, ready to place posts.
#[derive(Debug)]
pub struct PathwayRule {
    version: String,
    lines: Vec<Line>,
    not_cancer: u8,
    unknown: u8,
}

#[derive(Debug)]
struct Line {
    name: String,
    pathway: u8,
    /// Words that any of the post's texts may have.
    text: Option<Regex>,
    /// Words that one of the post's texts must have, in the order of [`Post::texts`].
    in_one: [Option<Regex>; 4],
    unless: Option<Regex>,
    roles: Vec<u8>,
    occupation_codes: Vec<String>,
}

/// What the rule reads of a post.
#[derive(Clone, Copy, Debug)]
pub(super) struct Post<'a> {
    /// The post's category of `role`.
    pub(super) role: u8,
    pub(super) occupation_code: &'a str,
    /// Position title, area of work, care group and job role, in this order.
    pub(super) texts: [&'a str; 4],
}

/// Where a post was placed: a category of `pathway`, and the line that did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) pathway: u8,
    pub(super) line: Option<u16>,
}

/// Why a rule cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PathwayRuleError {
    /// The rule's file cannot be read.
    #[error("{path}: {source}")]
    File {
        /// Path of the rule.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Not TOML, or keys that no rule has.
    #[error("{path}: {source}")]
    Syntax {
        /// Path of the rule.
        path: PathBuf,
        /// Line, column and key, as the parser gives them.
        source: Box<toml::de::Error>,
    },
    /// A category that the dictionary does not have.
    #[error("{path}, line \"{line}\": {attribute} has no category `{category}`")]
    Category {
        /// Path of the rule.
        path: PathBuf,
        /// Name of the rule's line.
        line: String,
        /// Code of the attribute.
        attribute: &'static str,
        /// What was written.
        category: String,
    },
    /// A line without a condition, or with a word that is none.
    #[error("{path}, line \"{line}\": {problem}")]
    Line {
        /// Path of the rule.
        path: PathBuf,
        /// Name of the rule's line.
        line: String,
        /// What is wrong.
        problem: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RuleText {
    version: String,
    #[serde(rename = "name")]
    _name: Option<String>,
    line: Vec<LineText>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineText {
    name: String,
    pathway: String,
    #[serde(default)]
    text: Vec<String>,
    #[serde(default)]
    position_title: Vec<String>,
    #[serde(default)]
    area_of_work: Vec<String>,
    #[serde(default)]
    care_group: Vec<String>,
    #[serde(default)]
    job_role: Vec<String>,
    #[serde(default)]
    unless: Vec<String>,
    #[serde(default)]
    role: Vec<String>,
    #[serde(default)]
    occupation_code: Vec<String>,
}

// === impl PathwayRule ===

impl PathwayRule {
    /// The built-in rule.
    ///
    /// # Panics
    /// Never in a program whose tests passed: they parse it.
    #[must_use]
    pub fn builtin() -> Self {
        Self::parse(DEFAULT, Path::new("the built-in rule")).expect("the built-in rule is sound")
    }

    /// The rule in the file at `path`.
    ///
    /// # Errors
    /// [`PathwayRuleError`] names the file, the line and the fix.
    pub fn read(path: &Path) -> Result<Self, PathwayRuleError> {
        let text = fs::read_to_string(path).map_err(|source| PathwayRuleError::File {
            path: path.to_owned(),
            source,
        })?;
        Self::parse(&text, path)
    }

    fn parse(text: &str, path: &Path) -> Result<Self, PathwayRuleError> {
        let text: RuleText = toml::from_str(text).map_err(|source| PathwayRuleError::Syntax {
            path: path.to_owned(),
            source: Box::new(source),
        })?;
        let pathway = attribute("pathway");
        let own = |code: &str| category(pathway, code).expect("the dictionary has this pathway");
        Ok(Self {
            version: text.version,
            lines: text
                .line
                .into_iter()
                .map(|line| line.compile(path))
                .collect::<Result<_, _>>()?,
            not_cancer: own("not_cancer"),
            unknown: own("unknown"),
        })
    }

    /// Its version, as reports name it.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The names of the rule's lines, in order.
    pub(super) fn line_names(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(|line| line.name.as_str())
    }

    /// Places a post by the first line that fits.
    pub(super) fn place(&self, post: Post<'_>) -> Placed {
        if post.occupation_code.is_empty() && post.texts.iter().all(|text| text.is_empty()) {
            return Placed {
                pathway: self.unknown,
                line: None,
            };
        }
        let texts = post.texts.map(|text| {
            let end = text.floor_char_boundary(MOST_TEXT);
            normalise(&text[..end])
        });
        let fitting = (0..)
            .zip(&self.lines)
            .find(|(_, line)| line.fits(post, &texts));
        match fitting {
            Some((number, line)) => Placed {
                pathway: line.pathway,
                line: Some(number),
            },
            None => Placed {
                pathway: self.not_cancer,
                line: None,
            },
        }
    }
}

// === impl Line ===

impl Line {
    fn fits(&self, post: Post<'_>, texts: &[String]) -> bool {
        let in_texts = |regex: &Regex| texts.iter().any(|text| regex.is_match(text));
        let in_one = |(regex, text): (&Option<Regex>, &String)| {
            regex.as_ref().is_none_or(|regex| regex.is_match(text))
        };
        self.text.as_ref().is_none_or(in_texts)
            && self.in_one.iter().zip(texts).all(in_one)
            && !self.unless.as_ref().is_some_and(in_texts)
            && (self.roles.is_empty() || self.roles.contains(&post.role))
            && (self.occupation_codes.is_empty()
                || self
                    .occupation_codes
                    .iter()
                    .any(|code| code_fits(code, post.occupation_code)))
    }
}

fn code_fits(pattern: &str, code: &str) -> bool {
    pattern.len() == code.len()
        && pattern
            .bytes()
            .zip(code.bytes())
            .all(|(pattern, b)| pattern == b'?' || pattern.eq_ignore_ascii_case(&b))
}

// === impl LineText ===

impl LineText {
    fn compile(self, path: &Path) -> Result<Line, PathwayRuleError> {
        let in_line = |problem: String| PathwayRuleError::Line {
            path: path.to_owned(),
            line: self.name.clone(),
            problem,
        };
        let in_one = [
            &self.position_title,
            &self.area_of_work,
            &self.care_group,
            &self.job_role,
        ];
        if self.text.is_empty()
            && in_one.iter().all(|words| words.is_empty())
            && self.role.is_empty()
            && self.occupation_code.is_empty()
        {
            let problem = "needs one of text, position_title, area_of_work, care_group, job_role, \
                           role, occupation_code";
            return Err(in_line(problem.to_owned()));
        }
        let [title, area, group, job] = in_one.map(|these| words(these).map_err(in_line));
        let no_category = |attribute, category: &str| PathwayRuleError::Category {
            path: path.to_owned(),
            line: self.name.clone(),
            attribute,
            category: category.to_owned(),
        };
        let role = attribute("role");
        Ok(Line {
            pathway: category(attribute("pathway"), &self.pathway)
                .ok_or_else(|| no_category("pathway", &self.pathway))?,
            text: words(&self.text).map_err(in_line)?,
            in_one: [title?, area?, group?, job?],
            unless: words(&self.unless).map_err(in_line)?,
            roles: self
                .role
                .iter()
                .map(|code| category(role, code).ok_or_else(|| no_category("role", code)))
                .collect::<Result<_, _>>()?,
            occupation_codes: self.occupation_code.clone(),
            name: self.name,
        })
    }
}

/// One expression that matches any of the words, each whole; `*` stands for any ending.
fn words(words: &[String]) -> Result<Option<Regex>, String> {
    if words.is_empty() {
        return Ok(None);
    }
    let mut alternatives = Vec::new();
    for word in words {
        let mut parts = Vec::new();
        for part in word.split_whitespace() {
            let (stem, ending) = match part.strip_suffix('*') {
                Some(stem) => (stem, r"\w*"),
                None => (part, ""),
            };
            let stem = normalise(stem);
            if stem.is_empty() {
                return Err(format!("`{word}` holds no word to look for"));
            }
            parts.push(regex::escape(&stem) + ending);
        }
        if parts.is_empty() {
            return Err("an empty word fits everything".to_owned());
        }
        alternatives.push(parts.join(" "));
    }
    Regex::new(&format!(r"\b(?:{})\b", alternatives.join("|")))
        .map(Some)
        .map_err(|error| error.to_string())
}

fn attribute(code: &str) -> &'static Attribute {
    here::dictionary()
        .attribute(code)
        .expect("the dictionary has the attributes of the rule")
}

fn category(attribute: &Attribute, code: &str) -> Option<u8> {
    let index = attribute.category(code)?;
    Some(u8::try_from(index).expect("an attribute has at most 64 categories"))
}

#[cfg(test)]
mod tests;

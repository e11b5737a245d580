//! `/dictionary`: what data sets, attributes, categories and groupings mean, and where they come
//! from.

use std::sync::{Arc, LazyLock};

use axum::response::Response;
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};
use vwis_model::{
    dictionary::{Attribute, Dictionary, Grouping},
    here,
};
use vwis_web::{caching::Freshness, content::Content, query::Given};

use crate::http::app::App;

static WHOLE: LazyLock<Content> = LazyLock::new(|| {
    let view = DictionaryView::of(here::dictionary());
    let json = serde_json::to_vec(&view).expect("codes and labels have a JSON form");
    Content::of_program(HeaderValue::from_static("application/json"), json.into())
});

/// The data dictionary that this aggregator speaks.
#[derive(Serialize, ToSchema)]
pub(crate) struct DictionaryView {
    /// Edition and hash; changes with any byte of its tables.
    pub version: String,
    /// The attribution and licence that go with codes and labels wherever they are published.
    pub licence: String,
    /// Which people have a row, and their attributes.
    pub data_sets: Vec<DataSetView>,
    /// Every attribute.
    pub attributes: Vec<AttributeView>,
}

/// Rows of people with the same attributes.
#[derive(Serialize, ToSchema)]
pub(crate) struct DataSetView {
    /// `staff`, `joiners` or `leavers` of a quarter, `year_joiners`, `year_leavers`, `applicants` or `career_movement`
    /// of a year.
    pub code: String,
    /// Name for people to read.
    pub label: String,
    /// Who has a row here.
    pub description: String,
    /// Codes of its attributes, in order.
    pub attributes: Vec<String>,
}

/// A coded column.
#[derive(Serialize, ToSchema)]
pub(crate) struct AttributeView {
    /// As tables and agreements name it.
    pub code: String,
    /// Name for people to read.
    pub label: String,
    /// What it says of a person, and the judgements in it.
    pub description: String,
    /// Where its categories come from.
    pub sources: Vec<SourceView>,
    /// Its categories, in the order that cells are counted in. The last is `unknown`.
    pub categories: Vec<CategoryView>,
    /// Coarser partitions that indicators use.
    pub groupings: Vec<GroupingView>,
}

/// A standard or publication.
#[derive(Serialize, ToSchema)]
pub(crate) struct SourceView {
    /// Name of the standard or publication.
    pub standard: String,
    /// Its edition.
    pub edition: String,
    /// The code list inside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
}

/// One value of an attribute.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({"code": "band_5", "label": "Band 5", "national": ["XR05"]}))]
pub(crate) struct CategoryView {
    /// Unique within its attribute.
    pub code: String,
    /// Name for people to read.
    pub label: String,
    /// The codes of the quoted national list that it takes in.
    pub national: Vec<String>,
}

/// A named, coarser partition of an attribute's categories.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupingView {
    /// Unique within its attribute.
    pub code: String,
    /// Name for people to read.
    pub label: String,
    /// Who defines it.
    pub source: String,
    /// Its parts; every category is in one.
    pub groups: Vec<GroupView>,
}

/// One part of a grouping.
#[derive(Serialize, ToSchema)]
pub(crate) struct GroupView {
    /// Unique within its grouping.
    pub code: String,
    /// Name for people to read.
    pub label: String,
    /// Codes of its categories.
    pub categories: Vec<String>,
}

pub(super) fn routes() -> OpenApiRouter<Arc<App>> {
    LazyLock::force(&WHOLE);
    OpenApiRouter::new().routes(routes!(whole))
}

/// The data dictionary, whole.
#[utoipa::path(
    get,
    path = "/dictionary",
    tag = "dictionary",
    responses((status = 200, description = "The data dictionary", body = DictionaryView))
)]
async fn whole(Given(()): Given<()>, headers: HeaderMap) -> Response {
    WHOLE.answer(&headers, Freshness::Latest)
}

// === impl DictionaryView ===

impl DictionaryView {
    fn of(dictionary: &Dictionary) -> Self {
        let data_sets = dictionary.data_sets().iter().map(|set| DataSetView {
            code: set.code().to_owned(),
            label: set.label().to_owned(),
            description: set.description().to_owned(),
            attributes: set
                .attributes()
                .iter()
                .map(|attribute| attribute.code().to_owned())
                .collect(),
        });
        let attributes = dictionary.attributes().iter();
        Self {
            version: dictionary.version().to_owned(),
            licence: dictionary.licence().to_owned(),
            data_sets: data_sets.collect(),
            attributes: attributes.map(|one| AttributeView::of(one)).collect(),
        }
    }
}

// === impl AttributeView ===

impl AttributeView {
    fn of(attribute: &Attribute) -> Self {
        let sources = attribute.sources().iter().map(|source| SourceView {
            standard: source.standard.clone(),
            edition: source.edition.clone(),
            list: source.list.clone(),
        });
        let categories = attribute.categories().iter().map(|category| CategoryView {
            code: category.code().to_owned(),
            label: category.label().to_owned(),
            national: category.national().to_vec(),
        });
        let groupings = attribute.groupings().iter();
        Self {
            code: attribute.code().to_owned(),
            label: attribute.label().to_owned(),
            description: attribute.description().to_owned(),
            sources: sources.collect(),
            categories: categories.collect(),
            groupings: groupings
                .map(|grouping| GroupingView::of(attribute, grouping))
                .collect(),
        }
    }
}

// === impl GroupingView ===

impl GroupingView {
    fn of(attribute: &Attribute, grouping: &Grouping) -> Self {
        let code_of = |at: &usize| attribute.categories()[*at].code().to_owned();
        let groups = grouping.groups().iter().map(|group| GroupView {
            code: group.code().to_owned(),
            label: group.label().to_owned(),
            categories: group.categories().iter().map(code_of).collect(),
        });
        Self {
            code: grouping.code().to_owned(),
            label: grouping.label().to_owned(),
            source: grouping.source().to_owned(),
            groups: groups.collect(),
        }
    }
}

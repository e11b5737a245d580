//! Filters: a form that asks for the same page of other staff.

use askama::Template;

use crate::ui::markup::parts;

/// Labelled choices and one button; it works without a script, and what is chosen stands in the
/// address.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/filters.html")]
pub struct Filters {
    /// Where the form leads.
    pub action: String,
    /// Parameters of the page's address that stay as they are.
    pub kept: Vec<(&'static str, String)>,
    /// From left to right.
    pub choices: Vec<Choice>,
}

parts!(Filters);

/// One choice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Of the query parameter.
    pub name: String,
    /// For people.
    pub label: String,
    /// Values and their words.
    pub options: Vec<(String, String)>,
    /// The value that is shown now.
    pub chosen: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::markup::Part;

    #[test]
    fn what_is_shown_now_is_chosen_and_every_choice_has_a_label() {
        let option = |value: &str, words: &str| (value.to_owned(), words.to_owned());
        let filters = Filters {
            action: "/".to_owned(),
            kept: vec![("org", "R0A".to_owned())],
            choices: vec![Choice {
                name: "locality".to_owned(),
                label: "Locality".to_owned(),
                options: vec![option("", "All ten"), option("bolton", "Bolton <north>")],
                chosen: "bolton".to_owned(),
            }],
        };
        let html = filters.html();
        let chosen = "<option value=\"bolton\" selected>Bolton &#60;north&#62;</option>";
        assert!(html.as_str().contains(chosen), "{html}");
        assert_eq!(html.as_str().matches(" selected").count(), 1);
        let kept = "<input type=\"hidden\" name=\"org\" value=\"R0A\">";
        assert!(html.as_str().contains(kept), "{html}");
        assert!(
            html.as_str().contains("<label for=\"f-locality\">"),
            "{html}"
        );
    }
}

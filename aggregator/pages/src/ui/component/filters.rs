//! Filters: a form that asks for the same page about other staff or another date.

use askama::Template;

use crate::ui::markup::parts;

/// A form with labelled choices and one button. It works without a script, and the address holds what is
/// chosen.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "ui/filters.html")]
pub struct Filters {
    /// The path that the form leads to.
    pub action: String,
    /// Parameters of the page's address that the form keeps.
    pub kept: Vec<(&'static str, String)>,
    /// The choices from left to right.
    pub choices: Vec<Choice>,
}

parts!(Filters);

/// A choice of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// The name of the parameter in the address.
    pub name: String,
    /// The label that people read.
    pub label: String,
    /// The values that can be chosen, with their words.
    pub options: Vec<(String, String)>,
    /// The value that is chosen now.
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

//! The grades of the publication, and the dictionary's bands for them.

use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error as _};

/// A grade: its index in [`GRADES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Grade(u8);

/// Grades in order: the code in the demo's tables, the band in the dictionary, the least age of its people
/// (a judgement), and how extracts spell it.
const GRADES: [(&str, &str, i16, &[&str]); 24] = [
    ("band_1", "afc_1", 18, &["Band 1"]),
    ("band_2", "afc_2", 18, &["Band 2"]),
    ("band_3", "afc_3", 18, &["Band 3"]),
    ("band_4", "afc_4", 19, &["Band 4"]),
    ("band_5", "afc_5", 21, &["Band 5"]),
    ("band_6", "afc_6", 23, &["Band 6"]),
    ("band_7", "afc_7", 26, &["Band 7"]),
    ("band_8a", "afc_8a", 29, &["Band 8 - Range A", "Band 8a"]),
    ("band_8b", "afc_8b", 32, &["Band 8 - Range B", "Band 8b"]),
    ("band_8c", "afc_8c", 35, &["Band 8 - Range C", "Band 8c"]),
    ("band_8d", "afc_8d", 37, &["Band 8 - Range D", "Band 8d"]),
    ("band_9", "afc_9", 38, &["Band 9"]),
    ("vsm", "vsm", 40, &["VSM", "Very Senior Manager"]),
    (
        "not_afc",
        "other",
        21,
        &["Non AfC", "Local", "Spot Salary", "Ad hoc salary"],
    ),
    (
        "consultant",
        "consultant",
        33,
        &[
            "Consultant",
            "Consultant (M&D)",
            "Consultant - 2003 contract",
        ],
    ),
    (
        "associate_specialist",
        "career_grade",
        36,
        &["Associate Specialist"],
    ),
    (
        "specialty_doctor",
        "career_grade",
        29,
        &["Specialty Doctor"],
    ),
    ("staff_grade", "career_grade", 33, &["Staff Grade"]),
    (
        "hospital_practitioner",
        "career_grade",
        33,
        &["Hospital Practitioner", "Clinical Assistant"],
    ),
    (
        "other_doctor",
        "career_grade",
        28,
        &["Trust Grade Doctor - Career Grade level"],
    ),
    (
        "foundation_1",
        "doctor_in_training",
        23,
        &["Foundation Year 1", "Foundation Doctor Year 1"],
    ),
    (
        "foundation_2",
        "doctor_in_training",
        24,
        &["Foundation Year 2", "Foundation Doctor Year 2"],
    ),
    (
        "core_training",
        "doctor_in_training",
        25,
        &["Core Training", "Core Trainee"],
    ),
    (
        "specialty_registrar",
        "doctor_in_training",
        27,
        &["Specialty Registrar", "Specialist Registrar", "StR"],
    ),
];

/// The index at which the grades of doctors begin.
const FIRST_OF_DOCTORS: u8 = 14;
const NOT_AFC: u8 = 13;

// === impl Grade ===

impl Grade {
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        (0..24).map(Self)
    }

    pub(crate) fn index(self) -> usize {
        usize::from(self.0)
    }

    /// The code of its category of `band`.
    pub(crate) fn band(self) -> &'static str {
        GRADES[self.index()].1
    }

    /// The least age of somebody of this grade, in years.
    pub(crate) fn least_age(self) -> i16 {
        GRADES[self.index()].2
    }

    /// How extracts spell it, the most common spelling first.
    pub(crate) fn spellings(self) -> &'static [&'static str] {
        GRADES[self.index()].3
    }

    /// The number in its pay scale code, such as 5 in `XR05`, if it is an Agenda for Change band.
    pub(crate) fn scale_digits(self) -> Option<u8> {
        (self.0 < 12).then_some(self.0 + 1)
    }

    pub(crate) fn is_consultant(self) -> bool {
        self.0 == FIRST_OF_DOCTORS
    }

    /// Whether it is that of doctors in training, who change employers on rotation.
    pub(crate) fn is_training(self) -> bool {
        self.band() == "doctor_in_training"
    }

    pub(crate) fn is_doctors(self) -> bool {
        self.0 >= FIRST_OF_DOCTORS
    }

    /// Whether its people are paid by contracts of their own, which say nothing about the level of a post.
    pub(crate) fn is_not_afc(self) -> bool {
        self.0 == NOT_AFC
    }

    /// The next band up, if there is one.
    pub(crate) fn next_band(self) -> Option<Self> {
        (self.0 < 11).then_some(Self(self.0 + 1))
    }

    /// Whether a post for grades from `least` to `most` can have this grade. One outside Agenda for Change
    /// fits every post but doctors'.
    pub(crate) fn is_within(self, least: Self, most: Self) -> bool {
        (least..=most).contains(&self) || (self.is_not_afc() && !least.is_doctors())
    }
}

impl FromStr for Grade {
    type Err = String;

    fn from_str(code: &str) -> Result<Self, String> {
        (0..)
            .zip(GRADES)
            .find(|(_, grade)| grade.0 == code)
            .map(|(index, _)| Self(index))
            .ok_or_else(|| format!("`{code}` is no grade"))
    }
}

impl<'de> Deserialize<'de> for Grade {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use vwis_model::dictionary::Resolution;

    use super::*;

    #[test]
    fn every_spelling_of_a_grade_reads_back_as_its_band() {
        let band = vwis_model::here::dictionary().attribute("band").unwrap();
        for grade in Grade::all() {
            let own = band.category(grade.band()).unwrap();
            for spelling in grade.spellings() {
                assert_eq!(band.resolve(spelling), Resolution::Firm(own), "{spelling}");
            }
            if let Some(digits) = grade.scale_digits() {
                let code = format!("XR{digits:02}");
                let long = format!("NHS|{code}|Review Body {}", grade.spellings()[0]);
                for spelling in [code.clone(), long, format!("NHS|{code}")] {
                    assert_eq!(band.resolve(&spelling), Resolution::Firm(own), "{spelling}");
                }
            }
        }
    }
}

use std::fs;

use super::*;

fn read(content: &str) -> Result<Vec<Posts>, ByHandError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.csv");
    fs::write(&path, content).unwrap();
    let ours = "R0A".parse().unwrap();
    read_establishment(&path, Encoding::Utf8, None, &Mapping::builtin(), &ours)
}

#[test]
fn posts_are_read_by_group_band_and_place() {
    let posts = read(
        "Staff Group,Band,Location,Funded FTE\nNursing,Band 5,Bolton,120.45\nAHP,unknown,,3\n",
    );
    assert_eq!(
        posts.unwrap(),
        [
            Posts {
                of: ["nursing_and_midwifery", "afc_5", "e08000001"],
                fte_hundredths: 12_045
            },
            Posts {
                of: ["allied_health_professionals", "unknown", "unknown"],
                fte_hundredths: 300
            },
        ]
    );
}

#[test]
fn a_bad_row_refuses_the_file_and_is_named() {
    for (content, expected) in [
        (
            "Staff Group,Posts\nWizards,1\n",
            "line 2: `(not shown: it may be a person's)` is no staff_group",
        ),
        (
            "Staff Group,Posts\nNursing,-1\n",
            "`-1` is no number of posts",
        ),
        (
            "Staff Group,Posts\nNursing,1\nAHP,2\nNursing,1\n",
            "line 4: `` is no row of its own; expected each row once, and this one is as line 2",
        ),
        (
            "Staff Group,Posts\nNursing,1\n,3\n",
            "line 3: `` is no staff_group",
        ),
        (
            "Staff Group,Band,Posts\nNursing,Band 5,1\nNursing,,3\n",
            "line 3: `` is no band; expected one, or `unknown`; a row without it may be a subtotal",
        ),
        (
            "ODS Code,Staff Group,Posts\nR0A,Nursing,1\nRM3,Nursing,3\n",
            "is no posts of this organisation; expected R0A",
        ),
        (
            "Staff Group,Band,Location,Posts\nNursing,Band 5,Bolton,1\nNursing,Band 5,,3\n",
            "line 3: `` is no place of posts; expected a place in all rows of a group and band, or \
             `unknown`: line 2 has it with one",
        ),
        (
            "Staff Group,Location,Posts\nNursing,,4\nNursing,Bolton,1\n",
            "line 3: `Bolton` is no place of posts; expected a place in all rows of a group and band, or \
             `unknown`: line 2 has it without one",
        ),
        (
            "Staff Group,Posts,Posts\nNursing,1,2\n",
            "columns `posts` (2), `posts` (3) mean the same",
        ),
        (
            "Staff Group,Funded FTE,Budgeted WTE\nNursing,1,2\n",
            "columns `funded fte` (2), `budgeted wte` (3) mean the same",
        ),
        (
            "Staff Group,NHS Staff Group,Posts\nNursing,AHP,2\n",
            "columns `staff group` (1), `nhs staff group` (2) mean the same",
        ),
        ("Staff Group,Hats\nNursing,1\n", "must name a staff group"),
        ("Staff Group,Posts\n", "holds no rows"),
    ] {
        let error = read(content).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn posts_in_some_place_and_in_none_are_no_total() {
    for content in [
        "Staff Group,Location,Posts\nNursing,Bolton,1\nAHP,,3\n",
        "Staff Group,Location,Posts\nNursing,Bolton,1\nNursing,unknown,3\nNursing,Wigan,2\n",
        "Staff Group,Band,Location,Posts\nNursing,Band 5,Bolton,1\nNursing,Band 6,,3\n",
        "Staff Group,Posts\nNursing,1\nNursing,3\n",
    ] {
        assert!(read(content).is_ok(), "{content}");
    }
    let titled = read("Funded establishment\n30 September 2026\nStaff Group,Posts\nNursing,1\n");
    assert_eq!(titled.unwrap().len(), 1);
}

/// A change that is made to each sheet.
type Change<'c> = &'c dyn Fn(&mut rust_xlsxwriter::Worksheet);

#[test]
fn a_workbook_of_which_more_or_less_is_read_than_is_seen_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("posts.xlsx");
    let ours = "R0A".parse().unwrap();
    let merge = |sheet: &mut rust_xlsxwriter::Worksheet, column| {
        let format = rust_xlsxwriter::Format::new();
        sheet
            .merge_range(1, column, 2, column, "Bolton", &format)
            .unwrap();
    };
    let cases: [(usize, Change<'_>, Option<&str>, Option<&str>); 8] = [
        (1, &|_| {}, None, None),
        (
            1,
            &|sheet| {
                sheet.set_row_hidden(2).unwrap();
            },
            None,
            Some("1 row of the sheet are hidden"),
        ),
        (
            1,
            &|sheet| {
                sheet.set_column_hidden(1).unwrap();
            },
            None,
            Some("column `funded fte` is hidden: show it"),
        ),
        // Columns that nothing reads do not matter.
        (
            1,
            &|sheet| {
                sheet.set_column_hidden(3).unwrap();
            },
            None,
            None,
        ),
        (
            1,
            &|sheet| merge(sheet, 2),
            None,
            Some("from line 2 on, cells are merged over several rows"),
        ),
        (1, &|sheet| merge(sheet, 3), None, None),
        (
            3,
            &|_| {},
            None,
            Some("another visible sheet has a header too, and would not be read (`B`, `C`)"),
        ),
        (3, &|_| {}, Some("B"), None),
    ];
    for (sheets, change, named, expected) in cases {
        let mut workbook = rust_xlsxwriter::Workbook::new();
        for name in &["A", "B", "C"][..sheets] {
            let sheet = workbook.add_worksheet().set_name(*name).unwrap();
            for (row, cells) in (0..).zip([
                ["Staff Group", "Funded FTE", "Location", "Note"],
                ["Nursing", "5", "Bolton", "old"],
                ["AHP", "3", "Bury", "new"],
            ]) {
                sheet.write_row(row, 0, cells).unwrap();
            }
            change(sheet);
        }
        let notes = workbook.add_worksheet().set_name("Notes").unwrap();
        notes.write(0, 0, "Staff Group").unwrap();
        notes.set_column_hidden(0).unwrap();
        workbook.save(&path).unwrap();
        let read = read_establishment(&path, Encoding::Utf8, named, &Mapping::builtin(), &ours);
        let said = read.err().map(|error| error.to_string());
        match expected {
            None => assert_eq!(said, None),
            Some(expected) => {
                let said = said.unwrap();
                assert!(said.contains(expected), "{said}");
            }
        }
    }
}

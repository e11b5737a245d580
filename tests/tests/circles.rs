//! No circle of files: what a module knows does not know it.
//!
//! Of the children of one module, each may know those below it and none that knows it, however far round.
//! Parent and child may know each other. Tests are left out: they look at everything.

#![expect(
    clippy::unwrap_used,
    reason = "what fails here fails the test, at this line"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use syn::{
    Attribute, Item, UseTree,
    visit::{self, Visit},
};

/// The sources of every crate.
const SOURCES: [&str; 12] = [
    "aggregator/src",
    "aggregator/picture/src",
    "aggregator/pages/src",
    "deploy/demo/src",
    "node/src",
    "node/noise/src",
    "proto/src",
    "proto/host/src",
    "proto/link/src",
    "proto/model/src",
    "proto/web/src",
    "tests/src",
];

/// A module by the names on the way to it.
type Module = Vec<String>;

/// Of the children of one module, which knows which, and by which file.
type Knows = BTreeMap<Module, BTreeMap<String, BTreeMap<String, String>>>;

/// What a file names: paths, as they are written.
#[derive(Default)]
struct Named(Vec<Module>);

fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let list = attribute.meta.require_list();
        let cfg = list.ok().filter(|list| list.path.is_ident("cfg"));
        cfg.is_some_and(|cfg| {
            let condition = cfg.tokens.to_string();
            condition.contains("test") || condition.contains("debug_assertions")
        })
    })
}

impl<'ast> Visit<'ast> for Named {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Mod(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            _ => &Vec::new(),
        };
        if is_of_tests(attributes) {
            return;
        }
        if let Item::Use(item) = item {
            self.names_of(&item.tree, &[]);
        }
        visit::visit_item(self, item);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names = path.segments.iter().map(|one| one.ident.to_string());
        self.0.push(names.collect());
        visit::visit_path(self, path);
    }
}

// === impl Named ===

impl Named {
    fn names_of(&mut self, tree: &UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            UseTree::Path(path) => self.names_of(&path.tree, &with(&path.ident)),
            UseTree::Group(group) => {
                for one in &group.items {
                    self.names_of(one, before);
                }
            }
            UseTree::Name(name) => self.0.push(with(&name.ident)),
            UseTree::Rename(name) => self.0.push(with(&name.ident)),
            UseTree::Glob(_) => self.0.push(before.to_vec()),
        }
    }
}

/// Every module below `folder`, and what its file names.
fn modules(folder: &Path, at: &[String], all: &mut BTreeMap<Module, Vec<Module>>) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_by_key(fs::DirEntry::path);
    for entry in entries {
        let path = entry.path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if ["tests", "testing"].contains(&&*name) {
            continue;
        }
        let module = [at, std::slice::from_ref(&name)].concat();
        if path.is_dir() {
            modules(&path, &module, all);
            continue;
        }
        if path.extension().is_none_or(|end| end != "rs") {
            continue;
        }
        let file = syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
        let mut named = Named::default();
        named.visit_file(&file);
        let module = match &*name {
            "lib" | "main" | "mod" => at.to_vec(),
            _ => module,
        };
        all.entry(module).or_default().extend(named.0);
    }
}

/// The module that a path within `from` is of, if it is one of this crate's.
fn resolved(path: &[String], from: &Module, all: &BTreeMap<Module, Vec<Module>>) -> Option<Module> {
    let mut at = from.clone();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => {
            at.clear();
            rest = &rest[1..];
        }
        "self" => rest = &rest[1..],
        _ => {
            while rest.first().is_some_and(|name| name == "super") {
                at.pop()?;
                rest = &rest[1..];
            }
        }
    }
    at.extend_from_slice(rest);
    while !at.is_empty() && !all.contains_key(&at) {
        at.pop();
    }
    Some(at)
}

fn knows(all: &BTreeMap<Module, Vec<Module>>) -> Knows {
    let mut knows = Knows::new();
    for (from, named) in all {
        for to in named.iter().filter_map(|path| resolved(path, from, all)) {
            let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
            if let (Some(own), Some(other)) = (from.get(common), to.get(common)) {
                let level = knows.entry(from[..common].to_vec()).or_default();
                let others = level.entry(own.clone()).or_default();
                let by = format!("{} names {}", from.join("/"), to.join("/"));
                others.entry(other.clone()).or_insert(by);
            }
        }
    }
    knows
}

/// What is left once all are taken away that know none of the rest, or are known by none of it.
fn circle(level: &BTreeMap<String, BTreeMap<String, String>>) -> Vec<String> {
    let mut left: BTreeSet<&String> = level.keys().collect();
    loop {
        let knows = |own: &String, other: &String| level[own].contains_key(other);
        let is_free = |one: &&&String| {
            let knows_none = !left.iter().any(|other| knows(one, other));
            knows_none || !left.iter().any(|other| knows(other, one))
        };
        let Some(free) = left.iter().find(is_free).copied() else {
            break;
        };
        left.remove(free);
    }
    let of = |own: &String| {
        let others = level[own].iter();
        let others = others.filter(|(other, _)| left.contains(other));
        others.map(|(_, by)| by.clone()).collect::<Vec<_>>()
    };
    left.iter().flat_map(|own| of(own)).collect()
}

#[test]
fn no_module_knows_one_that_knows_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut circles = Vec::new();
    for source in SOURCES {
        let mut all = BTreeMap::new();
        modules(&root.join(source), &[], &mut all);
        assert!(all.len() > 1, "{source} has modules");
        for (at, level) in knows(&all) {
            let circle = circle(&level);
            if !circle.is_empty() {
                let (at, lines) = (at.join("::"), circle.join("\n  "));
                circles.push(format!("{source}, in `{at}`:\n  {lines}"));
            }
        }
    }
    assert!(circles.is_empty(), "circles:\n{}", circles.join("\n"));
}

#[test]
fn a_circle_is_found_whatever_lies_on_its_way() {
    let of = |text: &str| {
        let mut named = Named::default();
        named.visit_file(&syn::parse_file(text).unwrap());
        named.0
    };
    let module = |path: &str| path.split("::").map(str::to_owned).collect::<Vec<_>>();
    let with = |last: &str| {
        let mut all = BTreeMap::from([
            (Vec::new(), of("mod a; mod b; mod c;")),
            (module("a"), of("use crate::b::B;")),
            (module("b"), of("use super::c::{self, inner::C};")),
            (module("c"), of("mod inner;")),
        ]);
        all.insert(module("c::inner"), of(last));
        knows(&all)
            .values()
            .flat_map(circle)
            .collect::<Vec<String>>()
    };
    for last in [
        "use crate::a::A;",
        "fn f() -> crate::a::A { todo!() }",
        "fn f() { super::super::a::g() }",
    ] {
        assert_eq!(with(last).len(), 3, "{last}");
    }
    for last in [
        "#[cfg(test)] mod tests { use crate::a::A; }",
        "use super::C;",
    ] {
        assert_eq!(with(last), Vec::<String>::new(), "{last}");
    }
}

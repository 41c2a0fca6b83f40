//! Which file imports from which: paths in `use` and in the code, followed through re-exports to the file that defines.

use std::collections::{BTreeMap, BTreeSet};

use crate::sources::Source;

/// Path of a module below the crate, such as `["http", "edge", "problem"]`.
pub type Module = Vec<String>;

/// One name that a `use` brings into a module.
struct Use {
    is_public: bool,
    name: String,
    path: Module,
}

/// Re-exports of re-exports are followed this far.
const MOST_STEPS: usize = 8;

/// Returns the files each file imports from. What a `mod.rs` only passes on, it does not import.
pub fn imports(sources: &[Source]) -> BTreeMap<Module, BTreeSet<Module>> {
    let uses: BTreeMap<&Module, Vec<Use>> = sources
        .iter()
        .map(|source| (&source.module, uses_of(&source.code)))
        .collect();
    sources
        .iter()
        .map(|source| {
            let own = &source.module;
            let used = uses[own]
                .iter()
                .filter(|used| !(used.is_public && source.opens_a_room()))
                .map(|used| used.path.clone());
            let named = paths_in(&without_uses(&source.code));
            let imported: BTreeSet<Module> = used
                .chain(named)
                .filter_map(|path| absolute(&uses, own, &path))
                .map(|path| defining(&uses, path, 0))
                .filter(|module| module != own && !module.is_empty())
                .collect();
            (own.clone(), imported)
        })
        .collect()
}

/// Returns the files that stand in circles: those from which imports lead back to themselves.
pub fn in_circles(imports: &BTreeMap<Module, BTreeSet<Module>>) -> BTreeSet<Module> {
    let leads_back = |own: &&Module| {
        let mut reached: BTreeSet<&Module> = BTreeSet::new();
        let mut next = vec![*own];
        while let Some(module) = next.pop() {
            let imported = imports.get(module).into_iter().flatten();
            next.extend(imported.filter(|other| reached.insert(other)));
        }
        reached.contains(own)
    };
    imports.keys().filter(leads_back).cloned().collect()
}

/// A path from the root of the crate, or nothing where it leads outside.
fn absolute(uses: &BTreeMap<&Module, Vec<Use>>, own: &Module, path: &[String]) -> Option<Module> {
    let mut base = own.clone();
    let mut rest = path;
    match rest.first()?.as_str() {
        "crate" => return Some(rest[1..].to_vec()),
        "super" | "self" => {
            while let Some(step @ ("super" | "self")) = rest.first().map(String::as_str) {
                if step == "super" {
                    base.pop()?;
                }
                rest = &rest[1..];
            }
        }
        child => {
            base.push(child.to_owned());
            if !uses.contains_key(&base) {
                return None;
            }
            rest = &rest[1..];
        }
    }
    base.extend(rest.iter().cloned());
    Some(base)
}

/// The module whose file defines what a path names.
fn defining(uses: &BTreeMap<&Module, Vec<Use>>, path: Module, steps: usize) -> Module {
    let known = (0..=path.len())
        .rev()
        .find(|length| uses.contains_key(&path[..*length].to_vec()))
        .unwrap_or_default();
    let (module, rest) = (path[..known].to_vec(), &path[known..]);
    let (Some(item), true) = (rest.first(), steps < MOST_STEPS) else {
        return module;
    };
    let passed_on = uses.get(&module).into_iter().flatten();
    for used in passed_on.filter(|used| used.name == *item) {
        if let Some(mut target) = absolute(uses, &module, &used.path) {
            target.extend(rest[1..].iter().cloned());
            if target != path {
                return defining(uses, target, steps + 1);
            }
        }
    }
    module
}

fn uses_of(code: &str) -> Vec<Use> {
    let mut uses = Vec::new();
    for (statement, is_public) in statements(code) {
        flatten(&mut uses, &[], &statement, is_public);
    }
    uses
}

/// The trees of `use` statements, and whether they pass on what they name.
fn statements(code: &str) -> Vec<(String, bool)> {
    let mut found = Vec::new();
    let mut open: Option<(String, bool)> = None;
    for line in code.lines() {
        let line = line.trim();
        let (tree, is_public) = match open.take() {
            Some((so_far, is_public)) => (so_far + line, is_public),
            None => match tree_in(line) {
                Some((tree, is_public)) => (tree.to_owned(), is_public),
                None => continue,
            },
        };
        match tree.split_once(';') {
            Some((whole, _)) => found.push((whole.to_owned(), is_public)),
            None => open = Some((tree, is_public)),
        }
    }
    found
}

fn tree_in(line: &str) -> Option<(&str, bool)> {
    if let Some(tree) = line.strip_prefix("use ") {
        return Some((tree, false));
    }
    let rest = line.strip_prefix("pub")?;
    let rest = match rest.strip_prefix('(') {
        Some(scope) => scope.split_once(')')?.1,
        None => rest,
    };
    Some((rest.strip_prefix(" use ")?, true))
}

fn flatten(uses: &mut Vec<Use>, before: &[String], tree: &str, is_public: bool) {
    let tree = tree.trim();
    if let Some((prefix, list)) = tree.split_once('{') {
        let mut before = before.to_vec();
        before.extend(segments(prefix));
        let list = list.rsplit_once('}').map_or(list, |(list, _)| list);
        for part in parts(list) {
            flatten(uses, &before, part, is_public);
        }
        return;
    }
    let (path, alias) = match tree.split_once(" as ") {
        Some((path, alias)) => (path, Some(alias.trim().to_owned())),
        None => (tree, None),
    };
    let mut path: Module = before.iter().cloned().chain(segments(path)).collect();
    if path.len() > 1 {
        path.pop_if(|last| last == "self");
    }
    if let Some(last) = path.last().cloned() {
        uses.push(Use {
            is_public,
            name: alias.unwrap_or(last),
            path,
        });
    }
}

/// Parts of a list between commas that stand in no inner list.
fn parts(list: &str) -> Vec<&str> {
    let mut depth = 0_i32;
    let split = list.split(move |character| {
        depth += i32::from(character == '{') - i32::from(character == '}');
        character == ',' && depth == 0
    });
    split.filter(|part| !part.trim().is_empty()).collect()
}

fn without_uses(code: &str) -> String {
    let mut rest = String::new();
    let mut is_inside = false;
    for line in code.lines() {
        is_inside = is_inside || tree_in(line.trim()).is_some();
        if !is_inside {
            rest.push_str(line);
            rest.push('\n');
        }
        is_inside = is_inside && !line.contains(';');
    }
    rest
}

/// Paths of two segments and more in the code; scopes of visibility are none.
fn paths_in(code: &str) -> Vec<Module> {
    let mut pieces = code.split("pub(in ");
    let mut scopeless = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        scopeless.push_str(piece.split_once(')').map_or(piece, |(_, after)| after));
    }
    scopeless
        .split(|character: char| !(character.is_alphanumeric() || "_:".contains(character)))
        .filter(|word| word.contains("::") && !word.starts_with("::"))
        .map(|word| segments(word).collect())
        .collect()
}

fn segments(path: &str) -> impl Iterator<Item = String> {
    path.split("::")
        .map(|segment| segment.trim().trim_matches(':').to_owned())
        .filter(|segment| !segment.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(module: &str, file: &str, code: &str) -> Source {
        Source {
            path: file.into(),
            module: segments(module).collect(),
            text: code.to_owned(),
            code: code.to_owned(),
        }
    }

    fn circle(sources: &[Source]) -> Vec<String> {
        let found = in_circles(&imports(sources));
        found.iter().map(|module| module.join("::")).collect()
    }

    #[test]
    fn circles_are_found_through_re_exports_and_plain_paths() {
        let room = source(
            "a",
            "a/mod.rs",
            "mod b;\nmod c;\npub use b::{B, Other as Named};\n",
        );
        let user = source(
            "a::c",
            "a/c.rs",
            "use super::{\n    Named,\n};\npub struct C;\n",
        );
        let plain = source(
            "a::b",
            "a/b.rs",
            "pub struct B(super::c::C);\npub struct Other;\n",
        );
        assert_eq!(circle(&[room, user, plain]), ["a::b", "a::c"]);
    }

    #[test]
    fn passing_on_is_no_import_and_a_scope_is_none_either() {
        let room = source(
            "a",
            "a/mod.rs",
            "mod b;\npub(super) use b::B;\npub struct A;\n",
        );
        let child = source(
            "a::b",
            "a/b.rs",
            "pub(in crate::a) struct B(crate::a::A);\n",
        );
        assert_eq!(circle(&[room, child]), Vec::<String>::new());
        let room = source("a", "a/mod.rs", "mod b;\nuse b::B;\npub struct A(B);\n");
        let child = source("a::b", "a/b.rs", "pub struct B(Box<crate::a::A>);\n");
        assert_eq!(circle(&[room, child]), ["a", "a::b"]);
    }
}

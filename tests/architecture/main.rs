//! Holds the floors: a module imports only from modules below it, no files of a room import each other in a circle, and
//! files and rooms stay small enough to read.

mod imports;
mod scripts;
mod sources;

use std::collections::BTreeMap;

use imports::{imports, in_circles};
use sources::{Source, sources};

/// Floors from the ground up; modules of one floor do not see each other.
const FLOORS: &[&[&str]] = &[
    &["time"],
    &["ids"],
    &[
        "safety", "signing", "push", "language", "mail", "client", "bus",
    ],
    &[
        "knowledge",
        "encoder",
        "locale",
        "dialogue",
        "sealing",
        "record",
    ],
    &["pipeline"],
    &["staff", "identity", "schedule"],
    &["conversation", "sso"],
    &["store"],
    &["desk", "insights", "evaluation", "backup"],
    &["relay", "report"],
    &["http"],
    &["config"],
    &["commands"],
];

/// Floors inside a room, likewise; what stands beside its inner rooms is not named here.
const INNER_FLOORS: &[(&str, &[&[&str]])] = &[
    (
        "http",
        &[
            &["edge"],
            &["wire"],
            &[
                "visitors",
                "assistants",
                "staff",
                "console",
                "help",
                "handbook",
            ],
        ],
    ),
    ("desk", &[&["visitors", "workplace", "library"]]),
    (
        "store",
        &[
            &["staff"],
            &["knowledge", "conversations"],
            &["tickets"],
            &["delivery"],
            &["turns"],
            &["insights", "record", "privacy"],
        ],
    ),
];

/// Imports within one floor that are allowed all the same, each with its reason.
const ALLOWED_SIDEWAYS: &[(&str, &str, &str)] = &[(
    "safety",
    "language",
    "phrases are matched in the form that language folds text to; language knows nothing of safety",
)];

const LONGEST_FILE: usize = 500;

/// Most files of one room of `http`, its `mod.rs` among them.
const MOST_FILES_OF_A_DOOR: usize = 14;

#[test]
fn imports_point_down() {
    let mut faults = Vec::new();
    for source in sources() {
        let Some(floor) = floor_of(FLOORS, source.room()) else {
            continue;
        };
        for imported in imported_modules(&source.text) {
            let Some(other) = floor_of(FLOORS, &imported) else {
                continue;
            };
            let allowed = ALLOWED_SIDEWAYS
                .iter()
                .any(|(from, to, _)| *from == source.room() && *to == imported);
            if imported != source.room() && other >= floor && !allowed {
                faults.push(format!(
                    "{} imports crate::{imported}",
                    source.path.display()
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn imports_point_down_inside_rooms_too() {
    let mut faults = Vec::new();
    for (own, imported) in imports(&sources()) {
        for other in imported {
            let (Some(from), Some(to)) = (inner_floor(&own), inner_floor(&other)) else {
                continue;
            };
            if own[0] == other[0] && own[1] != other[1] && to >= from {
                faults.push(format!("{} imports {}", own.join("::"), other.join("::")));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let imports = imports(&sources());
    let circles = in_circles(&imports);
    let faults: Vec<String> = circles
        .iter()
        .map(|own| {
            let others = imports[own].intersection(&circles);
            let others: Vec<String> = others.map(|other| other.join("::")).collect();
            format!("{} <-> {}", own.join("::"), others.join(", "))
        })
        .collect();
    assert!(
        faults.is_empty(),
        "move what both need to a file below them:\n{}",
        faults.join("\n")
    );
}

#[test]
fn every_module_stands_on_a_floor() {
    for source in sources() {
        let room = source.room();
        assert!(
            room.is_empty() || floor_of(FLOORS, room).is_some(),
            "{} belongs to no floor; add `{room}` to FLOORS and to src/lib.rs",
            source.path.display()
        );
    }
}

#[test]
fn files_and_rooms_stay_readable() {
    let mut doors: BTreeMap<String, usize> = BTreeMap::new();
    for source in sources() {
        let lines = source.text.lines().count();
        assert!(
            lines <= LONGEST_FILE,
            "{} has {lines} lines; give it a second room",
            source.path.display()
        );
        assert!(
            source.text.starts_with("//!"),
            "{} does not say what it is for",
            source.path.display()
        );
        if source.room() == "http" {
            *doors.entry(folder_of(&source)).or_default() += 1;
        }
    }
    for (folder, files) in doors {
        assert!(
            files <= MOST_FILES_OF_A_DOOR,
            "{folder} holds {files} files; give it rooms of its own"
        );
    }
}

#[test]
fn no_desk_gives_away_the_store_or_the_engine() {
    let given_away = ["&Store", "&Reader", "&Engine", "&Arc<Engine>"];
    let mut faults = Vec::new();
    for source in sources() {
        if source.room() != "desk" {
            continue;
        }
        for line in source.text.lines() {
            let line = line.trim();
            let is_open = ["pub fn ", "pub async fn "]
                .iter()
                .any(|begin| line.starts_with(begin));
            let gives = |what: &&str| line.contains(&format!("-> {what} {{"));
            if is_open && given_away.iter().any(gives) {
                faults.push(format!("{}: {line}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// A new messenger is added in six files. One that waits for its reply is named in `replying.rs` too, and one that proves who
/// it is in a way of its own in the description of the address it calls.
#[test]
fn a_messenger_is_named_in_few_files() {
    const PLACES: [&str; 7] = [
        "src/conversation/channel.rs",
        "src/store/delivery/kinds.rs",
        "src/relay/messengers/mod.rs",
        "src/relay/messengers/which.rs",
        "src/relay/messengers/replying.rs",
        "src/http/staff/programs/messenger_body.rs",
        "src/http/visitors/channels.rs",
    ];
    let mut faults = Vec::new();
    for messenger in ["slack", "whatsapp", "kakao", "discord"] {
        let own = format!("src/relay/messengers/{messenger}.rs");
        let own = own.as_str();
        for source in sources() {
            let mut places = PLACES.iter().chain([&own]);
            let is_place = places.any(|place| source.path.ends_with(place));
            let is_named = source.code.to_lowercase().contains(messenger);
            if is_named && !is_place {
                faults.push(format!("{} names {messenger}", source.path.display()));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// Counters and caches in memory are right only where somebody has thought of the other processes that share the database.
#[test]
fn what_is_kept_in_memory_says_what_other_processes_know_of_it() {
    let kept = ["Mutex<", "RwLock<", "AtomicI64", "AtomicU64"];
    let mut faults = Vec::new();
    for source in sources() {
        // A command is one process and ends, and an encoder's lock is around its own work.
        if ["commands", "encoder"].contains(&source.room()) {
            continue;
        }
        let is_kept = source.code.lines().any(|line| {
            let is_import = line.trim_start().starts_with("use ");
            // That one is a turn to take, and keeps nothing.
            let line = line.replace("Mutex<()>", "");
            !is_import && kept.iter().any(|what| line.contains(what))
        });
        let is_said = source.text.lines().any(|line| {
            let line = line.trim_start();
            line.starts_with("//") && line.contains("process")
        });
        if is_kept && !is_said {
            faults.push(source.path.display().to_string());
        }
    }
    assert!(
        faults.is_empty(),
        "say in a comment what of it is of this process, and why that is right: {}",
        faults.join(", ")
    );
}

#[test]
fn only_the_top_reads_the_environment() {
    for source in sources() {
        let is_top = source.room() == "commands" || source.room().is_empty();
        assert!(
            is_top || !source.text.contains("std::env::var"),
            "{} reads the environment; take an argument",
            source.path.display()
        );
    }
}

fn floor_of(floors: &[&[&str]], module: &str) -> Option<usize> {
    floors.iter().position(|floor| floor.contains(&module))
}

fn inner_floor(module: &[String]) -> Option<usize> {
    let [room, inner, ..] = module else {
        return None;
    };
    let (_, floors) = INNER_FLOORS.iter().find(|(named, _)| named == room)?;
    floor_of(floors, inner)
}

fn folder_of(source: &Source) -> String {
    let folder = source.path.parent();
    folder.map_or_else(String::new, |folder| folder.display().to_string())
}

/// Modules named after `crate::`, also inside braces.
fn imported_modules(text: &str) -> Vec<String> {
    let code: String = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    code.split("crate::")
        .skip(1)
        .flat_map(|rest| match rest.strip_prefix('{') {
            Some(list) => list
                .split('}')
                .next()
                .unwrap_or_default()
                .split(',')
                .map(first_word)
                .collect::<Vec<_>>(),
            None => vec![first_word(rest)],
        })
        .collect()
}

fn first_word(text: &str) -> String {
    text.trim_start()
        .chars()
        .take_while(|character| character.is_alphanumeric() || *character == '_')
        .collect()
}

//! The files to deploy with can be read by those they are for. What needs other programs is looked at by `tests/deploy/run`.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::{read, root};

fn documents(name: &str) -> Vec<Value> {
    let text = read(&root().join("docs/deploy").join(name));
    serde_saphyr::from_multiple(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn the_newest_release_note_is_that_of_this_version() {
    let notes = read(&root().join("CHANGELOG.md"));
    let newest = notes.lines().find_map(|line| line.strip_prefix("## "));
    let version = newest.and_then(|title| title.split(' ').next());
    assert_eq!(version, Some(env!("CARGO_PKG_VERSION")));
}

#[test]
fn nodes_in_containers_are_told_apart_and_shielded() {
    let compose = documents("compose.yaml").remove(0);
    let services = &compose["services"];
    for node in ["one", "two"] {
        let node = &services[node];
        assert_eq!(node["read_only"], true, "{node}");
        assert_eq!(node["cap_drop"][0], "ALL", "{node}");
    }
    assert_ne!(services["one"]["volumes"][0], services["two"]["volumes"][0]);
    // Its operators' listener is not for visitors.
    assert!(services["one"].get("ports").is_none());

    let kubernetes = documents("kubernetes.yaml");
    let kinds: BTreeSet<&str> = kubernetes
        .iter()
        .filter_map(|it| it["kind"].as_str())
        .collect();
    for kind in [
        "StatefulSet",
        "Service",
        "PodDisruptionBudget",
        "HorizontalPodAutoscaler",
    ] {
        assert!(kinds.contains(kind), "{kind} is not among {kinds:?}");
    }
    let set = kubernetes
        .iter()
        .find(|it| it["kind"] == "StatefulSet")
        .unwrap();
    let pod = &set["spec"]["template"]["spec"];
    let container = &pod["containers"][0];
    assert_eq!(container["readinessProbe"]["httpGet"]["path"], "/readyz");
    assert_eq!(container["livenessProbe"]["httpGet"]["path"], "/healthz");
    assert_eq!(container["securityContext"]["readOnlyRootFilesystem"], true);
    assert_eq!(pod["securityContext"]["runAsNonRoot"], true);
}

#[test]
fn settings_in_the_files_are_settings() {
    let known = mondo::config::DEFAULTS;
    for entry in std::fs::read_dir(root().join("docs/deploy")).unwrap() {
        let path = entry.unwrap().path();
        let text = read(&path);
        for word in text.split(|letter: char| !letter.is_ascii_uppercase() && letter != '_') {
            if word.starts_with("MONDO__") {
                let is_known = known.contains(&format!(". {word}\n"));
                assert!(is_known, "{}: {word} is no setting", path.display());
            }
        }
    }
    let kubernetes = documents("kubernetes.yaml");
    let map = kubernetes
        .iter()
        .find(|it| it["kind"] == "ConfigMap")
        .unwrap();
    let written = map["data"]["mondo.toml"].as_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("mondo.toml");
    std::fs::write(&file, written).unwrap();
    let environment = [(
        "MONDO__HTTP__TRUSTED_PROXIES".to_owned(),
        documents("compose.yaml")[0]["x-node"]["environment"]["MONDO__HTTP__TRUSTED_PROXIES"]
            .as_str()
            .unwrap()
            .to_owned(),
    )];
    let overrides = mondo::config::Overrides::default();
    mondo::config::Config::load(Some(&file), environment.into_iter(), overrides).unwrap();
}

#!/usr/bin/env python3
"""Prints what mondo is built from: names, versions and licences, or a bill of materials in the form of CycloneDX.

    docs/deploy/notices.py > THIRD-PARTY.md
    docs/deploy/notices.py --cyclonedx > sbom.json

Asks cargo alone, offline; run `cargo fetch --locked` once before. What is only used to build or to test is left out.
"""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def output(*command):
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def packages():
    """Returns the packages that become part of the program, in order of their names."""
    host = next(line[6:] for line in output("rustc", "-vV").splitlines() if line.startswith("host: "))
    told = json.loads(
        output("cargo", "metadata", "--offline", "--locked", "--format-version", "1", "--filter-platform", host)
    )
    nodes = {node["id"]: node for node in told["resolve"]["nodes"]}
    reached, waiting = set(), [told["resolve"]["root"]]
    while waiting:
        package = waiting.pop()
        if package in reached:
            continue
        reached.add(package)
        for dependency in nodes[package]["deps"]:
            if any(kind["kind"] is None for kind in dependency["dep_kinds"]):
                waiting.append(dependency["pkg"])
    reached.remove(told["resolve"]["root"])
    found = [package for package in told["packages"] if package["id"] in reached]
    return sorted(found, key=lambda package: (package["name"], package["version"]))


def licence_texts(package):
    """Returns the files with the terms that a package brings."""
    folder = Path(package["manifest_path"]).parent
    names = ("licen", "copying", "notice", "unlicense")
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name.lower().startswith(names))


def as_markdown(found):
    print("# Third-party notices\n\nmondo is built from these packages.\n\n| package | version | licence |\n|---|---|---|")
    for package in found:
        print(f"| {package['name']} | {package['version']} | {package['license']} |")
    # Many bring the same text, letter for letter: it is printed once.
    owners = {}
    for package in found:
        for path in licence_texts(package):
            text = path.read_text(encoding="utf-8", errors="replace").strip()
            owners.setdefault(text, []).append(f"{package['name']} {package['version']}")
    for text, names in owners.items():
        print(f"\n## {', '.join(dict.fromkeys(names))}\n\n````\n{text}\n````")


def as_cyclonedx(found):
    components = [
        {
            "type": "library",
            "name": package["name"],
            "version": package["version"],
            "purl": f"pkg:cargo/{package['name']}@{package['version']}",
            "licenses": [{"expression": package["license"].replace("/", " OR ").replace("  ", " ")}],
        }
        for package in found
    ]
    document = {"bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1, "components": components}
    print(json.dumps(document, indent=2))


if __name__ == "__main__":
    write = as_cyclonedx if "--cyclonedx" in sys.argv[1:] else as_markdown
    write(packages())

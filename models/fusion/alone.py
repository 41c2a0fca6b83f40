"""Accuracy of ordering candidates by one number of the evidence alone, set by set.

    python models/fusion/alone.py both.jsonl similarity second_similarity both_joint
"""

import argparse
import pathlib

from questions import read_lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("evidence", type=pathlib.Path, help="what `mondo eval --evidence` wrote")
    parser.add_argument("numbers", nargs="+", help="names of evidence")
    arguments = parser.parse_args()
    names, questions = read_lines(arguments.evidence)
    places = [names.index(number) for number in arguments.numbers]
    right: dict[str, list[list[bool]]] = {}
    for _, question in questions:
        if question.in_scope:
            firsts = [bool(question.right[question.evidence[:, place].argmax()]) for place in places]
            right.setdefault(question.set, []).append(firsts)
    print("| set | " + " | ".join(arguments.numbers) + " |")
    print("|" + "---|" * (len(places) + 1))
    for name, rows in sorted(right.items()):
        shares = [100 * sum(column) / len(rows) for column in zip(*rows)]
        print(f"| {name} | " + " | ".join(f"{share:.1f}" for share in shares) + " |")


if __name__ == "__main__":
    main()

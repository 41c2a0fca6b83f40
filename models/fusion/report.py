"""Figures of predictions, set by set."""

import numpy as np


def figures(predictions: list[dict]) -> dict[str, dict]:
    by_set: dict[str, list[dict]] = {}
    for row in predictions:
        by_set.setdefault(row["set"], []).append(row)
    return {name: figures_of(rows) for name, rows in sorted(by_set.items())}


def own(rows: list[dict]) -> list[dict]:
    """Without the questions whose answers were left out of their base."""
    return [row for row in rows if not row["near"]]


def figures_of(rows: list[dict]) -> dict:
    near = np.array([row["confidence"] for row in rows if row["near"]])
    rows = own(rows)
    confidence = np.array([row["confidence"] for row in rows])
    right = np.array([row["right"] and row["in_scope"] for row in rows])
    inside = np.array([row["in_scope"] for row in rows])
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(rows) + 1)
    enough = np.flatnonzero(precision >= 0.95)
    answered = confidence >= 0.95
    return {
        "accuracy@1": right[inside].mean(),
        "accuracy@3": np.mean([row["right3"] for row in rows if row["in_scope"]]),
        "coverage@95": inside[order][: enough[-1] + 1].sum() / inside.sum() if len(enough) else 0.0,
        "auroc": auroc(confidence[inside], confidence[~inside]),
        "precision at .95": right[answered].mean() if answered.any() else float("nan"),
        "coverage at .95": (answered & inside).sum() / inside.sum(),
        "near at .95": (near >= 0.95).mean() if len(near) else float("nan"),
    }


def auroc(positive: np.ndarray, negative: np.ndarray) -> float:
    if not len(positive) or not len(negative):
        return float("nan")
    values = np.concatenate([positive, negative])
    ranks = np.empty(len(values))
    ranks[np.argsort(values, kind="stable")] = np.arange(1, len(values) + 1)
    return (ranks[: len(positive)].sum() - len(positive) * (len(positive) + 1) / 2) / (len(positive) * len(negative))


def table(title: str, unseen: dict[str, dict], seen: dict[str, dict], skipped: list[str]) -> str:
    """Markdown: each figure with the set's family left out of the fit, and `accuracy@1`, `coverage@95` with it in."""
    columns = ["accuracy@1", "accuracy@3", "coverage@95", "auroc", "precision at .95", "coverage at .95", "near at .95"]
    lines = [
        f"# {title}",
        "",
        "Each set judged by a fusion that has not seen its family (first seven figures) and by the one that ships (last two).",
        "Figures in percent; questions sampled, so `mondo eval` over whole sets differs a little. Sets in italics were not fitted on at all.",
        "`near` are questions whose answers were left out of the base: the share that is answered all the same.",
        "",
        "| set | " + " | ".join(columns) + " | shipped accuracy@1 | shipped coverage@95 |",
        "|" + "---|" * (len(columns) + 3),
    ]
    percent = lambda value: "-" if np.isnan(value) else f"{100 * value:.1f}"
    for name, row in unseen.items():
        label = f"*{name}*" if name in skipped else name
        cells = [percent(row[column]) for column in columns] + [percent(seen[name]["accuracy@1"]), percent(seen[name]["coverage@95"])]
        lines.append(f"| {label} | " + " | ".join(cells) + " |")
    mean = [np.nanmean([row[column] for row in unseen.values()]) for column in columns]
    mean += [np.mean([row[column] for row in seen.values()]) for column in ("accuracy@1", "coverage@95")]
    lines.append("| **mean** | " + " | ".join(percent(value) for value in mean) + " |")
    return "\n".join(lines) + "\n"


THRESHOLDS = (0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.93, 0.95, 0.97)
FEWEST = 10  # answers from which on a set's precision is counted


def thresholds_table(unseen: list[dict], skipped: list[str]) -> str:
    """Markdown: what each least confidence gives on families unseen, by language and over all."""
    lines = [
        "",
        "## What a least confidence gives on families unseen",
        "",
        f"Means over sets; `sets at 95` of those with {FEWEST} answers or more; `precision` is the share of answers that are right.",
        "",
        "| questions in | least confidence | precision | worst set | sets at 95 | coverage | near answered |",
        "|---|---|---|---|---|---|---|",
    ]
    rows = [row for row in unseen if row["set"] not in skipped]
    for language in ("all", "en", "zh", "ja", "ko"):
        spoken = [row for row in rows if language in ("all", row["lang"])]
        for least in THRESHOLDS:
            lines.append(f"| {language} | {least} | " + " | ".join(threshold_cells(spoken, least)) + " |")
    return "\n".join(lines) + "\n"


def threshold_cells(rows: list[dict], least: float) -> list[str]:
    by_set: dict[str, list[dict]] = {}
    for row in rows:
        by_set.setdefault(row["set"], []).append(row)
    precision, coverage, near = [], [], []
    for rows in by_set.values():
        answered = [row["right"] for row in own(rows) if row["confidence"] >= least]
        inside = sum(row["in_scope"] for row in own(rows))
        if inside:
            coverage.append(sum(row["confidence"] >= least for row in own(rows) if row["in_scope"]) / inside)
        if len(answered) >= FEWEST:
            precision.append(np.mean(answered))
        beside = [row["confidence"] >= least for row in rows if row["near"]]
        if beside:
            near.append(np.mean(beside))
    percent = lambda values: f"{100 * np.mean(values):.1f}" if values else "-"
    held = sum(value >= 0.95 for value in precision)
    return [percent(precision), percent([min(precision)] if precision else []), f"{held} of {len(precision)}", percent(coverage), percent(near)]

"""Fit the fusions: from evidence about candidates to a calibrated probability that the first one is right.

    MONDO__ENCODER__MODE=fast mondo eval SET... --evidence first.jsonl
    MONDO__ENCODER__MODE=fast mondo eval SET... --leave-out 0.3 --evidence first-near.jsonl
    MONDO__ENCODER__MODE=best mondo eval SET... --evidence both.jsonl
    MONDO__ENCODER__MODE=best mondo eval SET... --leave-out 0.3 --evidence both-near.jsonl
    python models/fusion/fit.py --first first.jsonl --first-near first-near.jsonl \\
        --both both.jsonl --both-near both-near.jsonl [--skip SET ...]

One fusion reads the evidence of the first encoder and the words, the other that of both encoders and the words. Each
takes three steps, judged on families of sets it has not seen:
1. a ranker scores every candidate by its evidence (gradient-boosted trees, monotone where more can only mean better);
2. a confidence forest reads the ranker's scores and the top candidate's evidence, of questions whose answers were left
   out of their base too (`--first-near`, `--both-near`), so that nearness to the subject is not taken for an answer;
3. one logistic correction per language brings that to a probability.

Writes `fusion.json` and `both.json` (read by src/pipeline/fusion.rs), and for each a report, the reliability diagram
and the risk-coverage curve.
"""

import argparse
import concurrent.futures
import json
import os
import pathlib

# Folds are fitted side by side; threads inside each would only wait for one another. Read when scikit-learn is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression

from plots import reliability_svg, risk_coverage_svg
from questions import Question, read_questions
from report import figures, own, table, thresholds_table

LANGUAGES = ("en", "zh", "ja", "ko")
# More of these can only speak for an article.
RISING = {
    "similarity", "question_similarity", "passage_similarity", "mean_similarity", "question_bigrams", "question_words",
    "passage_bigrams", "passage_words", "answer_bigrams", "covered", "found_share", "joint", "joint_question",
    "joint_answer", "similarity_gap", "mean_similarity_gap", "words_gap", "answer_gap", "joint_gap",
    "joint_question_gap", "joint_answer_gap", "similarity_rank", "joint_rank", "joint_question_rank",
    "joint_answer_rank",
    "second_similarity", "second_question_similarity", "second_passage_similarity", "second_mean_similarity",
    "second_joint_question", "second_joint_answer", "both_similarity", "both_question", "both_joint",
    "second_similarity_lead", "second_mean_similarity_lead", "second_joint_question_lead", "second_joint_answer_lead",
    "both_question_lead", "both_joint_lead", "second_similarity_rank", "both_question_rank", "both_joint_rank",
    "plain_similarity", "second_plain_similarity", "second_plain_lead",
    "second_beyond_crowd", "second_beyond_usual",
    "second_whole_similarity", "second_whole_lead", "second_whole_rank", "second_all_similarity", "second_all_lead",
    "second_all_rank", "both_all_joint", "both_all_joint_lead", "both_all_joint_rank",
    "both_sum", "both_sum_lead", "both_sum_rank",
}
FIELD = 4  # numbers the confidence forest reads before the evidence; see Fusion::confidence
OUTER_FOLDS = 5
INNER_FOLDS = 3
NEGATIVES = 12  # rivals of each kind kept for fitting the ranker


def ranker(names: list[str], seed: int) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        max_iter=240, max_leaf_nodes=16, learning_rate=0.08, l2_regularization=2.0, min_samples_leaf=60,
        monotonic_cst=[1 if name in RISING else 0 for name in names], early_stopping=False, random_state=seed,
    )


def confidence_forest(names: list[str], seed: int) -> HistGradientBoostingClassifier:
    rising = [1, 1, 0, 0] + [1 if name in RISING and "rank" not in name else 0 for name in names]
    return HistGradientBoostingClassifier(
        max_iter=100, max_leaf_nodes=6, learning_rate=0.06, l2_regularization=4.0, min_samples_leaf=80,
        monotonic_cst=rising, early_stopping=False, random_state=seed,
    )


def hard_rows(question: Question, names: list[str]) -> np.ndarray:
    """Rows the ranker learns from: the right ones and their nearest rivals by meaning and by words."""
    evidence = question.evidence
    keep = set(np.flatnonzero(question.right))
    for name in ("joint_question", "joint_answer", "question_words", "both_joint"):
        if name not in names:
            continue
        keep |= set(np.argsort(-evidence[:, names.index(name)])[: NEGATIVES // 2])
    return np.array(sorted(keep))


def fit_ranker(questions: list[Question], names: list[str], seed: int) -> HistGradientBoostingClassifier:
    # A question without an answer says nothing of the order.
    questions = [question for question in questions if not question.near]
    rows = [hard_rows(question, names) for question in questions]
    evidence = np.vstack([q.evidence[r] for q, r in zip(questions, rows)])
    right = np.concatenate([q.right[r] for q, r in zip(questions, rows)])
    weight = np.concatenate([np.full(len(r), q.weight / len(r)) for q, r in zip(questions, rows)])
    return ranker(names, seed).fit(evidence, right, sample_weight=weight * len(weight) / weight.sum())


def scores(model: HistGradientBoostingClassifier, questions: list[Question]) -> list[np.ndarray]:
    flat = model.predict_proba(np.vstack([q.evidence for q in questions]))[:, 1]
    return np.split(flat, np.cumsum([len(q.evidence) for q in questions])[:-1])


def field_numbers(question: Question, score: np.ndarray) -> tuple[np.ndarray, bool, bool]:
    """What the confidence forest reads, whether the first candidate is right, and whether one of the first three is."""
    order = np.lexsort((-question.evidence[:, 0], -score))
    best = [score[i] for i in order[:3]] + [0.0, 0.0]
    numbers = np.concatenate([[best[0], best[0] - best[1], best[0] - best[2], score.sum()], question.evidence[order[0]]])
    return numbers, bool(question.right[order[0]]), bool(question.right[order[:3]].any())


def folds_of(questions: list[Question], count: int, seed: int) -> list[set[str]]:
    """Families dealt into folds of about equally many questions."""
    families = sorted({question.family for question in questions})
    size = {family: sum(question.family == family for question in questions) for family in families}
    shuffled = np.random.RandomState(seed).permutation(families)
    folds: list[set[str]] = [set() for _ in range(count)]
    for family in sorted(shuffled, key=lambda family: -size[family]):
        min(folds, key=lambda fold: sum(size[other] for other in fold)).add(str(family))
    return folds


def out_of_fold_fields(questions: list[Question], names: list[str], seed: int):
    """Confidence inputs from rankers that have not seen the question's family, so that scores are not flattered."""
    numbers, right, weight = [], [], []
    for families in folds_of(questions, INNER_FOLDS, seed):
        inside = [q for q in questions if q.family not in families]
        outside = [q for q in questions if q.family in families]
        for question, score in zip(outside, scores(fit_ranker(inside, names, seed), outside)):
            field, is_right, _ = field_numbers(question, score)
            numbers.append(field)
            right.append(is_right)
            weight.append(question.weight)
    return np.array(numbers), np.array(right), np.array(weight)


def fit_both(questions: list[Question], names: list[str], seed: int):
    numbers, right, weight = out_of_fold_fields(questions, names, seed)
    confidence = confidence_forest(names, seed).fit(numbers, right, sample_weight=weight / weight.mean())
    return fit_ranker(questions, names, seed), confidence


def apply(models, questions: list[Question]) -> list[dict]:
    """The prediction for each question: log odds of being right, and whether it was."""
    rank, confidence = models
    fields = [field_numbers(question, score) for question, score in zip(questions, scores(rank, questions))]
    odds = confidence.decision_function(np.array([numbers for numbers, _, _ in fields]))
    return [
        {"set": q.set, "lang": q.language, "in_scope": q.in_scope, "odds": float(o), "right": r, "right3": r3, "weight": q.weight, "near": q.near}
        for q, o, (_, r, r3) in zip(questions, odds, fields)
    ]


def platt(predictions: list[dict]) -> dict[str, list[float]]:
    """Slope and offset on log odds per language, drawn towards the one fitted on all languages where data are few."""
    def fit(rows: list[dict]) -> tuple[float, float]:
        odds = np.array([[row["odds"]] for row in rows])
        weight = np.array([row["weight"] for row in rows])
        model = LogisticRegression(C=1e3).fit(odds, [row["right"] for row in rows], sample_weight=weight / weight.mean())
        return float(model.coef_[0, 0]), float(model.intercept_[0])

    everyone = fit(predictions)
    result = {}
    for language in LANGUAGES:
        rows = [row for row in predictions if row["lang"] == language]
        own, share = fit(rows), len(rows) / (len(rows) + 500)
        result[language] = [share * a + (1 - share) * b for a, b in zip(own, everyone)]
    return result


def calibrated(predictions: list[dict], corrections: dict[str, list[float]]) -> None:
    for row in predictions:
        slope, offset = corrections.get(row["lang"], corrections["en"])
        row["confidence"] = 1 / (1 + np.exp(-(slope * row["odds"] + offset)))


def forest(model: HistGradientBoostingClassifier) -> dict:
    """Trees as lists of nodes: [number, threshold, left, right] or [value]."""
    trees = []
    for (predictor,) in model._predictors:
        nodes = []
        for node in predictor.nodes:
            if node["is_leaf"]:
                nodes.append([round(float(node["value"]), 5)])
            else:
                nodes.append([int(node["feature_idx"]), round(float(node["num_threshold"]), 6), int(node["left"]), int(node["right"])])
        trees.append(nodes)
    return {"bias": round(float(model._baseline_prediction.ravel()[0]), 6), "trees": trees}


def unseen_predictions(part: tuple[list[Question], list[Question], list[str], int]) -> list[dict]:
    """Predictions for the second questions by a fusion fitted on the first."""
    inside, outside, names, seed = part
    return apply(fit_both(inside, names, seed), outside)


def fit_fusion(evidence: pathlib.Path, near: pathlib.Path | None, skip: list[str], per_family: int, seed: int, jobs: int) -> tuple[dict, list[dict], list[dict]]:
    """The fusion as it is kept, the predictions for families unseen, and those of the fusion itself."""
    names, questions = read_questions(evidence, near, per_family, seed)
    fitted_on = [question for question in questions if question.set not in skip]
    print(f"{evidence}: {len(questions)} questions, {len(fitted_on)} to fit on", flush=True)

    folds = folds_of(questions, OUTER_FOLDS, seed)
    parts = []
    for families in folds:
        inside = [question for question in fitted_on if question.family not in families]
        outside = [question for question in questions if question.family in families]
        parts.append((inside, outside, names, seed))
    unseen = []
    with concurrent.futures.ProcessPoolExecutor(jobs) as pool:
        for families, predictions in zip(folds, pool.map(unseen_predictions, parts)):
            unseen += predictions
            print(f"judged: {', '.join(sorted(families))}", flush=True)
    corrections = platt([row for row in unseen if row["set"] not in skip])
    calibrated(unseen, corrections)

    rank, confidence = fit_both(fitted_on, names, seed)
    seen = apply((rank, confidence), questions)
    calibrated(seen, corrections)
    fusion = {"evidence": names, "ranker": forest(rank), "confidence": forest(confidence),
              "calibration": {language: [round(value, 4) for value in pair] for language, pair in corrections.items()}}
    return fusion, unseen, seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first", type=pathlib.Path, help="evidence of the first encoder and the words")
    parser.add_argument("--first-near", type=pathlib.Path, help="the same of questions whose answers were left out")
    parser.add_argument("--both", type=pathlib.Path, help="evidence of both encoders and the words")
    parser.add_argument("--both-near", type=pathlib.Path, help="the same of questions whose answers were left out")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path(__file__).parent)
    parser.add_argument("--skip", nargs="*", default=[], help="sets to measure but not to fit on")
    parser.add_argument("--per-family", type=int, default=1200, help="questions sampled of each family of sets")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=1, help="folds that are fitted side by side")
    arguments = parser.parse_args()

    arguments.out.mkdir(parents=True, exist_ok=True)
    for evidence, near, name, title in (
        (arguments.first, arguments.first_near, "fusion", "The fusion of the first encoder and the words, measured"),
        (arguments.both, arguments.both_near, "both", "The fusion of both encoders and the words, measured"),
    ):
        if evidence is None:
            continue
        fusion, unseen, seen = fit_fusion(
            evidence, near, arguments.skip, arguments.per_family, arguments.seed, arguments.jobs
        )
        (arguments.out / f"{name}.json").write_text(json.dumps(fusion, separators=(",", ":")) + "\n")
        text = table(title, figures(unseen), figures(seen), arguments.skip) + thresholds_table(unseen, arguments.skip)
        (arguments.out / f"{name}-report.md").write_text(text)
        (arguments.out / f"{name}-reliability.svg").write_text(reliability_svg(own(unseen)))
        (arguments.out / f"{name}-risk-coverage.svg").write_text(risk_coverage_svg(own(unseen)))
        print(text)


if __name__ == "__main__":
    main()

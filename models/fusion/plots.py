"""Two pictures of how far the confidence may be trusted, as plain SVG."""

import numpy as np

SIZE = 320
MARGIN = 40


def _frame(title: str, x_label: str, y_label: str, body: str) -> str:
    end = MARGIN + SIZE
    total = SIZE + 2 * MARGIN
    ticks = ""
    for step in range(0, 11, 2):
        at = MARGIN + SIZE * step / 10
        ticks += f'<text x="{at:.0f}" y="{end + 16}" text-anchor="middle">{step / 10:.1f}</text>'
        ticks += f'<text x="{MARGIN - 6}" y="{MARGIN + end - at + 4:.0f}" text-anchor="end">{step / 10:.1f}</text>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {total} {total}" font-family="sans-serif" font-size="11" role="img" aria-label="{title}">'
        f'<rect width="{total}" height="{total}" fill="#fff"/><rect x="{MARGIN}" y="{MARGIN}" width="{SIZE}" height="{SIZE}" fill="none" stroke="#888"/>'
        f'<text x="{total / 2}" y="20" text-anchor="middle" font-size="13">{title}</text>{ticks}'
        f'<text x="{total / 2}" y="{total - 6}" text-anchor="middle">{x_label}</text>'
        f'<text x="12" y="{total / 2}" text-anchor="middle" transform="rotate(-90 12 {total / 2})">{y_label}</text>{body}</svg>\n'
    )


def _line(points: list[tuple[float, float]], colour: str, dash: str = "") -> str:
    place = " ".join(f"{MARGIN + SIZE * x:.1f},{MARGIN + SIZE * (1 - y):.1f}" for x, y in points)
    return f'<polyline points="{place}" fill="none" stroke="{colour}" stroke-width="1.6" stroke-dasharray="{dash}"/>'


COLOURS = {"en": "#1f6feb", "zh": "#d1242f", "ja": "#8250df", "ko": "#1a7f37"}


def _legend() -> str:
    return "".join(
        f'<text x="{MARGIN + 10}" y="{MARGIN + 18 + 14 * i}" fill="{colour}">{name}</text>' for i, (name, colour) in enumerate(COLOURS.items())
    )


def reliability_svg(predictions: list[dict]) -> str:
    """Share right against stated confidence, in ten equal groups per language; on the dashed line is perfect."""
    body = _line([(0, 0), (1, 1)], "#888", "4 3") + _legend()
    for language, colour in COLOURS.items():
        rows = sorted((row["confidence"], row["right"] and row["in_scope"]) for row in predictions if row["lang"] == language)
        groups = [group for group in np.array_split(np.array(rows, float), 10) if len(group)]
        body += _line([(group[:, 0].mean(), group[:, 1].mean()) for group in groups], colour)
    return _frame("Stated confidence and share right (unseen sets)", "stated confidence", "share right", body)


def risk_coverage_svg(predictions: list[dict]) -> str:
    """Share wrong among the answered, as more is answered, surest first."""
    body = _legend()
    for language, colour in COLOURS.items():
        rows = sorted((-row["confidence"], not (row["right"] and row["in_scope"])) for row in predictions if row["lang"] == language)
        wrong = np.cumsum([row[1] for row in rows])
        steps = np.unique(np.linspace(1, len(rows), 80).astype(int))
        body += _line([(n / len(rows), wrong[n - 1] / n) for n in steps], colour)
    return _frame("Share wrong among the answered (unseen sets)", "share answered", "share wrong", body)

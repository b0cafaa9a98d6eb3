"""Every statistic on screen stands beside its interval and its n, or says that there is not enough data yet.

Each number that a template formats is named here: as no statistic, or as one, with the words that must stand in the same
line of the template. A new one fails this test until its writer has said which it is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lms

pytestmark = pytest.mark.no_database
TEMPLATES = Path(lms.__file__).parent / "templates"
SHARE = re.compile(r"(\w+)(?:\[[^\]]*\])?\)*\|(?:percent|round)\b")
FORMATTED = re.compile(r'"%\+?\.\df"\|format\(([^|]*?)\)(?!\w)')

NO_STATISTIC = {
    "1024": "the size of a file",
    "counts_while_left": "a setting of the rule",
    "own": "what the reader rated",
    "pass_mark": "a setting",
    "score": "one person's result, or what its writer expects of a paper; a gate's has its standard error beneath it",
    "share": "one answer's marks, or how alike two texts are",
    "sittings_an_assessor": "an assumption that the page names as one",
    "stop_se": "a setting",
    "total": "how far somebody has read",
    "was_score": "one person's result",
    "width": "the size of a picture",
}
IN_PLACE = {
    ("assessments/_work.html", "accuracy"): "a setting",
    ("tracks/pipeline.html", "max"): "the height of a range that is drawn",
    ("tracks/pipeline.html", "n"): "a range that is drawn; its words and numbers stand in the table",
}
BESIDE = r"%\(low\)s to %\(high\)s"
STATISTICS = {
    ("assessments/_accuracy.html", "accuracy"): (r"interval|Not enough data yet", r"people"),
    ("assessments/_accuracy.html", "consistency"): (r"interval|Not enough data yet", r"people"),
    ("assessments/_accuracy.html", "false_fail"): (r"interval|Not enough data yet", r"people"),
    ("assessments/_accuracy.html", "false_pass"): (r"interval|Not enough data yet", r"people"),
    ("assessments/_accuracy.html", "interval"): (r"interval", r"people"),
    ("assessments/_decided.html", "error"): (r"one standard error", r"score"),
    ("assessments/_decided.html", "sure"): (r"one standard error", r"score"),
    ("assessments/analysis.html", "b"): (r"±", r"row\.item\.n"),
    ("assessments/analysis.html", "change"): (r"p = %\(nonuniform\)s", r"one\.n"),
    ("assessments/analysis.html", "delta"): (BESIDE, r"one\.n"),
    ("assessments/analysis.html", "delta_between"): (BESIDE, r"one\.n"),
    ("assessments/analysis.html", "facility"): (BESIDE + r".*not enough data yet", r"%|percent"),
    ("assessments/analysis.html", "facility_interval"): (BESIDE, r"percent"),
    ("assessments/analysis.html", "p_nonuniform"): (r"effect size", r"one\.n"),
    ("assessments/analysis.html", "p_uniform"): (r"effect size", r"one\.n"),
    ("assessments/analysis.html", "rest"): (BESIDE + r".*not enough data yet", r"row\.n"),
    ("assessments/analysis.html", "rest_interval"): (BESIDE, r"row\.n"),
    ("assessments/analysis.html", "se_b"): (r"±", r"row\.item\.n"),
    ("assessments/analysis.html", "strong"): (r"strong_low", r"people each"),
    ("assessments/analysis.html", "strong_between"): (r"strong_low", r"people each"),
    ("assessments/analysis.html", "weak"): (r"weak_low", r"people each"),
    ("assessments/analysis.html", "weak_between"): (r"weak_low", r"people each"),
    ("assessments/calibration.html", "a"): (r"±.*no interval", r"one\.item\.n"),
    ("assessments/calibration.html", "b"): (r"±.*no interval", r"one\.item\.n"),
    ("assessments/calibration.html", "se_a"): (r"±", r"one\.item\.n"),
    ("assessments/calibration.html", "se_b"): (r"±", r"one\.item\.n"),
    ("assessments/cut.html", "before"): (r"from %\(low\)s to %\(high\)s", r"judges"),
    ("assessments/cut.html", "between"): (BESIDE, r"said\.n"),
    ("assessments/cut.html", "cut"): (BESIDE + "|questions", r"said\.n|questions"),
    ("assessments/cuts.html", "between"): (BESIDE, r"panel\.n"),
    ("assessments/cuts.html", "cut"): (BESIDE, r"panel\.n"),
    ("assessments/marked.html", "difference"): (BESIDE + r".*not enough data yet", r"one\.n"),
    ("assessments/marked.html", "icc"): (BESIDE, r"n ="),
    ("assessments/marked.html", "interval"): (BESIDE, r"one\.n|beside\.answers"),
    ("assessments/result.html", "se"): (r"standard error", r""),
    ("assessments/sitting_notes.html", "expected"): (r"would be usual", r"both_wrong"),
    ("assessments/sitting_notes.html", "others_right"): (r"of them right", r"answered"),
    ("tracks/_calibrated.html", "alpha"): (r"no interval", r"n ="),
    ("tracks/_calibrated.html", "high"): (BESIDE, r"n ="),
    ("tracks/_calibrated.html", "low"): (BESIDE, r"n ="),
    ("tracks/_calibrated.html", "value"): (BESIDE, r"n ="),
    ("tracks/_figures.html", "value"): (r"", r""),
    ("tracks/fairness.html", "difference"): (BESIDE, r"one\.pairs"),
    ("tracks/fairness.html", "fisher_p"): (r"ratio_ci95", r""),
    ("tracks/fairness.html", "interval"): (BESIDE, r"considered|pairs"),
    ("tracks/fairness.html", "rate"): (BESIDE, r"considered"),
    ("tracks/fairness.html", "ratio"): (r"under 0\.8", r""),
    ("tracks/fairness.html", "ratio_ci95"): (r"95%% interval", r""),
}


def numbers() -> Iterator[tuple[str, str, str]]:
    """Each number that a template formats: the template, the name of what is formatted, the line."""
    for path in sorted(TEMPLATES.rglob("*.html")):
        where = path.relative_to(TEMPLATES).as_posix()
        for line in path.read_text().splitlines():
            names = set(SHARE.findall(line))
            for argument in FORMATTED.findall(line):
                names.add(re.findall(r"[A-Za-z_]\w*", re.sub(r"\[[^\]]*\]", "", argument))[-1])
            yield from ((where, name, line) for name in sorted(names))


def test_every_statistic_on_screen_has_its_interval_and_its_n_beside_it() -> None:
    met = set()
    for where, name, line in numbers():
        if name in NO_STATISTIC or (where, name) in IN_PLACE:
            continue
        assert (where, name) in STATISTICS, f"{where} shows “{name}”: say here what it is"
        met.add((where, name))
        for beside in STATISTICS[where, name]:
            assert re.search(beside, line), f"{where}: “{name}” stands without “{beside}”"
    assert met == set(STATISTICS), "what is no longer shown leaves this list"

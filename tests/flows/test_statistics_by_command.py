"""`lms stats …` from files, as somebody with published data would use it."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result

from lms.cli import main

HERE = Path(__file__).parents[1] / "fixtures" / "psychometrics"
LSAT6 = HERE / "lsat6_responses.csv"
Write = Callable[..., Path]

pytestmark = pytest.mark.no_database


def stats(*words: str | Path | float) -> Result:
    done = CliRunner().invoke(main, ["stats", *map(str, words)])
    if not isinstance(done.exception, SystemExit | None):
        raise done.exception
    return done


def told(*words: str | Path | float) -> Any:
    done = stats(*words)
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    return json.loads(done.stdout)


def refused(*words: str | Path | float) -> str:
    done = stats(*words)
    assert (done.exit_code, done.stdout) == (1, ""), done.output
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def put(text: str | bytes, name: str = "file.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    return put


def test_what_irt_prints_is_what_score_and_cat_read(write: Write) -> None:
    for model in ("rasch", "1pl", "2pl", "3pl"):
        printed = stats("irt", LSAT6, "--model", model).stdout
        fitted = json.loads(printed)
        assert fitted["model"] == model
        assert {"item", "a", "b", "c", "se_a", "se_b"} <= set(fitted["items"][0])
        items = write(printed, f"{model}.json")
        people = told("score", LSAT6, "--items", items, "--method", "eap")["people"]
        assert [one["row"] for one in people] == list(range(1, 1001))
        assert all(one["se"] < fitted["sd"] for one in people)
        assert len(told("cat", items, LSAT6, "--stop-se", 0.1)["people"][0]["sequence"]) == 5


def test_the_same_command_prints_the_same_bytes() -> None:
    for words in (("irt", LSAT6, "--model", "3pl"), ("items", LSAT6), ("classify", LSAT6, "--cut", 3)):
        assert stats(*words).stdout == stats(*words).stdout


def test_option_letters_with_a_key_in_any_of_its_forms(write: Write) -> None:
    file = write("id,q1,q2,q3\np1,A,B,C\np2,A,C,C\np3,B,B,\np4,d,B,C\n")
    key = write("item,key\nq3,C\nq1,A\nq2,B\n", "key.csv")
    answers = [told("items", file, "--key", form) for form in ("ABC", "A,B,C", "A B C", key)]
    assert all(answer == answers[0] for answer in answers)
    first = answers[0]["items"][0]
    assert first["facility"] == 0.5
    assert first["options"]["A"] == {
        "n": 2,
        "p": 0.5,
        "mean_score": 2.5,
        "r": first["options"]["A"]["r"],
        "key": True,
    }
    assert {option: row["n"] for option, row in first["options"].items()} == {"A": 2, "B": 1, "d": 1}
    assert answers[0]["items"][2]["missing"] == 1
    assert "The key has 2 answers; the file has 3 items." in refused("items", file, "--key", "AB")
    assert "--key" in refused("items", file)


def test_a_wrong_key_is_said_in_words_when_it_is_asked_for(write: Write) -> None:
    rows = [line.replace("1", "A").replace("0", "B") for line in LSAT6.read_text().split()[1:]]
    file = write("q1,q2,q3,q4,q5\n" + "\n".join(rows))
    assert "verdicts" not in told("items", file, "--key", "AABAA")
    verdicts = told("items", file, "--key", "AABAA", "--verdicts")["verdicts"]
    named = {(one["item"], one["kind"]): one["words"] for one in verdicts}
    assert [item for item, kind in named if kind == "key"] == ["q3"]
    assert "The key may be wrong: more strong than weak people chose A" in named["q3", "key"]


def test_blanks_are_left_out_unless_they_are_called_wrong(write: Write) -> None:
    file = write("a,b,c\n1,,0\n,1,1\n0,0,\n1,1,1\n")
    assert [row["facility"] for row in told("items", file)["items"]] == pytest.approx([2 / 3] * 3)
    assert [row["facility"] for row in told("items", file, "--missing", "wrong")["items"]] == [0.5] * 3
    assert told("items", file, "--missing", "listwise")["n"] == 1


def test_awkward_matrices_are_answered_and_what_is_not_defined_is_null(write: Write) -> None:
    one_item = told("items", write("a\n1\n0\n1\n"))
    assert (one_item["alpha"], one_item["kr21"], one_item["sem"], one_item["items"][0]["item_rest"]) == (
        None,
    ) * 4
    two = told("items", write("a,b,c\n1,0,1\n0,1,1\n"))
    assert two["n"] == 2
    assert two["items"][2]["item_total"] is None
    one = told("items", write("a,b\n1,0\n"))
    assert (one["sd"], one["alpha"]) == (None, None)
    nobody = told("items", write("a,b\n,\n,1\n,0\n"))
    assert nobody["items"][0]["facility"] is None


def test_items_that_all_got_right_have_no_estimate_and_are_skipped_afterwards(write: Write) -> None:
    rows = "\n".join(f"1,{at % 2},{at // 2 % 2},{int(at % 3 == 0)},0" for at in range(120))
    file = write(f"all,x,y,z,none\n{rows}\n")
    printed = stats("irt", file, "--model", "rasch").stdout
    fitted = json.loads(printed)
    assert [row["b"] is None for row in fitted["items"]] == [True, False, False, False, True]
    assert any("Everybody got all right" in note for note in fitted["notes"])
    assert any("Nobody got none right" in note for note in fitted["notes"])
    people = told("score", file, "--items", write(printed, "items.json"))["people"]
    assert people[0]["answered"] == 3


def test_perfect_and_zero_scores_have_an_ability_but_no_likeliest_one(write: Write) -> None:
    items = write(
        '{"items": [{"item": "a", "a": 1, "b": 0}, {"item": "b", "a": 1.5, "b": 1, "c": 0.2}]}', "i.json"
    )
    file = write("a,b\n1,1\n0,0\n,\n1,0\n")
    for method in ("eap", "map", "wle", "ml"):
        people = told("score", file, "--items", items, "--method", method)["people"]
        thetas = [one["theta"] for one in people]
        assert (thetas[0] is None) == (thetas[1] is None) == (method == "ml")
        assert (thetas[2] is None) == (method in ("ml", "wle"))
        assert thetas[3] is not None


WRONG_FILES = (
    ("", "The file is empty."),
    ("a,b\n", "no rows"),
    (b"\x89PNG\r\n\x1a\n\x00\xff", "not a text file"),
    ("a,b\n1\n", "Row 2 has 1 cells"),
    ("a,b\n1,2\nx,0\n", "Every answer must be 0, 1 or blank."),
    ("0.5,1.5,7\n1,0,1\n", "first row must name the columns"),
    ("a,a\n1,0\n", "“a” is there 2 times"),
    ('{"a": "1"}', "no rows"),
    ('a,"b\n1,0\n', "CSV"),
)


@pytest.mark.parametrize(("text", "sentence"), WRONG_FILES)
def test_a_wrong_file_is_a_sentence_and_exit_one(write: Write, text: str | bytes, sentence: str) -> None:
    file = write(text)
    assert sentence in refused("items", file)
    for words in (
        ("irt", file, "--model", "2pl"),
        ("dif", file, "--group", "g", "--focal", "1"),
        ("classify", file, "--cut", 1),
    ):
        refused(*words)
    refused("score", LSAT6, "--items", file)
    refused("cat", file, LSAT6, "--stop-se", 0.3)


def test_no_file_a_folder_and_too_few_people_are_sentences(write: Write, tmp_path: Path) -> None:
    assert "No such file" in refused("items", tmp_path / "none.csv")
    assert "is a folder" in refused("items", tmp_path)
    few = write("a,b,c\n1,0,1\n0,1,1\n")
    assert "at least 10 people, and 250 to be relied on; there are 2" in refused("irt", few, "--model", "2pl")
    alike = write("a,b\n" + "1,0\n" * 50, "alike.csv")
    assert "at least two items" in refused("irt", alike, "--model", "rasch")
    one = write("a\n" + "1\n0\n" * 50, "one.csv")
    assert "at least two items" in refused("irt", one, "--model", "2pl")


def test_dif_names_groups_by_any_column_and_says_who_is_missing(write: Write) -> None:
    rows = "\n".join(f"{'MF'[at % 2]},{at * 7 % 3 % 2},{at * 5 % 4 // 2},{at % 5 % 2}" for at in range(60))
    file = write(f"sex,a,b,c\n{rows}\n")
    for method in ("mh", "logistic"):
        found = told("dif", file, "--group", "sex", "--focal", "F", "--method", method, "--purify")
        assert [row["item"] for row in found["items"]] == ["a", "b", "c"]
        assert {"chi2", "p", "alpha_mh", "delta", "class"} <= set(found["items"][0])
    assert "The groups are: F, M." in refused("dif", file, "--group", "sex", "--focal", "X")
    assert "There is no column “team”" in refused("dif", file, "--group", "team", "--focal", "F")


def test_columns_that_are_no_items_are_skipped_when_named(write: Write) -> None:
    lines = LSAT6.read_text().split()
    extra = "\n".join(f"{line},{at % 5 + 20}" for at, line in enumerate(lines[1:]))
    file = write(f"{lines[0]},age\n{extra}\n")
    assert "age, row 2" in refused("items", file)
    assert told("items", file, "--skip", "age") == told("items", LSAT6)
    assert told("classify", file, "--cut", 3, "--skip", "age") == told("classify", LSAT6, "--cut", 3)
    assert "no column “height”" in refused("irt", file, "--model", "2pl", "--skip", "height")


def test_abilities_come_with_their_reliability(write: Write) -> None:
    items = write(stats("irt", LSAT6, "--model", "2pl").stdout, "items.json")
    known = json.loads((HERE / "lsat6_irt.json").read_text())["empirical_rxx_EAP_2PL"]
    assert told("score", LSAT6, "--items", items)["reliability"] == pytest.approx(known, abs=1e-3)


def test_agreement_takes_wide_long_and_turned_files_alike(write: Write) -> None:
    wide = write("contact,A,B\n1,3,4\n2,5,5\n3,1,2\n", "wide.csv")
    bare = write("A,B\n3,4\n5,5\n1,2\n", "bare.csv")
    long = write("contact,rater,value\n1,A,3\n1,B,4\n2,A,5\n2,B,5\n3,A,1\n3,B,2\n", "long.csv")
    turned = write("rater,1,2,3\nA,3,5,1\nB,4,5,2\n", "turned.csv")
    wine = write(
        "Wine,Judge,Scores\nred,A,3\nred,B,4\nrose,A,5\nrose,B,5\nwhite,A,1\nwhite,B,2\n", "wine.csv"
    )
    named = write("Wine,A,B\nred,3,4\nrose,5,5\nwhite,1,2\n", "named.csv")
    for words in (
        ("icc",),
        ("krippendorff", "--level", "interval"),
        ("kappa",),
        ("weighted-kappa", "--weights", "linear"),
    ):
        answers = [
            told("agreement", file, "--method", *words) for file in (wide, bare, long, turned, wine, named)
        ]
        assert all(answer == answers[0] for answer in answers)


def test_the_published_agreement_files_by_command(write: Write) -> None:
    data = json.loads((HERE / "icc_shrout_fleiss.json").read_text())["data"]
    file = write("J1,J2,J3,J4\n" + "\n".join(",".join(map(str, row)) for row in data))
    assert told("agreement", file, "--method", "icc")["icc"] == pytest.approx(0.28976378, abs=1e-6)
    known = json.loads((HERE / "krippendorff.json").read_text())
    lines = [",".join("" if one is None else str(one) for one in row) for row in known["data"]]
    file = write(",".join(f"u{at}" for at in range(12)) + "\n" + "\n".join(lines))
    for level, alpha in known["alpha"].items():
        found = told("agreement", file, "--method", "krippendorff", "--level", level, "--rows", "raters")
        assert found["alpha"] == pytest.approx(alpha, abs=1e-6)
    table = write("yes,no\n20,5\n10,15\n")
    assert told("agreement", table, "--method", "kappa", "--table")["kappa"] == pytest.approx(0.4)
    named = write(",yes,no\nyes,20,5\nno,10,15\n")
    assert told("agreement", named, "--method", "kappa", "--table")["kappa"] == pytest.approx(0.4)


def test_agreement_refuses_what_has_no_order_no_numbers_or_no_pair(write: Write) -> None:
    words = write("r1,r2\nlow,high\nhigh,high\nlow,low\n")
    assert "--categories" in refused("agreement", words, "--method", "weighted-kappa")
    assert told("agreement", words, "--method", "weighted-kappa", "--categories", "low,high")[
        "kappa"
    ] == pytest.approx(0.4)
    assert "needs numbers" in refused("agreement", words, "--method", "icc")
    assert "needs numbers" in refused("agreement", words, "--method", "krippendorff", "--level", "interval")
    assert "at least two raters" in refused("agreement", write("r1\n1\n2\n"), "--method", "kappa")
    assert told("agreement", write("r1,r2\n1,1\n1,1\n"), "--method", "kappa")["kappa"] is None


def test_cut_scores_by_command_in_each_form_of_file(write: Write) -> None:
    angoff = told("cut", HERE / "angoff_ratings.csv", "--method", "angoff")
    assert angoff["cut"] == pytest.approx(11.31125)
    rows = [line.split(",") for line in (HERE / "angoff_ratings.csv").read_text().split()]
    by_item = "\n".join(",".join((row[0], *row[1:])) for row in zip(*rows, strict=True))
    turned = write("item," + ",".join(f"J{at}" for at in range(8)) + "\n" + by_item)
    long = write(
        "judge,item,rating\n"
        + "\n".join(
            f"J{j},{rows[0][i]},{100 * float(rows[j][i]):.0f}" for j in range(1, 9) for i in range(20)
        ),
        "long.csv",
    )
    for file, scale in ((turned, "share"), (long, "percent")):
        found = told("cut", file, "--method", "angoff")
        assert (found["scale"], found["cut"], found["se_cut"]) == (
            scale,
            pytest.approx(11.31125),
            pytest.approx(angoff["se_cut"]),
        )
    borderline = HERE / "borderline_scores.csv"
    assert told("cut", borderline, "--method", "borderline-group")["cut"] == pytest.approx(52.6666667)
    assert told("cut", borderline, "--method", "borderline-regression")["cut"] == pytest.approx(53.70173672)
    words = write("grade,score\nfail,5\nBorderline,6\npass,8\n")
    assert told("cut", words, "--method", "borderline-group")["cut"] == 6
    assert "grades as numbers" in refused("cut", words, "--method", "borderline-regression")
    assert "has no rating for b" in refused("cut", write("judge,a,b\nJ1,60,\n"), "--method", "angoff")
    named = write("member,a,b\nAna,0.5,0.7\nBen,0.6,0.6\n")
    assert told("cut", named, "--method", "angoff")["judge_sums"] == pytest.approx([1.2, 1.2])
    assert "is not a chance" in refused("cut", write("a,b\n1000,2\n"), "--method", "angoff")


def test_decisions_add_up_by_every_method(write: Write) -> None:
    items = write(stats("irt", LSAT6, "--model", "2pl").stdout, "items.json")
    for words in ((), ("--method", "lee", "--items", items), ("--method", "rudner", "--items", items)):
        found = told("classify", LSAT6, "--cut", 4, *words)
        assert found["accuracy"] + found["false_pass"] + found["false_fail"] == pytest.approx(1)
        assert 0.5 < found["consistency"] < found["accuracy"]
    assert told("classify", LSAT6, "--cut", 0.8) == told("classify", LSAT6, "--cut", 4)
    scores = write("score\n" + "\n".join(str(at % 13) for at in range(100)))
    assert told("classify", scores, "--cut", 6, "--reliability", 0.8, "--highest", 12)["effective_length"] > 0
    assert "--reliability" in refused("classify", scores, "--cut", 6)
    assert "--items" in refused("classify", LSAT6, "--cut", 4, "--method", "lee")
    assert "The cut must be" in refused("classify", LSAT6, "--cut", 9)


@pytest.mark.no_cover  # it visits what other tests cover, for a long time
def test_ten_thousand_people_and_sixty_items_take_seconds(write: Write) -> None:
    dice = np.random.default_rng(3)
    a, b, theta = dice.lognormal(0, 0.3, 60), dice.normal(0, 1, 60), dice.normal(size=10_000)
    right = dice.random((10_000, 60)) < 1 / (1 + np.exp(-a * (theta[:, None] - b)))
    group = "\n".join(
        f"{at % 2},{','.join(map(str, row))}" for at, row in enumerate(right.astype(int).tolist())
    )
    file = write("group," + ",".join(f"i{at}" for at in range(60)) + "\n" + group)
    started = time.process_time()
    assert told("items", file)["n"] == 10_000  # the group is 0 and 1, and so an item here
    printed = stats("irt", file, "--model", "2pl").stdout
    items = write(printed, "items.json")
    found = np.array([row["a"] for row in json.loads(printed)["items"]][1:])
    assert np.sqrt(np.mean((found - a) ** 2)) < 0.05
    told("score", file, "--items", items)
    told("dif", file, "--group", "group", "--focal", 1, "--purify")
    told("cat", items, file, "--stop-se", 0.35)
    assert time.process_time() - started < 60


WITHOUT_NUMPY = """
import sys
sys.modules["numpy"] = None
from lms.cli import main
sys.exit(main(sys.argv[1:]))
"""


def test_without_numpy_everything_that_can_works_and_the_rest_says_what_is_missing() -> None:
    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", WITHOUT_NUMPY, "stats", *map(str, words)],
            capture_output=True,
            text=True,
            check=False,
        )

    assert json.loads(run("items", LSAT6).stdout)["alpha"] == pytest.approx(0.29499719)
    assert run("classify", LSAT6, "--cut", "4").returncode == 0
    assert run("cut", HERE / "angoff_ratings.csv", "--method", "angoff").returncode == 0
    missing = run("irt", LSAT6, "--model", "2pl")
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "pip install 'ladder-lms[statistics]'" in missing.stderr
    assert "Traceback" not in missing.stderr


def test_what_serves_pages_never_imports_numpy() -> None:
    code = "import sys, lms.cli, lms.app; sys.exit(any(one in sys.modules for one in ('numpy', 'scipy')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_files_as_other_programs_write_them_say_the_same(write: Write) -> None:
    lines = [line.replace('"', "").split(",") for line in LSAT6.read_text().split()]
    head, rows = lines[0], lines[1:]
    plain = told("items", LSAT6)
    words = {"0": "False", "1": "True"}
    numbered = [[f"{at:04}", *row] for at, row in enumerate(rows)]
    r_table = "\n".join(
        [
            " ".join(f'"{name} x"' for name in head),
            *(f'"{at}" {" ".join(row)}' for at, row in enumerate(rows)),
        ]
    )
    files = {
        "old Mac": "\r".join(",".join(line) for line in lines),
        "Unicode text of a spreadsheet": "\n".join("\t".join(line) for line in lines).encode("utf-16"),
        "words": "\n".join([",".join(head), *(",".join(words[one] for one in row) for row in rows)]),
        "decimals": "\n".join([";".join(head), *(";".join(f"{one},00" for one in row) for row in rows)]),
        "labels that never repeat": "\n".join(",".join(line) for line in [["Sujeto", *head], *numbered]),
        "a known name": "\n".join(",".join(line) for line in [["Person ID", *head], *numbered]),
        "a table from R": r_table,
    }
    for how, text in files.items():
        said = told("items", write(text))
        assert [one["facility"] for one in said["items"]] == [one["facility"] for one in plain["items"]], how
        assert said["alpha"] == plain["alpha"], how

"""More published numbers through the command line, and files that are odd but plain to a person."""

import json
import re
from itertools import product

import pytest

from tests.flows.test_statistics_by_command import Write, refused, told, write
from tests.unit.test_published_statistics import LSAT7

pytestmark = [pytest.mark.no_database]
__all__ = ["write"]
MATHEMATICS = (
    691, 184, 158, 41, 235, 87, 65, 15, 242, 79, 92, 28, 134, 52, 63, 40,
    2280, 571, 462, 166, 1053, 412, 370, 187, 1685, 626, 702, 500, 1682, 1219, 2095, 3385,
)  # fmt: skip
DIAGNOSES = (
    "444444222555233335555555222444113333333355113334114444555555144444124444222333144444224445"
    "333335111455111112224444133555555555244444224555114444144445222224111155224444133333555555"
)
WINES = ("11366789", "23845579", "03135679", "12436298")
THREE_CODERS = ("*****34121133*3", "1*213343*******", "**21344*21133*4")


def test_mathematics_of_de_ayala_as_patterns_with_their_frequency(write: Write) -> None:
    """de Ayala (2009), page 14; alpha, EAP of nobody right, its error and the reliability as mirt's pages print them."""
    patterns = zip(product("01", repeat=5), MATHEMATICS, strict=True)
    file = write("I1;I2;I3;I4;I5;Freq\n" + "\n".join(";".join((*one, str(many))) for one, many in patterns))
    found = told("items", file)
    assert (found["n"], found["alpha"]) == (19601, pytest.approx(0.6077281, abs=1e-7))
    items = write(json.dumps(told("irt", file, "--model", "2pl")), "items.json")
    scored = told("score", file, "--items", items)
    nobody = scored["people"][0]
    assert (nobody["theta"], nobody["se"]) == pytest.approx((-1.580133, 0.6699424), abs=2e-5)
    assert scored["reliability"] == pytest.approx(0.6200703, abs=1e-5)


def test_lsat7_with_two_blanks_with_a_common_slope_and_with_its_fit_as_mirt_s_tests_have_them(
    write: Write,
) -> None:
    rows = [list(pattern) for pattern, many in LSAT7.items() for _one in range(many)]
    whole = write("a,b,c,d,e\n" + "\n".join(map(",".join, rows)))
    two = told("irt", whole, "--model", "2pl", "--m2")
    assert [one["s_x2"] for one in two["items"]] == pytest.approx(
        [4.749440, 14.451071, 1.270381, 5.237400, 0.941125], abs=1e-2
    )
    assert (two["m2"], two["df_m2"]) == (pytest.approx(11.93841, abs=1e-4), 5)
    one = told("irt", whole, "--model", "1pl")
    assert one["items"][0]["a"] == pytest.approx(1.011, abs=1e-3)
    assert [-item["a"] * item["b"] for item in one["items"]] == pytest.approx(
        [1.868, 0.791, 1.461, 0.521, 1.993], abs=1e-3
    )
    people = told("score", whole, "--items", write(json.dumps(one), "1pl.json"), "--method", "ml")["people"]
    thetas = [people[row - 1]["theta"] for row in (1, 13, 34, 40, 1000)]
    assert (thetas[0], thetas[4]) == (None, None)
    assert thetas[1:4] == pytest.approx([-2.783489, -1.750890, -2.783489], abs=1e-2)
    rows[0][0], rows[1][1] = "-", "*"
    blank = told("irt", write("a|b|c|d|e\n" + "\n".join(map("|".join, rows))), "--model", "2pl")["items"]
    assert [item["a"] for item in blank] == pytest.approx([0.969, 1.074, 1.717, 0.763, 0.731], abs=3e-3)


def test_kappas_of_couples_of_mammograms_of_xeromammograms_and_of_thirty_patients(write: Write) -> None:
    """Agresti's couples, Kundel & Polansky (2003), Boyd (1982) and Fleiss (1971), as vcd, Friendly & Meyer, Stata and irr print."""
    couples = write(
        "Husband,Never,Fairly,Very,Always\nNever,7,7,2,3\nFairly,2,8,3,7\nVery,1,5,4,9\nAlways,2,8,9,14\n"
    )
    found = told("agreement", couples, "--method", "kappa")
    assert (found["kappa"], found["se"]) == pytest.approx((0.1293, 0.06860), abs=5e-5)
    both = told("agreement", couples, "--method", "weighted-kappa")
    assert (both["linear"], both["value"]) == (pytest.approx(0.2374, abs=5e-5), both["quadratic"])
    linear = told("agreement", couples, "--method", "weighted-kappa", "--weights", "linear")
    assert (linear["value"], linear["se"]) == (both["linear"], pytest.approx(0.07832, abs=5e-6))
    breasts = write(
        "\tAbsent\tMinimal\tModerate\tSevere\nAbsent\t34\t10\t2\t0\nMinimal\t6\t8\t8\t2\nModerate\t2\t5\t4\t12\nSevere\t0\t1\t2\t14\n"
    )
    found = told("agreement", breasts, "--method", "weighted-kappa", "--weights", "linear")
    assert (found["kappa"], found["se"]) == pytest.approx((0.5964, 0.04923), abs=5e-5)
    doctors = write(
        "rada,normal,benign,suspect,cancer\nnormal,21,12,0,0\nbenign,4,17,1,0\nsuspect,3,9,15,2\ncancer,0,0,0,1\n"
    )
    found = told("agreement", doctors, "--method", "kappa")
    assert (found["kappa"], found["se0"]) == pytest.approx((0.4728, 0.0694), abs=5e-5)
    assert found["z"] == pytest.approx(6.81, abs=6e-3)
    patients = write(
        "Patient,A,B,C,D,E,F\n"
        + "\n".join(f"P{n}," + ",".join(one) for n, one in enumerate(re.findall("......", DIAGNOSES)))
    )
    found = told("agreement", patients, "--method", "kappa")
    assert (found["n"], found["kappa"], found["fleiss"]) == (
        30, pytest.approx(0.459, abs=5e-4), pytest.approx(0.430, abs=5e-4),
    )  # fmt: skip


def test_three_coders_with_stars_for_blanks_and_four_judges_of_eight_wines(write: Write) -> None:
    """Krippendorff's example with three coders: .691 nominal, .811 interval. Wines (Zaiontz; pingouin): ICC(2,1) .7277."""
    units = "\n".join(f"{1001 + n} {' '.join(one)}" for n, one in enumerate(zip(*THREE_CODERS, strict=True)))
    for level, alpha in (("nominal", 0.691), ("ordinal", 0.807), ("interval", 0.811)):
        found = told(
            "agreement", write(f"Text_no A B C\n{units}"), "--method", "krippendorff", "--level", level
        )
        assert (found["alpha"], found["values"]) == (pytest.approx(alpha, abs=5e-4), 4)
    wines = [
        f"{n},{judge},{score}"
        for judge, one in zip("ABCD", WINES, strict=True)
        for n, score in enumerate(one)
    ]
    found = told("agreement", write("Wine,Judge,Scores\n" + "\n".join(wines)), "--method", "icc")
    assert (found["icc"], found["all"]["ICC3k"]["icc"]) == pytest.approx((0.727689, 0.915159), abs=1e-6)
    assert found["ci95"] == pytest.approx([0.43, 0.93], abs=5e-3)


def test_a_column_of_labels_is_never_a_rater_or_an_item(write: Write) -> None:
    pairs = [(3, 4), (5, 5), (1, 2), (4, 4), (2, 3), (5, 4)]
    bare = told("agreement", write("A,B\n" + "\n".join(f"{a},{b}" for a, b in pairs)), "--method", "icc")[
        "icc"
    ]
    for head, first in (("call_id", 71), ("Contact no", 1), ("ContactID", 0), ("Beleg", 501), ("Agent", 3)):
        rows = "\n".join(f"{first + n},{a},{b}" for n, (a, b) in enumerate(pairs))
        assert told("agreement", write(f"{head},A,B\n{rows}"), "--method", "icc")["icc"] == bare, head
    words = "\n".join(
        f"Agent {n},{'low' if a < 3 else 'high'},{'low' if b < 3 else 'high'}"
        for n, (a, b) in enumerate(pairs)
    )
    found = told("agreement", write(f"Who,A,B\n{words}"), "--method", "kappa")
    assert (found["raters"], found["categories"]) == (["A", "B"], ["high", "low"])
    self_rated = told(
        "agreement", write("agent,coach,expert\n3,4,4\n3,3,4\n5,5,4\n1,2,1\n"), "--method", "icc"
    )
    assert self_rated["raters"] == 3, "an agent who rated too"
    for head in ("Judge no", "Judge_ID", "SME"):
        file = write(f"{head},i1,i2\n1,.5,.6\n2,.6,.8\n3,.4,.7\n")
        assert told("cut", file, "--method", "angoff")["cut"] == pytest.approx(1.2), head
    turned = write("Item no,Judge 1,Judge 2\n1,50%,60%\n2,70%,60%\n")
    assert told("cut", turned, "--method", "angoff")["cut"] == pytest.approx(1.2)
    assert "Give all as shares or all as percents" in refused(
        "cut", write("judge,a,b\nX,.5,60\n"), "--method", "angoff"
    )
    for head in ("Agent ID", "emp_no", "Email", "Candidate number", "#"):
        assert [
            one["item"] for one in told("items", write(f"{head},email,b\nx1,1,0\nx2,0,1\n"))["items"]
        ] == ["email", "b"]


def test_words_have_no_order_until_it_is_said(write: Write) -> None:
    numbers = write("A,B\n0,1\n2,2\n1,1\n0,0\n2,1\n")
    words = write("A,B\nlow,medium\nhigh,high\nmedium,medium\nlow,low\nhigh,medium\n", "words.csv")
    ordinal = ("--method", "krippendorff", "--level", "ordinal")
    assert "Words have no order" in refused("agreement", words, *ordinal)
    said = told("agreement", words, *ordinal, "--categories", "low,medium,high")
    assert said["alpha"] == told("agreement", numbers, *ordinal)["alpha"]


def test_letters_in_either_case_numbers_with_a_point_and_keys_with_a_head(write: Write) -> None:
    file = write("q1;q2;q3\na;2.0;C\nA;1.0;c\nb;2.0;*\nB;-;c\n")
    keys = ("A,2,c", write("key\nA\n2\nC\n", "k1.csv"), write("id,q1,q2,q3\nkey,a,2,C\n", "k2.csv"))
    for key in keys:
        found = told("items", file, "--key", key)["items"]
        assert [(one["facility"], one["missing"]) for one in found] == [
            (0.5, 0),
            (pytest.approx(2 / 3), 1),
            (0.75, 0),
        ]
        assert set(found[0]["options"]) == {"A", "B"}


def test_marks_letters_and_delimiters_of_other_systems(write: Write) -> None:
    plain = told("items", write("año,q2\n1,0\n0,1\n1,1\n"))
    rows = ("1{0}0", "0{0}1", "1{0}1")
    for mark, head in ((";", '"año";q2'), ("\t", "año\tq2"), ("|", "año|q2")):
        text = "\r\n".join([head, *(row.format(mark) for row in rows)])
        assert told("items", write(text.encode("cp1252") + b"\r\n\x1a")) == plain
    named = told("items", write('"q1, first part";"q2 (a, b)"\n1;0\n0;1\n1;1\n'))
    assert [one["item"] for one in named["items"]] == ["q1, first part", "q2 (a, b)"]
    assert told("items", write("año,q2\n+,-\n-,+\n+,+\n")) == plain
    assert "here it holds numbers" in refused("items", write("1,1,0\n0,1,1\n"))
    halves = told("agreement", write("A;B\n3,5;4,0\n1,5;2,5\n5,0;4,5\n"), "--method", "icc")["icc"]
    assert halves == told("agreement", write("A,B\n3.5,4\n1.5,2.5\n5,4.5\n"), "--method", "icc")["icc"]
    graded = write("candidate,Checklist score,Global rating\nx,10,0\ny,14,1\nz,20,2\nw,13,1\n")
    assert told("cut", graded, "--method", "borderline-regression")["cut"] == pytest.approx(14.25)


def test_people_without_a_group_are_in_none_and_an_odds_ratio_without_end_has_a_class(write: Write) -> None:
    rows = [("A", 0, n // 2 % 2) if n % 2 else ("B", 1, n // 2 % 2) for n in range(60)]
    text = "\n".join(f"{a},{b},{team}" for team, a, b in rows)
    ask = ("--group", "My team", "--focal", "B")
    found = told("dif", write(f"a,b,My team\n{text}\n1,0,NA\n0,1,-\n"), *ask)
    assert found == told("dif", write(f"a,b,My team\n{text}\n"), *ask)
    first = found["items"][0]
    assert (found["n_focal"], found["n_reference"], first["delta"], first["class"]) == (30, 30, None, "C")


def test_banks_beyond_all_numbers_are_refused(write: Write) -> None:
    people = write("a\n1\n0\n")
    huge = write('[{"item": "a", "b": 1' + "0" * 400 + "}]", "i.json")
    assert "a, b and c must be numbers" in refused("score", people, "--items", huge)
    assert "not a JSON document" in refused("score", people, "--items", write("[" * 100_000, "i.json"))


def test_what_is_left_unsaid_is_asked_for(write: Write) -> None:
    long = "\n".join(
        f"{n},{who},{word}" for n in "123" for who, word in (("X", "yes"), ("Y", "no" if n == "2" else "yes"))
    )
    found = told("agreement", write(f"item_id,annotator,label\n{long}\n"), "--method", "kappa")
    assert (found["raters"], found["n"], found["agreement"]) == (["X", "Y"], 3, pytest.approx(2 / 3))
    wide = write("contact,assessor,coach\n1,2,2\n2,3,4\n3,5,5\n", "wide.csv")
    assert told("agreement", wide, "--method", "icc")["raters"] == 2, "contacts that do not repeat are rows"
    assert "column 2 has none" in refused("items", write("a,,c\n1,0,1\n0,1,1\n"))
    assert [one["item"] for one in told("items", write("a,,c,,\n1,,1,,\n0,,1,,\n"))["items"]] == ["a", "c"]
    letters = write("a,b\nA,B\nB,B\n")
    assert "There is no file" in refused("items", letters, "--key", "/nowhere/key.csv")

"""Published numbers out of files as strangers write them: the command says the same, or what to change."""

import csv
import random
from pathlib import Path

import pytest

from tests.flows.test_statistics_by_command import Write, refused, told, write
from tests.unit.test_published_statistics import LSAT7

pytestmark = [pytest.mark.no_database]
__all__ = ["write"]
ODD = (3, 0, 4, 2, 1)
BEN, GERRY = "aabbdcccedda", "babbbccceddd"
MEG, OWEN = "0100000010", "1110010000"
ANXIETY = ("33345523522615221243", "36462424332333221334", "21443216111233113322")


def lsat7() -> list[str]:
    rows = [pattern for pattern, many in LSAT7.items() for _one in range(many)]
    random.Random(1).shuffle(rows)
    return rows


def test_lsat7_in_words_with_tabs_with_r_s_row_names_and_as_a_table_of_patterns(write: Write) -> None:
    """Bock & Lieberman (1970); slopes and log likelihood as mirt's manual prints them, shares as their table has them."""
    said = {"0": "No", "1": "Yes"}
    words = ["\t".join(("Candidate no.", *(f"V{at + 1}" for at in ODD)))]
    words += [f"C{n:04}\t" + "\t".join(said[one[at]] for at in ODD) for n, one in enumerate(lsat7())]
    from_r = [" ".join(f'"V{at + 1}"' for at in ODD)]
    from_r += [f'"{n}" ' + " ".join(one[at] for at in ODD) for n, one in enumerate(lsat7(), start=1)]
    patterns = ["V1;V2;V3;V4;V5;Freq"] + [";".join((*one, str(many))) for one, many in LSAT7.items()]
    shares = {"V1": 0.828, "V2": 0.658, "V3": 0.772, "V4": 0.606, "V5": 0.843}
    for lines in (words, from_r, patterns):
        file = write("\n".join(lines))
        found = told("items", file)
        assert (found["n"], round(found["alpha"], 2)) == (1000, 0.45)
        assert {one["item"]: one["facility"] for one in found["items"]} == shares
    fitted = told("irt", file, "--model", "2pl")
    assert fitted["loglik"] == pytest.approx(-2658.805, abs=1e-3)
    slopes = {one["item"]: one["a"] for one in fitted["items"]}
    known = {"V1": 0.988, "V2": 1.081, "V3": 1.706, "V4": 0.765, "V5": 0.736}
    assert slopes == pytest.approx(known, abs=2e-3)


def test_krippendorff_s_two_observers_and_a_table_that_may_be_turned(write: Write) -> None:
    """Krippendorff (2011), Computing Krippendorff's alpha-reliability: 0.095 for A (binary), 0.692 for B (nominal)."""
    rows = zip(MEG, OWEN, strict=True)
    file = write("Article;Meg;Owen\n" + "\n".join(f"{n};{a};{b}" for n, (a, b) in enumerate(rows, start=1)))
    found = told("agreement", file, "--method", "krippendorff")
    assert (found["units"], round(found["alpha"], 3)) == (10, 0.095), "what numbers the articles is no coder"
    lines = [["Coder", *map(str, range(1, 13))], ["Ben", *BEN], ["Gerry", *GERRY]]
    turned = write("\n".join(map(",".join, lines)))
    assert told("agreement", turned, "--method", "krippendorff")["alpha"] == pytest.approx(0.692, abs=5e-4)
    bare = write("\n".join(map("\t".join, [["", *lines[0][1:]], *lines[1:]])))
    assert "Say --rows units or --rows raters." in refused("agreement", bare, "--method", "krippendorff")
    found = told("agreement", bare, "--method", "krippendorff", "--rows", "raters")
    assert found["alpha"] == pytest.approx(0.692, abs=5e-4)


def test_a_rater_whose_marks_happen_to_count_the_rows_is_still_a_rater(write: Write) -> None:
    marks = {"A": "12345", "B": "12355", "C": "21345"}
    for names in ("ABC", "BAC"):
        rows = zip(*(marks[one] for one in names), strict=True)
        file = write("\n".join([",".join(names), *map(",".join, rows)]), f"{names}.csv")
        found = told("agreement", file, "--method", "krippendorff", "--level", "interval")
        assert found["alpha"] == pytest.approx(1 - 0.4 / (988 / 210), abs=1e-9)


def test_kappas_of_cohen_of_westlund_and_kurland_and_of_two_clinicians(write: Write) -> None:
    """Cohen (1960): .492 of shares. Multiple sclerosis in Winnipeg (Landis & Koch 1977): .208, linear .380. Sim & Wright (2005): .67."""
    names = ("Personality disorder", "Neurosis", "Psychosis")
    cells = ((0.44, 0.07, 0.09), (0.05, 0.20, 0.05), (0.01, 0.03, 0.06))
    lines = [",".join(("", *names))]
    lines += [",".join((name, *map(str, row))) for name, row in zip(names, cells, strict=True)]
    for more in ((), ("--table",)):
        found = told("agreement", write("\n".join(lines)), "--method", "kappa", *more)
        assert found["kappa"] == pytest.approx(0.492, abs=5e-4), "a table is known by its names"
        assert (found["n"], found["se"], found["ci95"]) == (None, None, None), "shares do not say of how many"
    patients = write(
        '"Certain" "Probable" "Possible" "Doubtful"\n"Certain" 38 5 0 1\n"Probable" 33 11 3 0\n'
        '"Possible" 10 14 5 6\n"Doubtful" 3 7 3 10\n'
    )
    assert told("agreement", patients, "--method", "kappa")["kappa"] == pytest.approx(0.2079, abs=5e-5)
    weighted = told("agreement", patients, "--method", "weighted-kappa", "--weights", "linear")
    assert (weighted["kappa"], weighted["se"]) == (
        pytest.approx(0.3797, abs=5e-5),
        pytest.approx(0.05167, abs=5e-5),
    )
    pairs = ["Yes,Yes"] * 22 + ["Yes,No"] * 2 + ["No,Yes"] * 4 + ["No,No"] * 11
    clinicians = write("Clinician 1,Clinician 2\n" + "\n".join(pairs))
    assert told("agreement", clinicians, "--method", "kappa")["kappa"] == pytest.approx(0.67, abs=5e-3)


def test_the_intraclass_correlation_of_twenty_people_and_their_three_raters(write: Write) -> None:
    """The data `anxiety` of R's package irr: 0.198 for single raters, two-way, absolute agreement."""
    rows = list(zip(*ANXIETY, strict=True))
    printed = "   rater1 rater2 rater3\n" + "\n".join(
        f"{n:<2}      {'      '.join(row)}" for n, row in enumerate(rows, start=1)
    )
    long = "Subject,Rater,Score\n" + "\n".join(
        f"S{n},{name},{mark}" for n, row in enumerate(rows) for name, mark in zip("ABC", row, strict=True)
    )
    for text in (printed, long):
        assert told("agreement", write(text), "--method", "icc")["icc"] == pytest.approx(0.198, abs=5e-4)


def test_newcombe_s_intervals_and_baker_s_ability(write: Write, tmp_path: Path) -> None:
    """Newcombe (1998), method 3: 81/263, 15/148, 0/20, 1/29. Baker (2001), chapter 5: 0.3249, its error 1.23."""
    known = {
        (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0.0, 0.1611), (1, 29): (0.0061, 0.1718),
    }  # fmt: skip
    file = tmp_path / "newcombe.csv"
    with file.open("w", newline="") as out:
        lines = csv.writer(out, delimiter=";")
        lines.writerow(["Respondent", *(f"{hits} of {n}" for hits, n in known)])
        for at in range(263):
            lines.writerow([f"R{at}", *(int(at < hits) if at < n else "NA" for hits, n in known)])
    for one, (low, high) in zip(told("items", file)["items"], known.values(), strict=True):
        assert one["facility_ci95"] == pytest.approx([low, high], abs=5e-5)
    assert told("items", file)["items"][2]["facility_ci95"][0] == 0
    items = write(
        '[{"item": "one", "a": 1.0, "b": -1}, {"item": "two", "a": 1.2, "b": 0}, {"item": "three", "a": 0.8, "b": 1}]',
        "baker.json",
    )
    people = write("Name,three,one,two\nAna,Correct,Correct,Incorrect\n")
    (ana,) = told("score", people, "--items", items, "--method", "ml")["people"]
    assert (ana["theta"], ana["se"]) == (pytest.approx(0.3249, abs=1e-4), pytest.approx(1.23, abs=5e-3))


def test_a_frequency_column_is_people_only_where_it_counts_them(write: Write) -> None:
    found = told("items", write("id,a,b,count\np1,1,0,3\np2,0,1,0\np3,1,1,2\n"))
    assert (found["n"], [one["facility"] for one in found["items"]]) == (5, [1.0, 0.4])
    assert "count, row 2" in refused("items", write("a,b,count\n1,0,2.5\n0,1,1\n"))
    assert len(told("items", write("a,b,count\n1,0,1\n0,1,1\n1,1,0\n"))["items"]) == 3, (
        "0 and 1 are an item's"
    )
    assert "more people than are read" in refused("items", write("a,b,freq\n1,0,2000000\n0,1,1\n"))

"""Every sheet on every paper from the sample county, measured in its PDF."""

import hashlib
import os
import subprocess
import sys
from collections import Counter
from datetime import date

import pytest

from layers.sample import SAMPLE_CLOCK, fill_sample
from layers.store import Query, open_store, read_frame
from tests.webmap.printing.sheet_checks import check_sheet
from webmap.printing import load_recipe, sheet
from webmap.printing.typeset import short_name

PROGRAM = "import sys; from api.cli.program import run; sys.exit(run(sys.argv[1:]))"
TOWNS = tuple(f"140423{number}000" for number in range(100, 109))
CIRCLES = [("circles", paper, {}) for paper in ("A3", "A2", "A1", "A0")]
COUNTY = [("county", paper, {}) for paper in ("A3", "A1", "A0")]
GAPS = [("gaps", paper, {"by": by}) for paper in ("A3", "A1") for by in ("township", "village")]
TOWNSHIPS = [("township", "A3", {"township": code}) for code in TOWNS]


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("county") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, clock=SAMPLE_CLOCK) as opened:
        fill_sample(opened)
        yield opened


@pytest.fixture(scope="module")
def divisions(store):
    found = read_frame(store, "divisions", Query(at=date(2024, 1, 1)))
    return found[~(found.geometry.isna() | found.geometry.is_empty)]


def check_county(drawn, paper, divisions) -> None:
    """Every town and facility, and the villages of the bar, from the PDF's words alone."""
    words = Counter(word.text for word in paper.inside(drawn.page.frame))
    villages = Counter(
        short_name(name) for name in divisions["name"][divisions["level"] == "village"]
    )
    others = divisions["name"][divisions["level"] != "village"]
    assert all(words[name] >= 1 for name in others)
    placed = sum(min(count, words[name]) for name, count in villages.items())
    total = sum(villages.values())
    assert total == 238
    assert placed >= (0.97 if drawn.page.paper == "A3" else 1.0) * total
    missing = Counter(label.name for label in drawn.unplaced if label.layer == "divisions")
    assert missing == villages - words
    assert words["虒亭镇"] == 1
    assert words["贾垴"] >= 1


@pytest.mark.slow
def test_the_county_on_a3_holds_the_whole_bar(store, divisions):
    drawn = sheet(store, "county", crosses=True)
    assert drawn.page.scale == 180_000
    check_county(drawn, check_sheet(drawn), divisions)


@pytest.mark.slow
def test_a_township_holds_the_whole_bar(store, divisions):
    drawn = sheet(store, "township", township="虒亭镇", crosses=True)
    words = {word.text for word in check_sheet(drawn).inside(drawn.page.frame)}
    own = divisions[divisions["parent_code"] == "140423104000"]
    assert {short_name(name) for name in own["name"]} <= words
    assert "古韩镇" in words  # the neighbour, muted
    assert "永安" not in words
    assert drawn.unplaced == ()


@pytest.mark.slow
def test_the_gaps_hold_the_whole_bar(store):
    drawn = sheet(store, "gaps", crosses=True)
    paper = check_sheet(drawn)
    assert {f"140423{number}000" for number in range(100, 109)} <= {
        placed.label.id for placed in drawn.placed
    }
    assert {"80%", "古韩镇"} <= {word.text for word in paper.words}


@pytest.mark.walk
@pytest.mark.parametrize(("name", "size", "asked"), [*COUNTY, *CIRCLES, *GAPS, *TOWNSHIPS])
def test_every_sheet_on_every_paper(store, divisions, name, size, asked):
    drawn = sheet(store, name, paper=size, crosses=True, **asked)
    paper = check_sheet(drawn)
    if name == "county":
        assert drawn.page.scale == load_recipe("county").papers[size]["scale"]
        check_county(drawn, paper, divisions)
    if name in {"gaps", "township"} and asked.get("by") != "village":
        assert drawn.unplaced == ()


@pytest.mark.slow
def test_another_locale_time_zone_and_folder_give_the_same_bytes(store, tmp_path):
    hashes = []
    for number, (locale, zone) in enumerate((("C", "Asia/Shanghai"), ("C.UTF-8", "Pacific/Apia"))):
        folder = tmp_path / f"资料 {number}"
        folder.mkdir()
        files = [folder / f"{kind}图.{kind}" for kind in ("pdf", "svg", "png")]
        out = [word for file in files for word in ("--out", str(file))]
        data = str(store.path.parent)
        subprocess.run(
            [sys.executable, "-c", PROGRAM, "print", "county", "--data", data, "--dpi", "72", *out],
            check=True,
            cwd=folder,
            env={**os.environ, "LC_ALL": locale, "TZ": zone, "PYTHONUTF8": "0"},
            capture_output=True,
        )
        hashes.append([hashlib.sha256(file.read_bytes()).hexdigest() for file in files])
    assert hashes[0] == hashes[1]

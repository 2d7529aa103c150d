"""Sheets once their data are loaded: drawing, PDF, size, memory."""

import tracemalloc
from resource import RUSAGE_SELF, getrusage
from time import perf_counter, process_time

import pytest

from layers.analysis.division_picture import division_picture
from layers.analysis.question import CareQuestion
from layers.analysis.services import service_picture
from layers.sample import SAMPLE_CLOCK, fill_sample
from layers.store import open_store
from tests.webmap.printing.build import county_picture
from webmap.printing import SheetOptions, circles_sheet, load_recipe
from webmap.printing.compose import compose
from webmap.printing.export import render_png

pytestmark = pytest.mark.bench


@pytest.fixture(scope="module")
def pictures(tmp_path_factory):
    path = tmp_path_factory.mktemp("county") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, clock=SAMPLE_CLOCK) as store:
        fill_sample(store)
        services = service_picture(store, CareQuestion())
        return {
            "county": division_picture(store),
            "township": division_picture(store, township="虒亭镇"),
            "gaps": services,
            "circles": services,
        }


@pytest.mark.parametrize(
    ("name", "paper"),
    [
        *(("county", paper) for paper in ("A3", "A1", "A0")),
        *(("township", "A3"), ("gaps", "A3"), ("gaps", "A1"), ("circles", "A3"), ("circles", "A1")),
    ],
)
def test_a_sheet_from_picture_to_pdf(pictures, name, paper):
    picture, recipe, options = pictures[name], load_recipe(name), SheetOptions(paper=paper)
    compose(picture, recipe, options).pdf  # noqa: B018  (fonts and libraries are loaded once)
    started, cpu = perf_counter(), process_time()
    sheet = compose(picture, recipe, options)
    drawn = perf_counter()
    pdf = sheet.pdf
    ended, used = perf_counter(), process_time() - cpu
    tracemalloc.start()
    compose(picture, recipe, options).pdf  # noqa: B018
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    target = 1.5 if paper == "A3" else 2.0
    print(
        f"\n{name} {paper} 1:{sheet.page.scale:,}: draw {drawn - started:.2f} s,"
        f" PDF {ended - drawn:.2f} s (target {target} s together; CPU {used:.2f} s),"
        f" PDF {len(pdf) // 1024} KiB, SVG {len(sheet.svg.encode()) // 1024} KiB,"
        f" Python's peak {peak / 2**20:.0f} MiB,"
        f" process {getrusage(RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB,"
        f" placed {len(sheet.placed)}, unplaced {len(sheet.unplaced)}"
    )


def test_a_crowded_county_sheet_from_picture_to_paper():
    picture = county_picture()
    circles_sheet(picture).pdf  # noqa: B018  (fonts and libraries are loaded once)
    started = perf_counter()
    sheet = circles_sheet(picture)
    drawn = perf_counter()
    pdf = sheet.pdf
    written = perf_counter()
    png = render_png(pdf, dpi=300)
    rendered = perf_counter()
    assert png
    print(
        f"\nA3 sheet: draw {drawn - started:.2f} s, PDF {written - drawn:.2f} s"
        f" (target 1.5 s together), PNG 300 dpi {rendered - written:.2f} s,"
        f" {len(pdf) // 1024} KiB, placed {len(sheet.placed)}, unplaced {len(sheet.unplaced)}"
    )

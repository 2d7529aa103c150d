"""The Houbao study on the sample county: from the store to the four files, and the A3 sheet."""

from time import perf_counter

import pytest

from layers.analysis.study import houbao_study
from layers.sample import SAMPLE_CLOCK, fill_sample
from layers.store import open_store
from webmap.printing.compose import compose
from webmap.printing.recipe import load_recipe
from webmap.study_files import write_study

pytestmark = pytest.mark.bench


def test_the_study_from_the_store_to_its_files(tmp_path):
    url = f"gpkg:{tmp_path / 'county.gpkg'}"
    with open_store(url, create=True, clock=SAMPLE_CLOCK) as store:
        fill_sample(store)
        houbao_study(store)  # kernels and projections are loaded once
        started = perf_counter()
        answer = houbao_study(store)
        asked = perf_counter()
    write_study(answer, tmp_path / "first")
    begun = perf_counter()
    made = write_study(answer, tmp_path / "again")
    written = perf_counter()
    assert all(path.stat().st_size for path in made.files)
    plan = load_recipe("siting")
    drawn = perf_counter()
    sheet = compose(answer.picture, plan)
    pdf = sheet.pdf
    ended = perf_counter()
    print(
        f"\nstudy of {len(answer.siting.candidates)} places: asked in {asked - started:.1f} s,"
        f" four files in {written - begun:.1f} s, of which the A3 sheet {ended - drawn:.2f} s"
        f" (target 1.5 s), {len(pdf) // 1024} KiB, unplaced {len(sheet.unplaced)}"
    )

"""PNG at 300 dpi of the A1 and A0 county sheet: seconds, and peak memory of its own process."""

import subprocess
import sys
from pathlib import Path

import pytest

from layers.sample import fill_sample
from layers.store import open_store

pytestmark = pytest.mark.bench

_MIB = {"A1": 700, "A0": 1229}
_SECONDS = {"A1": 6, "A0": 10}

_SCRIPT = """
import resource, sys, time
from pathlib import Path
from layers.store import open_store
from webmap.printing import sheet

store, paper, out = sys.argv[1:]
drawn = sheet(open_store(store), "county", paper=paper)
begin = time.perf_counter()
pdf = drawn.pdf
middle, busy = time.perf_counter(), time.process_time()
drawn.write(out)
end, busy = time.perf_counter(), time.process_time() - busy
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(middle - begin, end - middle, busy, peak, len(pdf) / 1024, len(drawn.svg.encode()) / 1024)
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    url = f"gpkg:{tmp_path_factory.mktemp('county') / 'county.gpkg'}"
    with open_store(url, create=True) as store:
        fill_sample(store)
    return url


@pytest.mark.parametrize("paper", ["A1", "A0"])
def test_a_large_png_is_rendered_within_its_memory(county, paper, tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, county, paper, str(tmp_path / "sheet.png")],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    pdf_s, png_s, busy_s, peak_mib, pdf_kib, svg_kib = map(float, done.stdout.split())
    assert (tmp_path / "sheet.png").stat().st_size > 0
    print(
        f"\ncounty {paper}: PDF {pdf_s:.2f} s, {pdf_kib:.0f} KiB (SVG {svg_kib:.0f} KiB);"
        f" PNG 300 dpi {png_s:.2f} s (target {_SECONDS[paper]}), of it {busy_s:.2f} s of CPU;"
        f" peak of the whole process {peak_mib:.0f} MiB (target {_MIB[paper]})"
    )

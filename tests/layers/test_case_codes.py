"""Codes that belong to casework: nobody sets or leaves one but a reviewer with a reason."""

from __future__ import annotations

import pytest

from layers.errors import NotAllowed
from layers.importers import import_file
from layers.store import Actor

CLERK = Actor("clerk")
REVIEWER = Actor("reviewer", "reviewer")
STANDARD = {"name": "新安路", "status": "standard", "pinyin_tone": "Xīn'ān Lù"}


@pytest.mark.parametrize(
    ("actor", "reason"), [(CLERK, ""), (CLERK, "old register"), (REVIEWER, "")]
)
def test_a_standard_name_needs_a_reviewer_and_a_reason(store, actor, reason):
    with pytest.raises(NotAllowed, match="办件流程") as caught:
        store.put("place_names", [STANDARD], actor=actor, reason=reason)
    assert caught.value.code == "by_case_only"
    assert store.count("place_names") == 0


def test_a_reviewer_brings_in_an_old_register(store):
    store.put("place_names", [STANDARD], actor=REVIEWER, reason="register of 2014")
    assert store.count("place_names") == 1


def test_a_clerk_proposes_and_changes_the_rest_of_a_standard_name(store):
    store.put("place_names", [{"name": "新桥"}], actor=CLERK)
    (made,) = store.put("place_names", [STANDARD], actor=REVIEWER, reason="register").ids
    store.put("place_names", [{"id": made, "meaning": "平安"}], actor=CLERK, merge=True)
    assert store.get("place_names", made)["meaning"] == "平安"


def test_a_clerk_takes_no_status_away(store):
    (made,) = store.put("place_names", [STANDARD], actor=REVIEWER, reason="register").ids
    with pytest.raises(NotAllowed):
        store.put("place_names", [{"id": made, "status": "proposed"}], actor=CLERK, merge=True)


def test_an_import_says_whose_the_status_is_and_stores_nothing(store, tmp_path):
    file = tmp_path / "names.csv"
    file.write_text("名称,类型,状态,拼音\n新安路,街路巷,标准,Xīn'ān Lù\n", encoding="utf-8")
    with pytest.raises(NotAllowed, match="审核人"):
        import_file(store, "place_names", file, actor=CLERK)
    assert store.count("place_names") == 0
    report = import_file(store, "place_names", file, actor=REVIEWER, reason="register")
    assert report.new == 1

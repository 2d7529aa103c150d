"""A small store of hand-made features."""

from __future__ import annotations

import pytest
import shapely

from layers.store import Actor, open_store

CLERK, PLANNER, REVIEWER = Actor("a"), Actor("p", "planner"), Actor("r", "reviewer")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """Ten facilities on a line, one without a place; elders of three villages; three names."""
    path = tmp_path_factory.mktemp("ogc") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as opened:
        opened.put(
            "care_facilities",
            [
                {
                    "id": f"f{number}",
                    "name": f"设施{number}",
                    "kind": "station" if number % 2 else "canteen",
                    "beds": number,
                    "services": ["助餐"] if number < 3 else None,
                    "opened": f"202{number}-01-01",
                    "geometry": shapely.Point(113 + number / 100, 36.5),
                }
                for number in range(9)
            ]
            + [{"id": "nowhere", "name": "未定"}],
            actor=CLERK,
        )
        villages = [("140423100001", 3), ("140423100002", 7), ("140423100003", 50)]
        opened.put(
            "elders",
            [
                {"village_code": code, "year": 2020, "age60": 100, "age80": count,
                 "geometry": shapely.Point(113, 36.5)}
                for code, count in villages
            ],
            actor=PLANNER,
        )  # fmt: skip
        opened.put(
            "place_names",
            [{"id": "n1", "name": "拟用名"}, {"id": "n2", "name": "标准名"}],
            actor=CLERK,
        )
        opened.put(
            "place_names",
            [{"id": "n2", "name": "标准名", "status": "standard", "pinyin_tone": "Biāozhǔn Míng"}],
            actor=REVIEWER,
            reason="名册",
        )
        opened.put(
            "divisions",
            [
                {"code": "140423101222", "name": "前王沟村", "level": "village", "kind": "village",
                 "parent_code": "140423101000", "legal": True, "valid_to": "2020-01-01"},
                {"code": "140423101222", "name": "王家沟村", "level": "village", "kind": "village",
                 "parent_code": "140423101000", "legal": True, "valid_from": "2020-01-01"},
            ],
            actor=REVIEWER,
        )  # fmt: skip
        yield opened

"""Every way to ask for a place of the county finds it, the best answer first."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box

from geo.errors import InputError
from layers.names import search
from layers.names.index import MATCHES
from layers.store import Actor, open_store

CLERK = Actor("tester", "reviewer")


def first(store, text, **options):
    return search(store, text, **options)["hits"][0]


@pytest.mark.parametrize(
    ("text", "name", "match"),
    [
        ("虒亭", "虒亭镇", "core"),
        ("siting", "虒亭镇", "pinyin"),
        ("sītíng", "虒亭镇", "pinyin"),
        ("Si Ting", "虒亭镇", "pinyin"),
        ("Sītíng Zhèn", "虒亭镇", "pinyin"),
        ("st", "虒亭镇", "initials"),
        ("司亭", "虒亭镇", "homophone"),
        ("gh", "古韩镇", "initials"),
        ("古汉", "古韩镇", "homophone"),
        ("houbao", "侯堡镇", "pinyin"),
        ("houbu", "侯堡镇", "pinyin"),
        ("hbz", "侯堡镇", "initials"),
        ("ＨＯＵＢＡＯ", "侯堡镇", "pinyin"),
        ("fq", "府前社区", "initials"),
        ("開元社區", "开元社区", "exact"),
        ("kysq", "开元社区", "initials"),
        ("开源", "开元社区", "homophone"),
        ("贾脑", "贾垴村", "variant"),
        ("傅北村", "付北村", "variant"),
        ("善福村委会", "善福村", "variant"),
        ("铁梁城", "虒亭镇", "former"),
        ("kancun", None, None),
        ("likan", "里阚村", "pinyin"),
        ("gelaowa", "阁老凹村", "pinyin"),
        ("gelaoao", "阁老凹村", "pinyin"),
        ("houb", "侯堡镇", "prefix"),
        ("辘轴", "辘轴凹村", "prefix"),
        ("轴凹", "辘轴凹村", "contains"),
        ("七里角村", "七里脚村", "homophone"),
        ("桑家湾村", "桑家河村", "near"),
        ("桑家村", "桑家河村", "near"),
        ("桑家大河村", "桑家河村", "near"),
        ("140423108204", "贾垴村", "code"),
        ("xy-f001", "襄垣县县级养老服务中心", "code"),
    ],
)
def test_the_first_hit_is_the_place_meant(county, text, name, match):
    hits = search(county, text)["hits"]
    assert (hits[0]["name"], hits[0]["match"]) == (name, match) if name else not hits


def test_a_whole_name_comes_before_the_core_of_another(county):
    hits = search(county, "王村")["hits"]
    assert [(h["code"], h["match"]) for h in hits[:2]] == [
        ("140423106200", "exact"),
        ("140423106000", "core"),
    ]


@pytest.mark.parametrize(
    ("text", "code", "now"),
    [
        ("岭后村", "140423101222", ["红星村"]),
        ("善福乡", "140423200000", ["善福镇"]),
        ("北底乡", "140423201000", ["善福镇", "古韩镇"]),
        ("上马乡", "140423202000", ["虒亭镇"]),
        ("140423200200", "140423200200", ["善福村"]),
        ("赵家庄村", "140423100258", []),
    ],
)
def test_a_former_unit_is_a_hit_of_its_own_that_says_what_lives_on(county, text, code, now):
    hit = first(county, text)
    assert (hit["code"], hit["status"]) == (code, "former")
    assert [unit["name"] for unit in hit["now"]] == now


def test_the_successors_follow_a_former_unit(county):
    hits = search(county, "北底乡")["hits"]
    assert [(h["name"], h["match"]) for h in hits[1:3]] == [
        ("古韩镇", "former"),
        ("善福镇", "former"),
    ]
    again = search(county, "140423200200")["hits"]
    assert [(h["code"], h["match"]) for h in again] == [
        ("140423200200", "code"),
        ("140423108200", "former"),
    ]
    assert again[0]["now"] == [{"code": "140423108200", "name": "善福村"}]


def test_a_recode_that_kept_its_name_is_found_by_code_alone(county):
    assert "140423200200" not in {h["code"] for h in search(county, "善福村", 50)["hits"]}


def test_a_day_in_the_past_shows_the_county_of_that_day(county):
    hit = first(county, "善福村", as_of=date(2020, 6, 30))
    assert (hit["code"], hit["status"], hit["parent"]) == ("140423200200", "current", "善福乡")
    assert first(county, "善福乡", as_of=date(2020, 6, 30))["status"] == "current"
    names = {h["name"] for h in search(county, "善福", 50, as_of=date(2020, 6, 30))["hits"]}
    assert "善福镇" not in names
    assert first(county, "岭后村", as_of=date(2019, 6, 30))["status"] == "current"


@pytest.mark.parametrize(
    "text",
    [
        "善福 崔家庄",
        "善福镇崔家庄村",
        "襄垣县善福镇崔家庄村",
        "襄垣县 善福镇 崔家庄",
        "善福乡崔家庄村",
        "shanfu cuijiazhuang",
    ],
)
def test_a_town_before_the_name_narrows(county, text):
    assert [h["code"] for h in search(county, text)["hits"]] == ["140423108207"]


def test_without_a_town_both_doubles_are_shown_by_code(county):
    codes = [h["code"] for h in search(county, "崔家庄村")["hits"][:2]]
    assert codes == ["140423100263", "140423108207"]


def test_a_village_named_like_its_town_is_not_cut_apart(county):
    assert first(county, "善福村")["code"] == "140423108200"


@pytest.mark.parametrize(
    "text", ["", " ", "\u3000\t", "*", "善*", "%", "_", "?", "？", "'", "村" * 101, "\x00"]
)
def test_blanks_and_wildcards_find_nothing(county, text):
    assert search(county, text) == {"query": text, "count": 0, "hits": []}


def test_the_answer_has_the_members_that_programs_read(county):
    answer = search(county, "虒亭", 2)
    assert (answer["query"], answer["count"]) == ("虒亭", 2)
    hit = answer["hits"][0]
    assert list(hit) == [
        "rank",
        "layer",
        "id",
        "code",
        "name",
        "pinyin",
        "level",
        "parent",
        "match",
        "status",
        "now",
        "center",
        "quality",
        "source",
    ]
    assert hit["rank"] == 1
    assert (hit["layer"], hit["id"], hit["level"]) == ("divisions", "140423104000", "township")
    assert (hit["pinyin"], hit["parent"], hit["now"]) == ("Sītíng Zhèn", "襄垣县", [])
    assert box(112.6, 36.3, 113.3, 36.8).contains(Point(hit["center"]))
    assert hit["quality"] == "synthetic"


def test_a_place_without_geometry_has_no_center(county):
    assert first(county, "赵家庄村")["center"] is None


def test_a_limit_must_be_positive(county):
    with pytest.raises(InputError, match="正整数"):
        search(county, "虒亭", 0)


@given(text=st.text(max_size=12), limit=st.integers(1, 5))
def test_whatever_is_typed_gives_ranked_hits(county, text, limit):
    hits = search(county, text, limit)["hits"]
    assert len(hits) <= limit
    assert [h["rank"] for h in hits] == list(range(1, len(hits) + 1))
    ranks = [MATCHES.index(h["match"]) for h in hits]
    assert ranks == sorted(ranks)
    assert len({(h["layer"], h["id"]) for h in hits}) == len(hits)


def test_every_division_is_found_by_its_own_name_pinyin_and_code(county):
    columns = county.table("divisions").columns
    units = zip(columns["id"], columns["code"], columns["name"], columns["valid_to"], strict=True)
    for made, code, name, end in units:
        if end is not None:
            continue
        found = search(county, name)["hits"]
        assert made in {h["id"] for h in found if h["match"] == "exact"}
        assert first(county, code)["id"] == made
        spelled = next(h["pinyin"] for h in found if h["id"] == made)
        assert made in {h["id"] for h in search(county, spelled, 50)["hits"]}


NAMES = [
    {
        "name": "仙堂山",
        "kind": "natural",
        "status": "standard",
        "pinyin_tone": "Xiāntáng Shān",
        "variants": ["仙棠山"],
        "former_names": ["九龙山"],
        "other_readings": ["Xuāntáng Shān"],
        "geometry": LineString([(113.0, 36.6), (113.1, 36.7), (113.2, 36.6)]),
    },
    {"name": "旧街", "kind": "street", "status": "former"},
    {"name": "乱名路", "kind": "street", "status": "refused"},
    {"name": "𠮷祥路", "kind": "street"},
]


@pytest.fixture
def named(store):
    store.put("place_names", NAMES, actor=CLERK, reason="old register")
    store.put(
        "heritage_names", [{"name": "虒亭", "kind": "town1000", "status": "nominated"}], actor=CLERK
    )
    return store


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("仙棠山", "variant"),
        ("九龙山", "former"),
        ("xuantangshan", "pinyin"),
        ("xts", "initials"),
        ("仙堂", "prefix"),
    ],
)
def test_a_place_name_is_found_by_all_that_it_says_of_itself(named, text, match):
    hit = first(named, text)
    assert (hit["name"], hit["match"], hit["pinyin"]) == ("仙堂山", match, "Xiāntáng Shān")


def test_the_center_of_a_line_lies_on_it(named):
    x, y = first(named, "仙堂山")["center"]
    assert LineString([(113.0, 36.6), (113.1, 36.7), (113.2, 36.6)]).distance(Point(x, y)) < 1e-5


def test_former_names_say_so_refused_ones_are_not_shown(named):
    assert first(named, "旧街")["status"] == "former"
    assert search(named, "乱名路")["hits"] == []


def test_heritage_names_and_rare_characters_are_found(named):
    assert first(named, "虒亭")["layer"] == "heritage_names"
    assert first(named, "𠮷祥路")["name"] == "𠮷祥路"
    assert first(named, "祥路")["name"] == "𠮷祥路"


def test_a_write_is_seen_by_the_next_search(named):
    assert search(named, "新桥")["hits"] == []
    made = named.put("place_names", [{"name": "新桥", "kind": "facility"}], actor=CLERK).ids
    assert first(named, "新桥")["id"] == made[0]
    named.delete("place_names", made, actor=CLERK)
    assert search(named, "新桥")["hits"] == []


def test_a_store_without_names_finds_nothing(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'a.gpkg'}", create=True, min_free_mb=0) as store:
        assert search(store, "虒亭")["count"] == 0

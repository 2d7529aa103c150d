from datetime import UTC, date, datetime

import pytest

from api.ogc.parameters import Period, read_bbox, read_limit, read_period
from geo.errors import InputError

DAY = date(2024, 6, 30)


@pytest.mark.parametrize(("text", "limit"), [("1", 1), ("100", 100), ("10000", 10000)])
def test_a_limit_is_a_whole_number(text, limit):
    assert read_limit(text) == limit


def test_a_larger_limit_counts_as_the_largest():
    assert read_limit("10001") == read_limit("999999999999") == 10_000


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "many", "", " 5", "1e3", "٣", "9" * 40])
def test_any_other_limit_is_refused(text):
    with pytest.raises(InputError, match="10000"):
        read_limit(text)


def test_a_box_has_four_numbers_or_six_with_heights():
    assert read_bbox("112.5,36,113.5, 37") == (112.5, 36, 113.5, 37)
    assert read_bbox("112.5,36,-100,113.5,37,9e3") == (112.5, 36, 113.5, 37)


@pytest.mark.parametrize(
    "text",
    ["", "1,2,3", "1,2,3,4,5", "1,2,3,4,5,6,7", "1,2,3,x", "NaN,1,2,3", "1,2,3,Infinity", "1,2,,4",
     "1,2,9,3,4,8", "1e999,2,3,4", "0x1,2,3,4", "1_0,2,3,4"],
)  # fmt: skip
def test_any_other_box_is_refused(text):
    with pytest.raises(InputError):
        read_bbox(text)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024-06-30", DAY, DAY),
        ("2024-06-30/..", DAY, None),
        ("2024-06-30/", DAY, None),
        ("../2024-06-30", None, DAY),
        ("/2024-06-30", None, DAY),
        ("../..", None, None),
        ("2024-06-30/2024-06-30", DAY, DAY),
    ],
)
def test_a_time_is_a_day_or_two_of_which_one_may_be_open(text, first, last):
    assert read_period(text) == Period(first, last)


def test_a_moment_has_a_zone_and_is_the_business_day_there():
    period = read_period("2024-06-29T16:30:00Z/2024-06-30T23:59:60+08:00")
    assert period.first == datetime(2024, 6, 29, 16, 30, tzinfo=UTC)
    assert period.days("Asia/Shanghai") == (DAY, DAY)
    assert period.days("UTC") == (date(2024, 6, 29), DAY)


def test_fractions_of_seconds_and_small_letters_are_understood():
    assert read_period("2024-06-30t08:00:00.123456789z").days("UTC") == (DAY, DAY)


@pytest.mark.parametrize(
    "text",
    ["", "2024", "2024-06", "2024-02-30", "2024-06-30T08:00:00", "2024-06-30T25:00:00Z",
     "2024-07-01/2024-06-30", "2024-06-30/2024-07-01/2024-07-02", "now", "2024-6-3", "20240630",
     "2024-06-30T08:00:01Z/2024-06-30T08:00:00Z", "2024-07-02/2024-06-30T08:00:00Z"],
)  # fmt: skip
def test_any_other_time_is_refused(text):
    with pytest.raises(InputError):
        read_period(text)

from __future__ import annotations

import pytest

from layers.records import RecordCodec
from layers.schema import layer_schema
from layers.stores.sql_versions import version_of

AT = "2024-06-30T08:15:00.000Z"
CODEC = RecordCodec(layer_schema("care_facilities"))


def test_a_version_has_its_row_with_every_field():
    body = '{"beds":3,"id":"f1","name":"示意站"}'
    version = version_of(CODEC, (2, AT, "甲", "update", '{"role":"clerk","verified":true}', body))
    assert (version.version, version.role, version.verified, version.reason) == (
        2,
        "clerk",
        True,
        "",
    )
    assert version.row is not None
    assert (version.row["id"], version.row["beds"], version.row["kind"]) == ("f1", 3, None)


@pytest.mark.parametrize("reason", ["重复登记"])
def test_a_deleted_version_has_no_row(reason):
    detail = f'{{"reason":"{reason}","role":"reviewer","verified":false}}'
    version = version_of(CODEC, (3, AT, "乙", "delete", detail, "null"))
    assert (version.row, version.reason) == (None, reason)

"""A process that walks cases from opening to the end until it is killed; says what was accepted."""

from __future__ import annotations

import os
import sys

from layers.cases import act, open_case
from layers.names.spelling import spelled
from layers.store import Store, open_store
from tests.layers.cases.conftest import CLERK, DAY, NAME
from tests.layers.cases.test_place_name import TO_FORCE

NAMES = 40
"""Names that it brings into force; before the last it is killed."""


def walk(store: Store, number: int) -> None:
    """Bring one name into force and say each step that was accepted."""
    name = f"建{'甲乙丙丁戊己庚辛壬癸'[number % 10]}{'东西南北'[number // 10]}路"
    data = {**NAME, "name": name, "reasons": {"N02": "示意"}}
    case = open_case(store, "place_name", CLERK, data, on=DAY, case_id=f"k{number}")
    acknowledge(case.id, case.version)
    for action, actor, given in TO_FORCE:
        more = {"pinyin_tone": spelling(name)} if action == "check" else {}
        case = act(store, case.id, action, actor, {**given, **more}, on=DAY)
        acknowledge(case.id, case.version)


def spelling(name: str) -> str:
    """Spell the name as the rules have it."""
    return spelled(name, "street")


def acknowledge(case_id: str, version: int) -> None:
    """One write, so that half a line is never read as a whole one."""
    os.write(1, f"{case_id} {version}\n".encode())


def main() -> None:
    """Work in the store named on the command line."""
    with open_store(f"gpkg:{sys.argv[1]}", min_free_mb=0) as store:
        for number in range(NAMES):
            walk(store, number)


if __name__ == "__main__":
    main()

"""A process that writes with some threads until it is killed; says what was acknowledged."""

from __future__ import annotations

import itertools
import os
import sys
import threading

import shapely

from layers.store import Actor, Store, open_store

ROWS = 25


def write(store: Store, writer: int) -> None:
    """Import `ROWS` features, change one, delete one; again and again."""
    actor = Actor(f"writer{writer}")
    for number in itertools.count():
        name = f"{writer}-{number}"
        rows = [
            {"id": f"{name}-{i}", "name": name, "geometry": shapely.Point(112 + i / 100, 36)}
            for i in range(ROWS)
        ]
        store.put("care_facilities", rows, actor=actor)
        acknowledge("put", name)
        store.put("care_facilities", [{"id": rows[0]["id"], "name": "改"}], actor=actor)
        acknowledge("changed", rows[0]["id"])
        store.delete("care_facilities", [rows[1]["id"]], actor=actor)
        acknowledge("deleted", rows[1]["id"])


def acknowledge(what: str, made: str) -> None:
    """One write, so that lines of threads do not mix."""
    os.write(1, f"{what} {made}\n".encode())


def main() -> None:
    """Write to the store named on the command line, as the writers numbered after it, for ever."""
    store = open_store(sys.argv[1], min_free_mb=0)
    for writer in sys.argv[2:]:
        threading.Thread(target=write, args=[store, int(writer)]).start()


if __name__ == "__main__":
    main()

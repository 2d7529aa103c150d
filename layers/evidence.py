"""What proves that a store is as it was written: pure checks of the event chain and its anchors."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from layers.anchors import EVERY, Anchor
from layers.history import DELETED, GENESIS, digest, event_hash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["Chain", "Feature", "Flaw", "check_anchor", "check_anchors"]


@dataclass(frozen=True)
class Flaw:
    """One thing that is not as the platform wrote it.

    Attributes
    ----------
    kind
        chain, history, row, index, contents, schema, trigger, anchor, access_log, file or
        integrity.
    message
        One Chinese sentence.
    layer, id, seq
        The feature and event concerned, where known.
    """

    kind: str
    message: str
    layer: str | None = None
    id: str | None = None
    seq: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Give it as a mapping."""
        return asdict(self)


@dataclass(slots=True)
class Feature:
    """What the chain says of one feature now; `created` is the event that last created it."""

    version: int
    seq: int
    created: int
    alive: bool


class Chain:
    """Follows a chain of events from its beginning; afterwards it knows what must be there.

    Attributes
    ----------
    seq, hash, at
        The last event.
    features
        (layer, id) -> `Feature`.
    ends
        Last event of each transaction, ascending.
    heads
        Number -> (hash, at) of events at the ends of transactions; 0 is the beginning.
    """

    def __init__(self) -> None:
        self.seq = 0
        self.hash = GENESIS
        self.at: str | None = None
        self.features: dict[tuple[str, str], Feature] = {}
        self.ends: list[int] = []
        self.heads: dict[int, tuple[str, str | None]] = {0: (GENESIS, None)}
        self._txn = 0

    def follow(self, event: Sequence[Any], version: Sequence[Any] | None) -> Iterator[Flaw]:
        """Take the next event and the version it made.

        Parameters
        ----------
        event
            seq, txn, at, actor, action, layer, feature_id, version, detail, digest, prev, hash.
        version
            layer, feature_id, version, at, body of the same number in the history, or None.

        Yields
        ------
        What is wrong with them.
        """
        seq, txn, at, _, action, layer, made, number, _, hashed, prev, stored = event
        place = {"layer": layer, "id": made, "seq": seq}
        if seq != self.seq + 1:
            gone = f"{self.seq + 1} 至 {seq - 1}" if seq > self.seq + 2 else str(seq - 1)
            yield Flaw("chain", f"第 {gone} 号事件不见了。", seq=self.seq + 1)
        if prev != self.hash or stored != event_hash(*event[:-1]):
            yield Flaw("chain", f"第 {seq} 号事件（{layer} {made}）被改动或移动过。", **place)
        if version is None:
            yield Flaw("history", f"第 {seq} 号事件的版本（{layer} {made}）不见了。", **place)
        elif tuple(version[:4]) != (layer, made, number, at) or hashed != digest(version[4]):
            yield Flaw("history", f"{layer} {made} 第 {number} 版的内容被改动过。", **place)
        known = self.features.get((layer, made))
        before = 0 if known is None else known.version
        if number != before + 1:
            yield Flaw("chain", f"{layer} {made} 的第 {before + 1} 版没有事件。", **place)
        if txn != self._txn:
            if self.seq:
                self._end()
            self._txn = txn
        created = seq if action == "create" or known is None else known.created
        alive = version is None or version[4] != DELETED
        self.features[layer, made] = Feature(number, seq, created, alive)
        self.seq, self.hash, self.at = seq, stored, at

    def finish(self) -> None:
        """Close the last transaction."""
        if self.seq:
            self._end()

    def _end(self) -> None:
        self.ends.append(self.seq)
        self.heads[self.seq] = self.hash, self.at


def check_anchors(chain: Chain, store: str, lines: Iterable[str]) -> Iterator[Flaw]:
    """Compare a finished chain with the heads that were written down.

    Parameters
    ----------
    chain
        Followed to its end.
    store
        Id of the store; lines of other stores are passed over.
    lines
        Of `anchors.jsonl`, read before the chain was.

    Yields
    ------
    A line that is no anchor, an anchor that the chain does not reach or contradicts, and anchors
    that should be there and are not.
    """
    anchored: set[int] = set()
    found = False
    for number, line in enumerate(lines, 1):
        try:
            anchor = Anchor.parse(line)
        except ValueError:
            yield Flaw("anchor", f"锚点文件第 {number} 行被改动，已不可读。")
            continue
        if anchor.store != store:
            continue
        found = True
        anchored.add(anchor.seq)
        yield from check_anchor(chain, anchor)
    if not found:
        yield Flaw("anchor", "锚点文件中没有本库的锚点：文件被删去或改动，或数据文件被换过。")
        return
    last, overdue = 0, False
    for end in chain.ends[:-1]:
        if end in anchored:
            last, overdue = end, False
        elif end - last >= EVERY:
            # One may be missing: the process was killed between the commit and its anchor.
            if overdue:
                yield Flaw("anchor", f"第 {last} 号事件之后的锚点不见了。", seq=end)
                return
            overdue = True


def check_anchor(chain: Chain, anchor: Anchor) -> Iterator[Flaw]:
    """Compare a finished chain with one head.

    Parameters
    ----------
    chain, anchor
        The chain and the head.

    Yields
    ------
    What is wrong.
    """
    if anchor.seq > chain.seq:
        message = (
            f"锚点记有第 {anchor.seq} 号事件，库中只到第 {chain.seq} 号："
            "末尾的事件被删去，或换回了旧文件。"
        )
        yield Flaw("anchor", message, seq=anchor.seq)
    elif chain.heads.get(anchor.seq) != (anchor.hash, anchor.at):
        message = f"第 {anchor.seq} 号事件与锚点不符：事件链或锚点被改写过。"
        yield Flaw("anchor", message, seq=anchor.seq)

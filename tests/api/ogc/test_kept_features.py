from api.ogc.kept_features import KeptFeatures
from api.ogc.visibility import view_of
from layers.schema import layer_schema

VIEW = view_of(layer_schema("roads"), "viewer")
OTHER = view_of(layer_schema("roads"), "clerk")


class Writer:
    """Writes features of rows that a test changes, and notes which were asked for."""

    def __init__(self, **versions):
        self.versions = {int(name[1:]): version for name, version in versions.items()}
        self.asked = []

    def __call__(self, cursors):
        self.asked += cursors
        there = [cursor for cursor in cursors if cursor in self.versions]
        return [(c, self.versions[c], b"%d.%d" % (c, self.versions[c])) for c in there]


def test_a_feature_is_written_once_and_comes_in_the_order_of_keys():
    kept, write = KeptFeatures(), Writer(r1=1, r2=1, r3=4)
    assert kept.read(VIEW, [(1, 1), (3, 4)], write) == [b"1.1", b"3.4"]
    assert kept.read(VIEW, [(1, 1), (2, 1), (3, 4)], write) == [b"1.1", b"2.1", b"3.4"]
    assert write.asked == [1, 3, 2]
    assert kept.read(VIEW, [], write) == []


def test_a_new_version_is_written_anew():
    kept, write = KeptFeatures(), Writer(r1=1)
    kept.read(VIEW, [(1, 1)], write)
    write.versions[1] = 2
    assert kept.read(VIEW, [(1, 2)], write) == [b"1.2"]


def test_each_view_has_its_own():
    kept, write = KeptFeatures(), Writer(r1=1)
    kept.read(VIEW, [(1, 1)], write)
    kept.read(OTHER, [(1, 1)], write)
    assert write.asked == [1, 1]


def test_a_row_written_meanwhile_comes_as_it_is_and_a_deleted_one_not():
    kept, write = KeptFeatures(), Writer(r1=2)
    assert kept.read(VIEW, [(1, 1), (9, 1)], write) == [b"1.2"]
    assert kept.read(VIEW, [(1, 2)], write) == [b"1.2"]
    assert write.asked == [1, 9]


def test_memory_is_bounded_and_the_longest_unused_goes_first():
    kept, write = KeptFeatures(most_bytes=600), Writer(r1=1, r2=1, r3=1)
    for cursor in (1, 2, 1, 3, 1, 2):
        assert kept.read(VIEW, [(cursor, 1)], write) == [b"%d.1" % cursor]
    assert write.asked == [1, 2, 3, 2]

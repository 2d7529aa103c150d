from api.ogc.kept import KeptByHead
from layers.store import Head

OLD, NEW = Head(1, "a", None), Head(2, "b", None)


def test_an_answer_holds_until_the_head_changes():
    kept, made = KeptByHead(), iter(range(10))
    answers = [kept.get("k", head, lambda: next(made)) for head in (OLD, OLD, NEW, NEW, OLD)]
    assert answers == [0, 0, 1, 1, 2]


def test_the_answer_longest_unused_goes_first():
    kept, asked = KeptByHead(most=2), []

    def ask(key):
        kept.get(key, OLD, lambda: asked.append(key))

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert asked == ["a", "b", "c", "b"]

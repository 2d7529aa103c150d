from types import SimpleNamespace

from starlette.datastructures import Headers

from api.ogc.asking import answer, chosen, is_known, page
from api.ogc.negotiation import HTML, JSON


def call(f=None, **headers):
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return SimpleNamespace(
        params={"f": f}, headers=Headers(named), base_url="http://h", query=[("limit", "2")]
    )


def test_the_format_is_chosen_by_the_call():
    assert chosen(call(accept="text/html")) is HTML
    assert chosen(call("json", accept="text/html")) is JSON


def test_what_is_known_is_not_made():
    asked = call(if_none_match='"t"')
    known = answer(asked, JSON, lambda: 1 / 0, {"ETag": '"t"'})
    assert (known.status_code, known.body) == (304, b"")
    assert answer(asked, JSON, lambda: b"{}", {"ETag": '"u"'}).body == b"{}"
    assert not is_known(asked, {})


def test_a_page_leads_to_its_json_with_the_same_parameters():
    made = page(call(), "conformance", "conformance", title="标题", classes=[])().decode()
    assert 'href="http://h/ogc/conformance?limit=2&amp;f=json"' in made

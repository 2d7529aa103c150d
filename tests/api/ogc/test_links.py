from api.ogc.links import Links, link, link_header


def test_addresses_stand_on_the_asked_host_and_hold_anything():
    links = Links("https://example.org/geo/")
    assert links.at() == "https://example.org/geo/ogc"
    address = links.at("collections", "divisions", "items", "1404@2020-01-01")
    assert address == "https://example.org/geo/ogc/collections/divisions/items/1404@2020-01-01"
    assert links.at("a/b", "李村 ?#") == (
        "https://example.org/geo/ogc/a%2Fb/%E6%9D%8E%E6%9D%91%20%3F%23"
    )


def test_a_format_replaces_the_one_asked_for_and_keeps_the_rest():
    links = Links("http://h")
    query = [("f", "json"), ("name", "李&村"), ("limit", "2")]
    address = links.with_format("collections", query=query, f="html")
    assert address == ("http://h/ogc/collections?name=%E6%9D%8E%26%E6%9D%91&limit=2&f=html")


def test_the_header_holds_the_wanted_links_only():
    links = [link("http://h/1", "self", "a/b", "这里"), link("http://h/2", "next", 'a/b;v="1"')]
    assert links[0]["title"] == "这里"
    assert "title" not in links[1]
    assert link_header(links, ["next"]) == '<http://h/2>; rel="next"; type="a/b;v=1"'
    assert link_header(links, ["prev"]) == ""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.findings import UnreadableError
from layers.importers.decoding import decode_text, text_encoding

CHINESE = st.text(st.characters(codec="gb18030", exclude_categories=("C",)), max_size=40)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "gbk"])
def test_text_comes_back_from_every_encoding_that_offices_use(encoding):
    assert decode_text("名称,床位\r\n府前社区,30\r\n".encode(encoding)) == (
        "名称,床位\r\n府前社区,30\r\n"
    )


@given(CHINESE)
def test_utf8_text_is_never_taken_for_another_encoding(text):
    assert decode_text(text.encode()) == text


def test_extension_b_characters_survive_gb18030():
    assert decode_text("𠀀村，名称长一点".encode("gb18030")) == "𠀀村，名称长一点"


def test_a_wrong_byte_is_refused_with_its_line():
    with pytest.raises(UnreadableError) as caught:
        decode_text(b"\xef\xbb\xbfname\nabc\xff\n")
    assert caught.value.finding.row == 2
    assert caught.value.finding.code == "I01"


def test_two_encodings_in_one_file_are_refused_with_the_line():
    mixed = "名称\n府前社区\n".encode("gbk") + "北底乡政府\n".encode()
    with pytest.raises(UnreadableError, match="第 3 行是 UTF-8"):
        decode_text(mixed)


def test_control_characters_are_refused():
    with pytest.raises(UnreadableError, match=r"第 2 行有控制字符（U\+0000）"):
        decode_text(b"name\na\x00b\n")


TEXTS = [
    "名称,床位\r\n府前,3\r\n",
    "plain\n",
    "",
    "虒亭\U00020000",
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("text", TEXTS)
def test_a_file_read_in_blocks_gives_the_same_text(tmp_path, monkeypatch, encoding, text):
    monkeypatch.setattr("layers.importers.decoding._BLOCK_CHARACTERS", 3)
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode(encoding))
    with path.open(encoding=text_encoding(path), newline="") as file:
        assert file.read() == decode_text(path.read_bytes()) == text


@pytest.mark.parametrize(
    "data",
    [
        b"a\n\xff\xff\n",
        "府前社区\n".encode() + "善福村\n".encode("gbk"),
        b"a\nb\x00\n",
        b"\xff\xfea",
    ],
)
def test_a_file_read_in_blocks_is_refused_with_the_same_words(tmp_path, data):
    path = tmp_path / "a.csv"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as whole:
        decode_text(data)
    with pytest.raises(UnreadableError) as blocks:
        text_encoding(path)
    assert blocks.value.finding == whole.value.finding

"""XML as elements with their lines; document types, and with them entities, are refused."""

import pytest

from codegenie.formats.unparsable import Unparsable
from codegenie.formats.xml_text import DEEPEST, MOST_BYTES, MOST_ELEMENTS, Element, parse


def test_elements_have_local_names_lines_texts_and_attributes() -> None:
    found = parse(b'<p:a xmlns:p="urn:x" b="1">\n <c> one <!-- two --> three</c>\n <c/>t&lt;u</p:a>')
    first, second = Element("c", 2, {}, " one  three", ()), Element("c", 3, {}, "", ())
    assert found == Element("a", 1, {"b": "1"}, "\n \n t<u", (first, second))
    assert found.child("c") == "one  three"
    assert found.child("d") == ""
    assert list(found.walk()) == [found, first, second]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-8-sig"])
def test_encodings_that_a_reader_of_xml_must_know(encoding: str) -> None:
    assert parse("<a>é</a>".encode(encoding)).text == "é"


def test_a_declared_encoding_of_single_bytes_is_followed() -> None:
    assert parse(b'<?xml version="1.0" encoding="windows-1252"?><a>\x80</a>').text == "€"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not XML: line 1"),
        (b"<a>\n<b></a>", "not XML: line 2"),
        (b"<a>&other;</a>", "not XML: line 1"),
        (b"<a/>\x00", "not XML: line 1"),
        (b"<!DOCTYPE a><a/>", "a document type, which may declare entities"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "a document type, which may declare entities"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "a document type, which may declare entities"),
        (b'<?xml version="1.0" encoding="hex"?><a/>', "an encoding that is not known"),
        (b'<?xml version="1.0" encoding="big5"?><a/>', "an encoding that is not known"),
        (b"<a>" * (DEEPEST + 1), f"nested deeper than {DEEPEST} levels"),
        (b"<a>" + b"<b/>" * MOST_ELEMENTS, f"more than {MOST_ELEMENTS} elements"),
        (b" " * (MOST_BYTES + 1), f"over {MOST_BYTES} bytes"),
    ],
)
def test_what_is_refused_and_why(content: bytes, said: str) -> None:
    with pytest.raises(Unparsable) as caught:
        parse(content)
    assert str(caught.value) == said

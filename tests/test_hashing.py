"""Digests tell contents, and sequences, apart."""

from hypothesis import given
from hypothesis import strategies as st

from codegenie.hashing import digest, digest_of, stream

TEXTS = st.lists(st.text(st.characters(codec="utf-8")), max_size=4)


def test_a_digest_is_what_xxh3_128_says() -> None:
    assert digest(b"") == "99aa06d3014798d86001c324468d497f"
    assert digest(b"codegenie") == stream_of(b"code", b"genie")


@given(st.lists(st.binary(max_size=300), max_size=4))
def test_a_stream_gives_the_digest_of_the_whole(chunks: list[bytes]) -> None:
    assert stream_of(*chunks) == digest(b"".join(chunks))


@given(TEXTS, TEXTS)
def test_sequences_with_one_digest_are_equal(one: list[str], other: list[str]) -> None:
    assert (digest_of(one) == digest_of(other)) == (one == other)


def test_where_one_text_ends_and_the_next_begins_is_part_of_the_digest() -> None:
    sequences = [("ab", "c"), ("a", "bc"), ("abc",), ("abc", ""), ("", "abc"), ("1:a",), ("1:a", "1:b"), ()]
    assert len({digest_of(sequence) for sequence in sequences}) == len(sequences)


def test_names_that_are_not_utf_8_have_digests_of_their_own() -> None:
    assert len({digest_of(["\udcff"]), digest_of(["\udcfe"]), digest_of(["ÿ"]), digest_of(["\\xff"])}) == 4


def stream_of(*chunks: bytes) -> str:
    state = stream()
    for chunk in chunks:
        state.update(chunk)
    return state.hexdigest()

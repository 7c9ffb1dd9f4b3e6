"""Digests tell contents, and sequences, apart."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from codegenie.hashing import digest, digest_of, digest_of_names, stream

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


def test_the_digest_of_names_is_that_of_all_of_them_joined() -> None:
    for count in (0, 1, 4095, 4096, 4097, 10_000):
        names = [f"é/{number}" for number in range(count)]
        assert digest_of_names(names) == digest("\0".join(names).encode())


def test_many_names_take_little_memory_also_where_one_is_of_wide_letters() -> None:
    names = (*(f"src/some/directory/file{number}.py" for number in range(30_000)), "\U0001f600")
    tracemalloc.start()
    digest_of_names(names)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < sum(map(len, names))


def stream_of(*chunks: bytes) -> str:
    state = stream()
    for chunk in chunks:
        state.update(chunk)
    return state.hexdigest()

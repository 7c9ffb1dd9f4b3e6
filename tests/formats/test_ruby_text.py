"""Ruby's statements and literals, as far as they are read."""

from codegenie.formats.ruby_text import Call, Computed, call, shown, statements


def test_arrays_in_arrays_are_taken_apart_to_a_depth() -> None:
    (statement,) = statements(b"gem " + b"[" * 5000 + b"'a'" + b"]" * 5000)
    found = call(statement)
    assert found is not None
    assert isinstance(found.values[0], Computed)


def test_literals_and_what_is_computed() -> None:
    (statement,) = statements(b"gem 'a', \"b#{c[\"d\"]}\", %w[e f], g: :h, 'i' => [1, 'j'].freeze unless k?('l')")
    assert call(statement) == Call(
        "gem",
        ("a", Computed('"b#{c["d"]}"'), ("e", "f")),
        {"g": "h", "i": ("1", "j")},
        'unless k?("l")',
        1,
    )


def test_blocks_open_and_end() -> None:
    found = statements(b"group :a do |g| gem 'b' end\nx = if y then 1 else 2 end\nfoo { |z| gem z }\n")
    assert [(shown(each.tokens), each.opens) for each in found] == [
        ("group :a do", True),
        ('gem "b"', False),
        ("end", False),
        ("x = if y then 1 else 2", True),
        ("end", False),
        ("foo { | z | gem z }", False),
    ]


def test_what_is_no_code_is_passed_over() -> None:
    text = b"a <<~X, 1\n  gem 'no'\nX\n=begin\ngem 'no'\n=end\n# gem 'no'\nb /gem 'no'/\nc ? d : e\n__END__\ngem 'no'\n"
    assert [each.first for each in statements(text)] == ["a", "b", "c"]

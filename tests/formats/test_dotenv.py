from codegenie.formats import dotenv
from codegenie.formats.dotenv import Assignment


def test_assignments_of_every_form() -> None:
    text = b"# c\nA=1\nexport B = two # of them\nC='${A} # x'\nD=\"a\nb ${A}\" # y\nE=\nnot one\n F: 3#4\n"
    assert dotenv.parse(text) == (
        Assignment("A", "1", literal=False, line=2),
        Assignment("B", "two", literal=False, line=3),
        Assignment("C", "${A} # x", literal=True, line=4),
        Assignment("D", "a\nb ${A}", literal=False, line=5),
        Assignment("E", "", literal=False, line=7),
        Assignment("F", "3#4", literal=False, line=9),
    )

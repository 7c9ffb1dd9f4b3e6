"""Numbers in the lines that people read."""


def counted(count: int, noun: str) -> str:
    """`1 place`, `1,200 places`."""
    return f"{count:,} {noun}{'s' * (count != 1)}"

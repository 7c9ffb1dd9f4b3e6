"""The one error of every parser in `codegenie.formats`."""


class Unparsable(ValueError):
    """The bytes are not what the format promises; the text says why, for people, without the file's content."""

"""What a YAML scalar means under the core schema of YAML 1.2, narrowed to what JSON can hold."""

from codegenie.formats.patterns import lazily

_WORDS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
# 18 digits: what every reader of JSON with 64-bit integers can hold.
_INTEGER = lazily(r"[-+]?(?:0|[1-9][0-9]{0,17})|0o[0-7]{1,18}|0x[0-9a-fA-F]{1,15}")
_FLOAT = lazily(r"(?=.*[.eE])[-+]?(?:\.[0-9]{1,300}|(?:0|[1-9][0-9]{0,99})(?:\.[0-9]{0,300})?)(?:[eE][-+]?[0-9]{1,2})?")
_BASES = {"0o": 8, "0x": 16}
_TEXT_TAGS = (None, "!", "tag:yaml.org,2002:str")
_VALUE_TAG = lazily(r"tag:yaml\.org,2002:(?:null|bool|int|float)")


def meaning(text: str, *, plain: bool, tag: str | None) -> str | int | float | None:
    """The value of a scalar; `plain` where it stood without quotes.  Leading zeros and unknown tags make no number."""
    if tag in _TEXT_TAGS and not (plain and tag is None):
        return text
    if not plain and not _VALUE_TAG.fullmatch(tag or ""):
        return text
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "-+.0123456789":
        return text
    if _INTEGER.fullmatch(text):
        return int(text, _BASES.get(text[:2], 10))
    return float(text) if _FLOAT.fullmatch(text) else text

"""The test cases of Ruby and PHP."""

import re

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

_RUBY_CASE = lazily(
    r"^[ \t]*(x|f)?(it|specify|scenario|example|its|test|property)\b(?:[ ]*\(|[ ]+[\"':]|[ ]*\{|[ ]+do\b)", re.MULTILINE
)
_RUBY_DEF = lazily(r"^[ \t]*def[ ]+test_\w+", re.MULTILINE)


def ruby(text: str) -> Cases:
    """Those of a Ruby file."""
    code = bare(text, "ruby")
    found = _RUBY_CASE.findall(code)
    count = len(found) + len(_RUBY_DEF.findall(code))
    return Cases(count, 0, sum(mark == "x" for mark, _ in found))


_PHP_DEF = lazily(r"^[ \t]*(?:(?:public|final|static)[ ]+)*function[ ]+(\w+)[ ]*\(", re.MULTILINE)
_PHP_PEST = lazily(r"^[ \t]*(?:it|test)[ ]*\([ ]*[\"']", re.MULTILINE)
_PHP_MARK = lazily(r"^[ \t]*(?:\*[ \t]*@test\b|/\*\*[ ]*@test\b|#\[(?:[\w\\]*\\)?Test\])", re.MULTILINE)
_PHP_DATA = lazily(r"@dataProvider\b|#\[(?:[\w\\]*\\)?(?:DataProvider|TestWith)")


def php(text: str) -> Cases:
    """Those of a PHP file."""
    code = bare(text.replace("#[", "@["), "php")
    named = sum(name.startswith("test") and name != "test" for name in _PHP_DEF.findall(code))
    pest = len(_PHP_PEST.findall(code)) if not named else 0
    count = named + pest + len(_PHP_MARK.findall(text))
    framework = "Pest" if pest else "PHPUnit" if count else None
    tables = len(_PHP_DATA.findall(text)) + (text.count("->with(") if pest else 0)
    return Cases(count, min(count, tables), 0, framework)

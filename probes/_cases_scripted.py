"""The test cases of Ruby and PHP."""

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

_RUBY_CASE = lazily(
    r"\n[ \t]*+(x|f)?(it|specify|scenario|example|its|test|property)\b(?:[ ]*\(|[ ]+[\"':]|[ ]*\{|[ ]+do\b)"
)
_RUBY_DEF = lazily(r"\n[ \t]*+def[ ]+test_\w+")


def ruby(text: str) -> Cases:
    """Those of a Ruby file."""
    code = "\n" + bare(text, "ruby")
    found = _RUBY_CASE.findall(code)
    count = len(found) + len(_RUBY_DEF.findall(code))
    return Cases(count, 0, sum(mark == "x" for mark, _ in found))


_PHP_DEF = lazily(r"\n[ \t]*+(?:(?:public|final|static)[ ]+)*function[ ]+(\w+)[ ]*\(")
_PHP_PEST = lazily(r"\n[ \t]*+(?:it|test)[ ]*\([ ]*[\"']")
_PHP_MARK = lazily(r"\n[ \t]*+(?:\*[ \t]*@test\b|/\*\*[ ]*@test\b|#\[(?:[\w\\]*\\)?Test\])")
_PHP_DATA = lazily(r"@dataProvider\b|#\[(?:[\w\\]*\\)?(?:DataProvider|TestWith)")


def php(text: str) -> Cases:
    """Those of a PHP file."""
    code = "\n" + bare(text.replace("#[", "@["), "php")
    named = sum(name.startswith("test") and name != "test" for name in _PHP_DEF.findall(code))
    pest = len(_PHP_PEST.findall(code)) if not named else 0
    count = named + pest + len(_PHP_MARK.findall("\n" + text))
    framework = "Pest" if pest else "PHPUnit" if count else None
    tables = len(_PHP_DATA.findall(text)) + (text.count("->with(") if pest else 0)
    return Cases(count, min(count, tables), 0, framework)

"""The test cases of Go, Rust, C, C++, Objective-C and Swift."""

import re

from codegenie.formats.patterns import lazily

from ._cases import Cases
from ._code_text import bare

_GO_CASE = lazily(r"\nfunc[ ]+(?:\([^)\n]*\)[ ]*)?(Test|Fuzz|Example)(?![a-z])\w*\(([^)\n]*)\)")


def go(text: str) -> Cases:
    """Those of a Go file."""
    code = "\n" + bare(text, "go")
    found = [one for one in _GO_CASE.finditer(code) if "testing.M" not in one[2]]
    found = [one for one in found if one[1] == "Example" or one[2].strip() or code[one.start() + 6] == "("]
    ends = [*(one.start() for one in found[1:]), len(code)]
    loops = sum(".Run(" in code[one.end() : end] for one, end in zip(found, ends, strict=False))
    framework = "Ginkgo" if "onsi/ginkgo" in text else "testing"
    if framework == "Ginkgo":
        specs = len(re.findall(r"\n[ \t]*+(?:It|Specify|Entry)\(", code))
        return Cases(len(found) + specs, loops, 0, framework)
    return Cases(len(found), loops, 0, framework)


_RUST_CASE = lazily(r"[ \t]*#\[\s*(?:\w+::)*(test|rstest|wasm_bindgen_test|quickcheck|test_case|cargo_test|test_log)\b")
_RUST_FN = lazily(r"\n[ \t]*+(?:(#\[)|(?:pub(?:\([^)\n]*\))?[ ]+)?(?:const[ ]+|async[ ]+|unsafe[ ]+)*fn[ ](?!\$))")


# What a macro of the repository's own makes a test of, a call of it each: `rgtest!(name, |dir| {`, `test! { name: ...`.
_RUST_MACRO = lazily(
    r"\n(?:\w{1,40}::)?(?!\w{0,40}latest)\w{0,40}tests?!\s{0,20}[({\[]\s{0,200}[a-z_]\w{0,200}\s{0,20}[,:]"
)
_RUST_OWN_MACRO = lazily(
    r"\n[ \t]*+macro_rules![ ]*(\w{1,60})[^\n]*\n(?:(?![ \t]*macro_rules!)[^\n]*\n){0,40}?"
    r"[ \t]*#\[test\][ \t]*\n[ \t]*fn[ ]\$"
)
_RUST_CALL = lazily(r"\n[ \t]++(\w{1,60})![ ]?[({\[]")
"""A macro of the file's own that writes a test."""


def rust(text: str) -> Cases:
    """Those of a Rust file, with the calls of its own macros that make some."""
    if "test" not in text and "quickcheck" not in text:
        return Cases(0)  # most files, without a look for their comments and strings
    code = "\n" + bare(text, "rust")
    count = sum(1 for _ in _RUST_MACRO.finditer(code))
    if own := {found[1] for found in _RUST_OWN_MACRO.finditer(code)}:  # those that stand in a module, further in
        count += sum(found[1] in own for found in _RUST_CALL.finditer(code))
    parameterised = skipped = 0
    attributes: list[str] = []
    for found in _RUST_FN.finditer(code):
        if found[1]:
            end = code.find("\n", found.end())
            attributes.append(code[found.start() + 1 : end if end >= 0 else len(code)])
            continue
        kinds = [kind[1] for line in attributes if (kind := _RUST_CASE.match(line))]
        if kinds:
            count += 1
            parameterised += any(kind in ("rstest", "test_case", "quickcheck") for kind in kinds)
            skipped += any(re.match(r"\s*#\[ignore\b", line) for line in attributes)
        attributes = []
    return Cases(count, parameterised, skipped, "cargo test" if count else None)


_C_CASE = lazily(
    r"\n[ \t]*+((?:TYPED_)?TEST(?:_F|_P)?|TYPED_TEST_P|(?:TEMPLATE_)?TEST_CASE(?:_METHOD|_FIXTURE|_TEMPLATE)?|SCENARIO"
    r"|BOOST_(?:AUTO|FIXTURE|DATA|PARAM)_TEST_CASE|START_TEST|IFACETEST|CTEST2?|Test|ParameterizedTest)\s*\("
)
_C_IMPORT = (
    *(("gtest", "GoogleTest"), ("gmock/", "GoogleTest"), ("catch2/", "Catch2"), ("catch.hpp", "Catch2")),
    *(("doctest", "doctest"), ("boost/test", "Boost.Test"), ("check.h", "Check"), ("criterion/", "Criterion")),
    *(("cmocka.h", "cmocka"), ("unity.h", "Unity"), ("CppUTest", "CppUTest")),
)


def c(text: str) -> Cases:
    """Those of a file in C, C++ or Objective-C."""
    framework = next((name for mark, name in _C_IMPORT if mark in text), None)
    is_xctest = "XCTest/XCTest.h" in text or "@import XCTest" in text
    if framework is None and not is_xctest and "TEST" not in text:
        return Cases(0)
    code = "\n" + bare(text, "c")
    if is_xctest:
        return Cases(len(re.findall(r"\n-[ ]*\(void\)[ ]*test\w*", code)), 0, 0, "XCTest")
    kinds = _C_CASE.findall(code)
    if framework is None and not any(kind in ("TEST", "TEST_F", "TEST_P", "TEST_CASE") for kind in kinds):
        return Cases(0)
    return Cases(len(kinds), sum(kind.endswith(("_P", "TEMPLATE")) for kind in kinds), 0, framework)


def swift(text: str) -> Cases:
    """Those of a Swift file."""
    code = "\n" + bare(text, "swift")
    marked = len(re.findall(r"\n[ \t]*+@Test\b", code)) if "import Testing" in text else 0
    methods = len(re.findall(r"\n[ \t]++(?:\w+[ ]+)*func[ ]+test\w*\s*\(\s*\)", code)) if "XCTest" in text else 0
    framework = "Swift Testing" if marked and not methods else "XCTest" if methods else None
    return Cases(marked + methods, len(re.findall(r"@Test\([^\n]*arguments:", code)), 0, framework)

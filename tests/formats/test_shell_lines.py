import time

import pytest

from codegenie.formats.shell_lines import Dialect, commands

SCRIPT = """set -e
# a comment
if ! npm ci; then
  npm run build && npm test -- --x "a;b" | tee log
fi
cat > x <<'EOF'
make evil
EOF
FOO=$(git rev-parse HEAD; echo) make -j4 \\
  all
( cd x && make )
for i in a b; do ./run $i; done
case $x in
  a) make a ;;
esac
build() {
  make h
}
docker build -t ${{ env.X }} . & wait
echo << parameters.x >>
make 2>&1 >/dev/null
"""


def found(script: str, dialect: Dialect = "posix") -> list[tuple[int, str]]:
    return [(command.line, command.text) for command in commands(script, dialect=dialect)]


def test_commands_are_found_with_their_lines() -> None:
    assert found(SCRIPT) == [
        (1, "set -e"),
        (3, "npm ci"),
        (4, "npm run build"),
        (4, 'npm test -- --x "a;b" | tee log'),
        (6, "cat > x <<'EOF'"),
        (9, "FOO=$(git rev-parse HEAD; echo) make -j4 all"),
        (11, "cd x"),
        (11, "make"),
        (12, "./run $i"),
        (14, "make a"),
        (17, "make h"),
        (19, "docker build -t ${{ env.X }} ."),
        (19, "wait"),
        (20, "echo << parameters.x >>"),
        (21, "make 2>&1 >/dev/null"),
    ]


def test_each_shell_continues_its_lines_in_its_own_way() -> None:
    assert found("cd C:\\\ndotnet test `\n  --x", "powershell") == [(1, "cd C:\\"), (2, "dotnet test --x")]
    assert found("cd C:\\\nmake ^\n  all", "cmd") == [(1, "cd C:\\"), (2, "make all")]


def test_lines_of_a_folded_text_are_all_the_same() -> None:
    assert [command.line for command in commands("a\nb", 7, one_line=True)] == [7, 7]


@pytest.mark.parametrize(
    "unit", ["(", "'", '"', "{ ", "<<E\n", "\\\n", "a;", "${{", "# ", "<<A <<B ", "\n", "if ", " ", "() "]
)
def test_any_text_takes_linear_time(unit: str) -> None:
    started = time.process_time()
    commands(unit * ((1 << 19) // len(unit)))
    assert time.process_time() - started < 4

#!/usr/bin/env bash
set -ex
export PYTHONPATH=./docs_src
pytest -n auto tests ${@}
if [ -n "$CI" ]; then
  bash scripts/lint.sh \
    --fix
fi

#!/bin/sh
lint() {
  ruff check
}
case "$1" in
  lint) lint ;;
esac
"$@"

#!/bin/sh
# Write the locked requirement files: every version with its hashes, and no address of any package host, so that
# the same files install from the public registry or from an office's mirror.
set -eu
cd "$(dirname "$0")/.."
export UV_PYTHON_DOWNLOADS=never
for name in requirements dev tools; do
  .venv/bin/uv pip compile "$name.in" --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --no-emit-find-links --no-header --quiet "$@" -o "$name.txt"
done
if grep -nE '(https?|file)://|index-url|find-links' requirements.txt dev.txt tools.txt; then
  echo "锁定文件里出现了地址，请检查上面几行。" >&2
  exit 1
fi

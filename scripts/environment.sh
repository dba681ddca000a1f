#!/bin/sh
# Make .venv and install the locked requirements: `environment.sh run` (what the product needs) or
# `environment.sh dev` (that and what tests and checks need). Every download is checked against its hash.
set -eu
cd "$(dirname "$0")/.."
wanted=${1:-run}
here=$(pwd -P)

say() { printf '%s\n' "$*" >&2; }

fits() { "$1" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null; }

find_python() {
  for name in ${PYTHON:-} python3 python3.13 python3.12 python3.11 python3.14; do
    if fits "$name"; then
      echo "$name"
      return
    fi
  done
  say "没有找到可用的 Python：需要 3.11 至 3.14，并带有 venv 模块。"
  say "Debian/Ubuntu 请先执行：apt install python3 python3-venv；也可以用 PYTHON=/路径/python3.12 make run 指定。"
  exit 1
}

# A virtual environment does not survive moving the checkout: its scripts hold the old path.
if [ -f .venv/.checkout ] && [ "$(cat .venv/.checkout)" != "$here" ]; then rm -rf .venv; fi
if ! .venv/bin/python -c 'import pip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  python=$(find_python)
  rm -rf .venv
  say "正在建立 Python 环境（.venv）……"
  "$python" -m venv .venv
fi
printf '%s\n' "$here" > .venv/.checkout

# What pip was told about mirrors (environment or pip.conf), passed on to uv, which reads neither.
pip_setting() {
  given=$(printenv "PIP_$(echo "$1" | tr 'a-z-' 'A-Z_')" || true)
  if [ -z "$given" ]; then given=$(.venv/bin/python -m pip config get "global.$1" 2>/dev/null || true); fi
  if [ -z "$given" ]; then given=$(.venv/bin/python -m pip config get "install.$1" 2>/dev/null || true); fi
  printf '%s' "$given" | tr '\n' ' '
}

pass_on() {
  value=$(pip_setting "$2")
  if [ -n "$value" ] && [ -z "$(printenv "$1" || true)" ]; then export "$1=$value"; fi
}

# An office's own certificate authority is known to the system, not to uv.
export UV_PYTHON_DOWNLOADS=never UV_SYSTEM_CERTS=${UV_SYSTEM_CERTS:-true} PIP_DISABLE_PIP_VERSION_CHECK=1
pass_on UV_DEFAULT_INDEX index-url
pass_on UV_INDEX extra-index-url
pass_on UV_FIND_LINKS find-links
pass_on SSL_CERT_FILE cert
# Several indexes may each hold a part; the hashes decide what is accepted, not the order.
if [ -n "${UV_INDEX:-}" ]; then export UV_INDEX_STRATEGY="${UV_INDEX_STRATEGY:-unsafe-best-match}"; fi
if [ -n "${UV_FIND_LINKS:-}" ]; then UV_FIND_LINKS=$(echo $UV_FIND_LINKS | tr ' ' ','); fi

# Once the development set is in, it stays in: it holds the other one.
if [ -x .venv/bin/pytest ]; then wanted=dev; fi
case "$wanted" in
  dev) file=dev.txt ;;
  *) file=requirements.txt ;;
esac

say "正在安装依赖（$file），第一次约需一分钟……"
if .venv/bin/python -m pip install --quiet --require-hashes -r tools.txt \
  && .venv/bin/python -m uv pip sync --quiet --python .venv/bin/python --require-hashes tools.txt "$file"; then :
else
  say "uv 不可用，改用 pip 安装……"
  .venv/bin/python -m pip install --quiet --require-hashes -r "$file" || {
    say "依赖没有装齐。请检查网络，或在 pip.conf 里设置镜像后重新运行。"
    exit 1
  }
fi

# The package itself: its sources on the path and its command, without building anything.
.venv/bin/python - "$here" <<'PY'
import pathlib, sys, sysconfig

here = pathlib.Path(sys.argv[1])
pathlib.Path(sysconfig.get_path("purelib"), "zhijian.pth").write_text(f"{here / 'src'}\n", encoding="utf-8")
command = here / ".venv" / "bin" / "zhijian"
command.write_text('#!/bin/sh\nexec "$(dirname "$0")/python" -m zhijian.cli.main "$@"\n', encoding="utf-8")
command.chmod(0o755)
PY
touch .venv/.run
if [ "$wanted" = dev ]; then touch .venv/.dev; fi

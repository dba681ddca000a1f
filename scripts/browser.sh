#!/bin/sh
# Make sure the browser tests find Chromium and a Chinese font: install them where we may (root on a system with
# apt), else say so in one line. With CI=true a missing browser is an error.
set -eu

has_browser() {
  for name in "${ZHIJIAN_CHROMIUM:-chromium}" chromium chromium-browser google-chrome google-chrome-stable; do
    if command -v "$name" >/dev/null 2>&1; then return 0; fi
  done
  [ -x "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" ]
}

has_font() {
  [ "$(uname)" = Darwin ] || [ -n "$(find /usr/share/fonts /usr/local/share/fonts "$HOME/.fonts" \
    \( -iname '*cjk*' -o -iname '*wqy*' -o -iname '*noto*sc*' \) -print 2>/dev/null | head -n 1)" ]
}

if has_browser && has_font; then exit 0; fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "正在安装测试用的浏览器和中文字体……" >&2
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium fonts-noto-cjk >/dev/null || true
  # The same Chromium without windows: quicker, where the system has it.
  apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 || true
fi
if has_browser && has_font; then exit 0; fi
echo "没有 Chromium 或中文字体，浏览器测试不会运行。请安装 chromium 和 fonts-noto-cjk。" >&2
if [ "${CI:-}" = true ]; then exit 1; fi

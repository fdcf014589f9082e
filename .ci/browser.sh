#!/bin/sh
# Chromium, in which the report's page is tested: Debian's package, where it is missing.
set -eu
command -v chromium > /dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing chromium (apt-get, as root)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends chromium > /dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium > /dev/null; }
else
    echo "Chromium is missing. Debian: apt-get install chromium; or leave its tests out: -m 'not browser'" >&2
    exit 2
fi

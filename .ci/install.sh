#!/bin/sh
# install.sh PROGRAM PACKAGE: Debian's package of a program that tests need, where it is missing.
set -eu
command -v "$1" > /dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
    echo "Installing $2 (apt-get, as root)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get install -y -qq --no-install-recommends "$2" > /dev/null 2>&1 ||
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends "$2" > /dev/null; }
else
    echo "$1 is missing. Debian: apt-get install $2" >&2
    exit 2
fi

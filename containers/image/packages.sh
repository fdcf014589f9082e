#!/bin/sh
# Install the packages that a site names, where the image has Debian's way of doing that.
set -eu
if ! command -v apt-get > /dev/null; then
    mkdir -p /usr/share/asterisk-upgrade-harness
    echo "it has no apt-get, so the site's packages are left out: $(tr '\n' ' ' < /tmp/release/packages)" |
        tee /usr/share/asterisk-upgrade-harness/remark
    exit 0
fi
apt-get -o Acquire::Check-Valid-Until=false update
DEBIAN_FRONTEND=noninteractive xargs apt-get install -y --no-install-recommends < /tmp/release/packages
rm -rf /var/lib/apt/lists/*

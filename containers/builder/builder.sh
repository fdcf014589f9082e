#!/bin/sh
# Install a compiler, and the headers of exactly the Asterisk that is here.
set -eu
builder=/tmp/builder
cp "$builder/sources.list" /etc/apt/sources.list
cp "$builder/preferences" /etc/apt/preferences.d/release
cp "$builder/apt.conf" /etc/apt/apt.conf.d/99harness
export DEBIAN_FRONTEND=noninteractive
apt-get update
xargs apt-get install -y --no-install-recommends < "$builder/packages"

# The headers alone: the package asks for tools with which Debian's own packages are made.
version=$(dpkg-query -W -f '${Version}' asterisk)
cd "$builder"
apt-get download "asterisk-dev=$version" || {
    echo "the mirror has no asterisk-dev of version $version, which the release is of"
    exit 43
}
dpkg -x asterisk-dev_*.deb /
apt-get clean
rm -rf /var/lib/apt/lists/*

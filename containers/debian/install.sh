#!/bin/sh
# Install Asterisk, and what the harness needs beside it, from exactly the suites of the release.
set -eu
release=/tmp/release

# A pulled base brings sources of its own (security updates, say), which would be another Asterisk.
rm -rf /etc/apt/sources.list.d /etc/apt/preferences.d
mkdir -p /etc/apt/sources.list.d /etc/apt/preferences.d
cp "$release/sources.list" /etc/apt/sources.list
cp "$release/preferences" /etc/apt/preferences.d/release
cp "$release/apt.conf" /etc/apt/apt.conf.d/99harness

# The release's own notes are in /usr/share/doc, which images of containers leave out.
grep -lsr 'path-exclude' /etc/dpkg/dpkg.cfg.d | xargs -r rm -f

# No service is to start during the installation.
printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d

export DEBIAN_FRONTEND=noninteractive
apt-get update
xargs apt-get install -y --no-install-recommends < "$release/packages"
apt-get clean
rm -rf /var/lib/apt/lists/*

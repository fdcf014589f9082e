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

install() { # names on standard input
    xargs apt-get install -y --no-install-recommends
}

# Packages of the user's own take the place of the suite's.
for deb in "$release"/*.deb; do
    [ -e "$deb" ] || continue
    name=$(dpkg-deb --field "$deb" Package)
    { grep -vx "$name" "$release/packages" || true; echo "$deb"; } > "$release/packages.new"
    mv "$release/packages.new" "$release/packages"
done

# A mirror may list a package and not have it: bullseye-security's mirrors lost the voicemail of deb11u10.
# A system without voicemail would differ in everything; so that module comes from the newest version that is there.
older_voicemail() {
    for version in $(apt-cache madison asterisk-voicemail | awk '{print $3}'); do
        (cd "$release" && apt-get download "asterisk-voicemail=$version") || continue
        dpkg -x "$release"/asterisk-voicemail_*.deb /
        mkdir -p /usr/share/asterisk-upgrade-harness
        echo "the mirror has not this version's asterisk-voicemail: app_voicemail is that of $version" |
            tee /usr/share/asterisk-upgrade-harness/remark
        return 0
    done
    return 1
}

# Of these, the ones that the suite has.
if [ -e "$release/optional" ]; then
    apt-cache dumpavail | sed -n 's/^Package: //p' | grep -Fx -f "$release/optional" | sort -u >> "$release/packages"
fi

if ! install < "$release/packages"; then
    grep -qx asterisk-voicemail "$release/packages"
    grep -vx asterisk-voicemail "$release/packages" | install
    older_voicemail
fi
apt-get clean
rm -rf /var/lib/apt/lists/*

#!/bin/sh
# Make an image with Asterisk in it ready for the lab, and write down what it is.
#
# - /etc/asterisk becomes empty: production has what it has. The samples go to /usr/share/asterisk-stock/etc.
# - Asterisk gets a user of its own, and its folders belong to that user.
# - The facts go to /usr/share/asterisk-stock/facts, a `name=value` a line.
#
# Plain sh and the commands of the smallest images: it has to work without apt, useradd or python.
set -eu
stock=/usr/share/asterisk-stock

find_asterisk() {
    for path in "$(command -v asterisk || true)" /usr/sbin/asterisk /usr/local/sbin/asterisk /opt/asterisk/sbin/asterisk
    do
        if [ -n "$path" ] && [ -x "$path" ]; then echo "$path"; return; fi
    done
    echo "harness: there is no asterisk program in this image" >&2
    exit 42
}

install_packages() {
    [ -s /tmp/release/packages ] && [ ! -e /tmp/release/install.sh ] || return 0
    command -v apt-get > /dev/null || { echo "harness: no apt-get here: the site's packages are left out"; return 0; }
    apt-get -o Acquire::Check-Valid-Until=false update
    DEBIAN_FRONTEND=noninteractive xargs apt-get install -y --no-install-recommends < /tmp/release/packages
    rm -rf /var/lib/apt/lists/*
}

make_user() {
    grep -q '^asterisk:' /etc/group || echo 'asterisk:x:5060:' >> /etc/group
    group=$(sed -n 's/^asterisk:[^:]*:\([0-9]*\):.*/\1/p' /etc/group)
    grep -q '^asterisk:' /etc/passwd ||
        echo "asterisk:x:5060:$group:Asterisk:/var/lib/asterisk:/bin/sh" >> /etc/passwd
}

directories() { # the [directories] of the release's own asterisk.conf, which may be a template
    [ -r "$stock/etc/asterisk.conf" ] || return 0
    sed -n '/^\[directories\]/,/^\[[^d]/s/^ *\(ast[a-z]*dir\) *=>* *\([^ ;]*\).*/\1=\2/p' "$stock/etc/asterisk.conf"
}

folder() { # path of one of them
    path=$(directories | sed -n "s/^$1=//p")
    echo "${path:-$2}"
}

binary=$(find_asterisk)
install_packages
make_user
mkdir -p "$stock/etc"
if [ -d /etc/asterisk ]; then cp -a /etc/asterisk/. "$stock/etc/" && rm -rf /etc/asterisk; fi
mkdir -p /etc/asterisk

for path in /etc/asterisk "$(folder astvarlibdir /var/lib/asterisk)" "$(folder astspooldir /var/spool/asterisk)" \
    "$(folder astlogdir /var/log/asterisk)" "$(folder astrundir /var/run/asterisk)" \
    "$(folder astcachedir /var/cache/asterisk)" "$(folder astdbdir /var/lib/asterisk)"
do
    [ "$path" != /tmp ] || continue
    mkdir -p "$path"
    find "$path" ! -user asterisk -exec chown -h asterisk:asterisk {} +
done

# Some packages leave out where ARI records to, and every recording fails; whoever records has made it.
recordings=$(folder astspooldir /var/spool/asterisk)/recording
mkdir -p "$recordings" && chown asterisk:asterisk "$recordings"

{
    echo "binary=$binary"
    echo "banner=$("$binary" -V)"
    echo "python=$(command -v python3 || true)"
    sed -n 's/^asterisk:[^:]*:\([0-9]*\):\([0-9]*\):.*/uid=\1\ngid=\2/p' /etc/passwd
    for name in libfaketimeMT.so.1 libfaketime.so.1; do
        find / -xdev -name "$name" 2> /dev/null | sed -n '1s/^/faketime=/p'
    done | head -n 1
    directories
    [ ! -e "$stock/remark" ] || sed 's/^/remark=/' "$stock/remark"
} > "$stock/facts"
chmod -R a+rX "$stock"
cat "$stock/facts"

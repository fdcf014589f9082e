#!/bin/sh
# Build Asterisk from what is in /src/in, and install it. There is no network, and all happens below one path, which is
# the same each time: that is how ccache knows again what it has compiled.
#
#   tree/, source.tar or *.dsc   the source: a folder, a tarball of whatever compression, a Debian source package
#   patches/     put on with patch -p1, in the order of their names
#   makeopts     menuselect's choices; without it they are the source's own
#   configure    options of configure, a line each
#   externals/   tarballs that the source would download (pjproject)
set -eu
in=/src/in
source=/src/asterisk
externals=/src/externals
export CCACHE_DIR=/ccache CCACHE_MAXSIZE=2G PATH="/usr/lib/ccache:$PATH:/src/bin" LC_ALL=C.UTF-8 HOME=/src

step() { echo "== $*"; }

fail() { # a reason
    echo "harness: $*"
    exit 1
}

# configure asks for a program that downloads; whoever calls it here learns what is missing.
no_downloads() {
    mkdir -p /src/bin "$externals"
    printf '#!/bin/sh\necho "harness: it wants to download, and there is no network: $*" >&2\nexit 1\n' > /src/bin/wget
    chmod 755 /src/bin/wget
    export EXTERNALS_CACHE_DIR="$externals"
    cp "$in"/externals/* "$externals" 2> /dev/null || true
}

unpack() {
    if ls "$in"/*.dsc > /dev/null 2>&1; then
        dpkg-source --no-check --extract "$in"/*.dsc "$source"
        return
    fi
    if [ -d "$in/tree" ]; then mv "$in/tree" "$source"; return; fi
    mkdir /src/unpacked
    tar --extract --no-same-owner --file "$in/source.tar" --directory /src/unpacked
    top=/src/unpacked
    if [ "$(ls -A "$top" | wc -l)" = 1 ]; then top="$top/$(ls -A "$top")"; fi
    mv "$top" "$source"
}

debian_parts() { # what Debian's own rules do before configure
    [ -f debian/rules ] || return 0
    [ -f .version ] || dpkg-parsechangelog --show-field Version | sed 's/^[0-9]*://; s/[+~-].*//' > .version
    grep -q '^execute_before_dh_auto_configure:' debian/rules || return 0
    make --silent -f debian/rules execute_before_dh_auto_configure
    cp debian/build-pjproject/*.tar.bz2 "$externals"
}

choose() { # menuselect's choices
    make --silent menuselect.makeopts
    if [ -f "$in/makeopts" ]; then tr -d '\r' < "$in/makeopts" > menuselect.makeopts; fi
    # Sounds would be downloaded; a build for this very processor would not run on another one.
    menuselect/menuselect --disable BUILD_NATIVE --disable-category MENUSELECT_CORE_SOUNDS \
        --disable-category MENUSELECT_EXTRA_SOUNDS --disable-category MENUSELECT_MOH menuselect.makeopts
}

variable() { # of the build, with all that it refers to
    printf 'include makeopts\nprint:\n\t@echo $(%s)\n' "$1" | make --silent -f - print
}

keep_documents() { # where a package would have them
    doc=/usr/share/doc/asterisk
    mkdir -p "$doc"
    cp menuselect.makeopts "$doc"
    cp -r UPGRADE*.txt CHANGES* ChangeLog* "$doc" 2> /dev/null || true
}

take_sounds() { # Debian's packages have them
    data=$(variable ASTDATADIR)
    for kind in sounds moh; do
        mkdir -p "$data/$kind"
        for path in /usr/share/asterisk/"$kind"/*; do
            [ ! -e "$path" ] || [ -e "$data/$kind/${path##*/}" ] || ln -s "$path" "$data/$kind/"
        done
    done
}

hand_over() { # what Asterisk writes to, to its user
    for name in ASTVARLIBDIR ASTDBDIR ASTSPOOLDIR ASTLOGDIR ASTVARRUNDIR ASTCACHEDIR; do
        folder=$(variable "$name")
        [ -z "$folder" ] || [ ! -d "$folder" ] || chown -R asterisk:asterisk "$folder"
    done
}

no_downloads
step unpacking
unpack
cd "$source"
[ -f configure.ac ] && [ -d main ] || fail "this is no source of Asterisk: it has no configure.ac, or no main/"
for patch in "$in"/patches/*; do
    [ -e "$patch" ] || continue
    step "patch ${patch##*/[0-9][0-9]-}"
    patch -p1 --batch --forward < "$patch"
done
debian_parts
[ -f .version ] || fail "the source does not say which version it is: write that into its file .version (22.10.1)"
if [ -d debian ] || [ ! -f configure ] || [ configure.ac -nt configure ]; then
    step bootstrap
    ./bootstrap.sh
fi
step configure
set --
while IFS= read -r option; do set -- "$@" "$option"; done < "$in/configure"
./configure "$@"
step menuselect
choose
step compiling
make --silent -j"$(nproc)"
step installing
make --silent install install-headers samples
ldconfig
keep_documents
take_sounds
hand_over
step built

#!/bin/sh
# Collects what belongs to this machine's Asterisk into one tar archive on standard output:
#
#     ssh production sh -s < collect.sh > backup.tar
#     ssh production sh -s -- --without-recordings --limit-mb 2000 < collect.sh > backup.tar
#
# It only reads, and asks nothing. Run it as root: nobody else may read all of it. The archive holds passwords and
# keys; keep it as private as the machine. What could not be read is said on standard error, and stands in the
# archive (report.txt).
#
# Exit status: 0 all is there; 1 the archive is whole, and lacks what was said; 2 there is no archive.
#
# Disk: files go straight into the archive. Only what has to be made lies in a folder of $TMPDIR, /var/tmp or /tmp
# meanwhile (astdb, dumps of databases, answers of Asterisk), readable for you alone, and is removed at the end.
#
# In the archive: root/ has the files by their paths on this machine, asterisk-collected/ what was asked and made.

trap 'echo "collect: this script is not whole" >&2; exit 2' EXIT

recordings=yes
limit_mb=0
# How long one question to Asterisk, and one dump, may take, in seconds.
patience=20
dump_patience=3600
most_items=2000

say() {
    printf 'collect: %s\n' "$(printf '%s' "$*" | tr '\000-\037\177' '?')" >&2
}

lacks=0
lack() {
    lacks=$((lacks + 1))
    say "$*"
    printf '%s\n' "$(printf '%s' "$*" | tr '\000-\037\177' '?')" >> "$work/report.txt" 2> /dev/null
}

end_with() {
    say "$*"
    exit 2
}

read_options() {
    while [ $# -gt 0 ]; do
        case $1 in
            --without-recordings) recordings=no ;;
            --limit-mb)
                shift
                limit_mb=${1-}
                ;;
            *) end_with "unknown option $1; there are --without-recordings and --limit-mb NUMBER" ;;
        esac
        [ $# -eq 0 ] || shift
    done
    case $limit_mb in
        '' | *[!0-9]* | ????????*) end_with "--limit-mb needs a number of megabytes, 0 for no limit" ;;
    esac
}

# A folder of our own, where there is room to write.
make_room() {
    work=
    for folder in "${TMPDIR:-/var/tmp}" /var/tmp /tmp; do
        work=$(mktemp -d "$folder/asterisk-collect.XXXXXX" 2> /dev/null) || continue
        made=$work/asterisk-collected
        trap 'remove' EXIT
        trap 'exit 2' HUP INT TERM PIPE
        if mkdir "$made" "$made/databases" && head -c 65536 /dev/zero > "$work/room"; then
            rm "$work/room"
            # Names below this link are those of the archive. tar does not follow it, nor does rm.
            ln -s / "$work/root"
            return
        fi 2> /dev/null
        remove
        work=
    done
    end_with "no room for temporary files in ${TMPDIR:-/var/tmp}, /var/tmp or /tmp; name a folder with TMPDIR=..."
}

remove() {
    [ -z "$work" ] || rm -rf "$work"
}

# Runs a command for at most so many seconds.
within() {
    if command -v timeout > /dev/null; then
        timeout "$@"
    else
        shift
        "$@"
    fi
}

# Asterisk -----------------------------------------------------------------------------------------------------

find_asterisk() {
    asterisk=
    for program in asterisk /usr/sbin/asterisk /usr/local/sbin/asterisk /opt/asterisk/sbin/asterisk; do
        if command -v "$program" > /dev/null; then
            asterisk=$program
            break
        fi
    done
    given_conf=
    settings=$(console 'core show settings') && is_settings && return
    # One that was started with a configuration of its own (-C) answers only who names it.
    for process in /proc/[0-9]*; do
        [ "$(cat "$process/comm" 2> /dev/null)" = asterisk ] || continue
        given_conf=$(tr '\000' '\n' < "$process/cmdline" | awk 'found { print; exit } $0 == "-C" { found = 1 }')
        [ -n "$given_conf" ] || continue
        settings=$(console 'core show settings') && is_settings && return
    done
    given_conf=
    settings=
}

is_settings() {
    case $settings in *'Configuration directory:'*) ;; *) return 1 ;; esac
}

console() {
    [ -n "$asterisk" ] || return 127
    if [ -n "$given_conf" ]; then
        within "$patience" "$asterisk" -C "$given_conf" -rx "$1" 2> /dev/null
    else
        within "$patience" "$asterisk" -rx "$1" 2> /dev/null
    fi
}

# Keeps what Asterisk answers: a line with the byte 036 and the command, then the answer, also in $answer.
ask() {
    [ -n "$settings" ] || return
    answer=$(console "$1")
    if [ $? -eq 124 ]; then
        lack "Asterisk did not answer '$1' within $patience s; it was asked nothing more"
        settings=
        return
    fi
    printf '\036%s\n%s\n' "$1" "$answer" | keep_in "$made/answers" && return
    lack "no room in $work for what Asterisk answers, from '$1' on; name a folder with TMPDIR="
    settings=
}

keep_in() {
    cat >> "$1" 2> /dev/null
}

# Asks for each name on standard input, one a line.
ask_each() {
    count=0
    while IFS= read -r name; do
        count=$((count + 1))
        if [ "$count" -gt "$most_items" ]; then
            lack "Asterisk was asked '$1 NAME' for the first $most_items names only"
            return
        fi
        ask "$1 $name" < /dev/null
    done
}

listed() {
    printf '%s\n' "$answer" | sed -n "/$1/,\$p" | sed 1d | grep -v -e '^-' -e ' ' -e '^$'
}

ask_all() {
    ask 'core show settings'
    for command in 'core show version' 'module show' 'core show applications' 'core show functions' \
        'core show channeltypes' 'core show codecs' 'dialplan show' 'dialplan show globals' 'pjsip show aors' \
        'pjsip show transports' 'pjsip show registrations' 'pjsip show contacts' 'sip show peers' \
        'iax2 show peers' 'queue show' 'voicemail show users' 'voicemail show zones' 'parking show' \
        'moh show classes' 'features show' 'cdr show status' 'cel show status' 'ari show status' \
        'ari show users' 'http show status' 'manager show settings' 'core show config mappings' 'odbc show all' \
        'realtime show pgsql status' 'database show'; do
        ask "$command"
    done
    ask 'pjsip show endpoints'
    names=$(printf '%s\n' "$answer" | sed -n 's/^ Endpoint:  *\([^ /<][^ /]*\).*/\1/p')
    ask_names 'pjsip show endpoint'
    ask 'manager show users'
    names=$(listed '^username')
    ask_names 'manager show user'
    ask 'confbridge show profile bridges'
    names=$(listed 'Bridge Profiles')
    ask_names 'confbridge show profile bridge'
    ask 'confbridge show profile users'
    names=$(listed 'User Profiles')
    ask_names 'confbridge show profile user'
    ask 'confbridge show menus'
    names=$(listed 'Menus')
    ask_names 'confbridge show menu'
}

ask_names() {
    [ -z "$names" ] || ask_each "$1" << END
$names
END
}

# Folders ------------------------------------------------------------------------------------------------------

# What Asterisk has in force; else what asterisk.conf says outside of a template; else what its program was built with,
# or the usual one, whichever is there.
set_places() {
    program=$(command -v "${asterisk:-asterisk}") || program=/dev/null
    tr -cs 'A-Za-z0-9/._-' '\n' < "$program" 2> /dev/null | grep '^/.*/ast' > "$work/built_with"
    main_conf=$given_conf
    for conf in "$(built_with '/asterisk\.conf')" /etc/asterisk/asterisk.conf \
        /usr/local/etc/asterisk/asterisk.conf /opt/asterisk/etc/asterisk/asterisk.conf; do
        [ -e "$main_conf" ] || main_conf=$conf
    done
    [ -e "$main_conf" ] || main_conf=/etc/asterisk/asterisk.conf
    etc=$(place 'Configuration directory' astetcdir "${main_conf%/*}" /etc/asterisk)
    varlib=$(place 'VarLib directory' astvarlibdir "$(built_with '/lib/asterisk')" /var/lib/asterisk \
        /usr/local/var/lib/asterisk)
    data=$(place 'Data directory' astdatadir "$(built_with '/share/asterisk')" /usr/share/asterisk "$varlib")
    modules=$(place 'Module directory' astmoddir "$(built_with '/asterisk/modules')" /usr/lib/asterisk/modules \
        /usr/lib64/asterisk/modules /usr/lib/*-linux-*/asterisk/modules /usr/local/lib/asterisk/modules)
    spool=$(place 'Spool directory' astspooldir "$(built_with '/spool/asterisk')" /var/spool/asterisk \
        /usr/local/var/spool/asterisk)
    scripts=$(place 'AGI Scripts directory' astagidir "$data/agi-bin" "$varlib/agi-bin")
    keys=$(place 'IAX2 Keys directory' '' "$(directive astkeydir "$data")/keys" "$varlib/keys")
    astdb=$(place ASTDB '' "$(directive astdbdir "$varlib")/astdb" "$varlib/astdb")
    {
        echo '[directories]'
        printf '%s => %s\n' astetcdir "$etc" astvarlibdir "$varlib" astdatadir "$data" astmoddir "$modules" \
            astspooldir "$spool" astagidir "$scripts" astkeydir "${keys%/keys}" astdbdir "${astdb%/*}"
    } > "$made/asterisk.conf"
}

# The first path with this end that is written in Asterisk's program.
built_with() {
    sed -n "\\|$1\$|p" "$work/built_with" | sed -n 1p
}

place() {
    label=$1 name=$2
    shift 2
    found=$(printf '%s\n' "$settings" | sed -n "s/^ *$label: *//p" | sed -n 1p)
    [ -n "$found" ] || [ -z "$name" ] || found=$(directive "$name")
    for usual; do
        if [ -e "$usual" ] || [ -e "$usual.sqlite3" ]; then
            : "${found:=$usual}"
        fi
    done
    printf '%s\n' "${found:-${1:-$2}}"
}

# What asterisk.conf says of one of its directories, else what is given.
directive() {
    directed=$([ ! -f "$main_conf" ] || awk -v name="$1" '
        /^[ \t]*\[/ { within = /^[ \t]*\[directories\][ \t]*(;.*)?$/ }
        within && $1 == name { sub(/;.*/, ""); sub(/^[^=]*=>?[ \t]*/, ""); sub(/[ \t\r]+$/, ""); print; exit }
    ' "$main_conf")
    printf '%s\n' "${directed:-${2-}}"
}

# Paths --------------------------------------------------------------------------------------------------------

# The archive's names and the paths that they are of, each with the byte 036 behind it: no path has that, and any path
# may have anything else.
words=
taken=
taken_kb=0
separator=$(printf '\036')

add() {
    words=$words./root$1$separator
    taken=$taken$1$separator
}

is_taken() {
    set -f
    IFS=$separator
    for one in $taken; do
        case $1/ in
            "$one"/*)
                reset
                return 0
                ;;
        esac
    done
    reset
    return 1
}

reset() {
    set +f
    unset IFS
}

# Where a path leads is $real, empty for nowhere; links on the way are added.
follow() {
    real='' rest=$1/ followed=0
    while [ -n "$rest" ]; do
        part=${rest%%/*}
        rest=${rest#*/}
        case $part in
            '' | .) continue ;;
            ..)
                real=${real%/*}
                continue
                ;;
        esac
        if [ -L "$real/$part" ]; then
            is_taken "$real/$part" || add "$real/$part"
            followed=$((followed + 1))
            target=$(readlink "$real/$part" && echo .)
            target=${target%??}
            if [ "$followed" -gt 40 ] || [ -z "$target" ]; then
                real=
                return
            fi
            rest=$target/$rest
            case $target in /*) real= ;; esac
        else
            real=$real/$part
        fi
    done
    : "${real:=/}"
    [ -e "$real" ] || real=
}

# Takes a path with all below it, and what the links below it lead to.
take() {
    follow "$1"
    if [ -z "$real" ]; then
        lack "$1: a link that leads nowhere, or in a circle"
        return
    fi
    is_taken "$real" && return
    if is_too_much; then
        lack "$1: left out, as it leads to $real"
        return
    fi
    fits "$1" || return
    add "$real"
    [ -d "$real" ] || return 0
    links=$(find "$real" -type l -exec sh -c 'for f do printf "%s\036" "$f"; done' sh {} + 2>> "$work/report.txt")
    set -f
    IFS=$separator
    for link in $links; do
        reset
        take "$link"
    done
    reset
}

# What is no file of Asterisk's, whatever a link says.
is_too_much() {
    [ -f "$real" ] || [ -d "$real" ] || return 0
    case $real in
        /proc/* | /sys/* | /dev/*) return 0 ;;
        /usr/*/* | /var/*/*) return 1 ;;
        /usr/* | /var/*) return 0 ;;
        /*/*) return 1 ;;
    esac
}

# Whether the limit of the archive's size allows for what is at $real.
fits() {
    [ "$limit_mb" -gt 0 ] || return 0
    find "$real" -type f -exec ls -ln {} + > "$work/sizes" 2> /dev/null
    kb=$(($(sum_of_sizes) - owned_kb))
    owned_kb=0
    if [ $((taken_kb + kb)) -gt $((limit_mb * 1024)) ]; then
        lack "$1: $((kb / 1024 + 1)) MB, left out: the archive would be larger than $limit_mb MB"
        return 1
    fi
    taken_kb=$((taken_kb + kb))
}

# Kilobytes of the files that `ls -ln` listed.
sum_of_sizes() {
    awk '/^-/ { bytes += $5 } END { printf "%d\n", (bytes + 1023) / 1024 }' "$work/sizes"
}

take_if_there() {
    for wanted; do
        [ ! -e "$wanted" ] && [ ! -L "$wanted" ] || take "$wanted"
    done
}

# Takes a folder without what packages own.
owned_kb=0
take_own() {
    [ -d "$1" ] || return 0
    follow "$1"
    : > "$work/owned"
    if ! owned "${real:-$1}" | keep_in "$work/owned" ||
        ! sed 's/[][*?\\]/\\&/g; s/^/.\/root/' "$work/owned" | keep_in "$work/excluded"; then
        # Half a path might be that of a folder.
        rm -f "$work/owned" "$work/excluded"
        : > "$work/owned"
        lack "$1: packages' files are in the archive as well: no room in $work for the list of them"
    fi
    if [ "$limit_mb" -gt 0 ]; then
        sed 's/[^A-Za-z0-9\/]/\\&/g' "$work/owned" | xargs ls -ln > "$work/sizes" 2> /dev/null
        owned_kb=$(sum_of_sizes)
    fi
    take "$1"
}

owned() {
    {
        if command -v dpkg-query > /dev/null; then
            dpkg-query -S "$1/*" | sed -n 's|^[^/]*: /|/|p'
        elif command -v rpm > /dev/null; then
            rpm -qa 'asterisk*' | xargs rpm -ql
        fi
    } 2> /dev/null | while IFS= read -r one; do
        case $one in "$1"/*) [ -d "$one" ] || printf '%s\n' "$one" ;; esac
    done
}

# Paths that configuration files name: what they include, certificates and keys, music, AGI scripts; then, with a blank
# before it, whatever else looks like a path of a file. One a line.
named_paths() {
    [ ! -d "$etc" ] || find -H "$etc" -type f \
        '(' -name '*.conf*' -o -name '*.ael' -o -name '*.lua' ')' -exec awk '
        function mention(text) {
            while (match(text, path)) {
                found = substr(text, RSTART, RLENGTH)
                text = substr(text, RSTART + RLENGTH)
                sub(/^[^\/]*/, "", found)
                if (found !~ /^\/\// && text !~ /^[$*]/ && !seen[found]++) print " " found
            }
        }
        BEGIN { path = "(^|[] \t=(,;\"|&<>`\047])/[A-Za-z0-9_.@%+:/-]+" }
        /^[ \t]*(;|\/\/)/ { next }
        {
            line = $0
            gsub(/\\;/, "\001", line); sub(/;.*/, "", line); gsub(/\001/, ";", line)
            mention(line)
        }
        match($0, /AGI\("?\/[^,)"|]+/) { $0 = substr($0, RSTART, RLENGTH); sub(/^AGI\("?/, "") }
        /^[ \t]*#(try)?include[ \t]/ { sub(/^[^ \t]*#?[a-z]*[ \t]+/, ""); sub(/;.*/, "") ; gsub(/[<>"\r]/, "") }
        /^[ \t]*[a-z_]*(cert|key|ca)_?(list_)?(file|path|dir)[ \t]*=/ ||
        /^[ \t]*(dtlscertfile|dtlsprivatekey|tlsprivatekey|directory)[ \t]*=/ {
            sub(/;.*/, ""); sub(/^[^=]*=>?[ \t]*/, "")
        }
        /^\// { sub(/[ \t\r]+$/, ""); print }
    ' {} + 2>> "$work/report.txt"
}

take_named() {
    named_paths > "$work/named"
    count=0
    while IFS= read -r pattern; do
        case $pattern in
            ' '*)
                count=$((count + 1))
                [ "$count" -gt "$most_items" ] || take_mentioned "${pattern# }"
                continue
                ;;
        esac
        IFS=
        for path in $pattern; do
            reset
            take_if_there "$path"
        done
        reset
    done < "$work/named"
    [ "$count" -le "$most_items" ] || lack "the configuration mentions $count paths: $most_items were looked for"
}

# Takes a file that is mentioned: a script, a program, a prompt (named without the ending of its format; it may lie in
# the folder of a language). What packages install, and what Asterisk writes, is not meant.
take_mentioned() {
    case $1 in
        /usr/local/*) ;;
        /bin/* | /sbin/* | /lib/* | /lib64/* | /usr/* | /dev/* | /proc/* | /sys/* | /run/* | /boot/*) return ;;
        /var/log/* | /var/run/* | /var/cache/* | "$spool"/* | */.. | */../*) return ;;
        /etc/passwd* | /etc/shadow* | /etc/group* | /etc/gshadow*) return ;;
    esac
    for path in "$1" "$1".* "${1%/*}"/*/"${1##*/}".*; do
        [ ! -f "$path" ] || take "$path"
    done
}

# Files outside of Asterisk's folders in which it is named.
take_system() {
    take_if_there /etc/odbc.ini /etc/odbcinst.ini /usr/local/etc/odbc.ini /usr/local/etc/odbcinst.ini \
        /etc/default/asterisk /etc/sysconfig/asterisk /etc/logrotate.d/asterisk /etc/init.d/asterisk
    for file in /etc/crontab /etc/cron.*/* /var/spool/cron/* /var/spool/cron/crontabs/* /etc/systemd/system/* \
        /etc/systemd/system/*/* /lib/systemd/system/*asterisk* /usr/local/lib/systemd/system/*; do
        [ ! -f "$file" ] || ! grep -qi asterisk "$file" 2>> "$work/report.txt" || take "$file"
    done
    for file in /usr/src/asterisk*/menuselect.makeopts /usr/src/*/asterisk*/menuselect.makeopts \
        /usr/local/src/asterisk*/menuselect.makeopts /root/asterisk*/menuselect.makeopts \
        /etc/asterisk.makeopts /root/.asterisk.makeopts /usr/share/doc/asterisk/menuselect.makeopts*; do
        take_if_there "$file"
    done
}

# Databases ----------------------------------------------------------------------------------------------------

# A consistent copy of a database of SQLite that may be in use, as a file of this name.
copy_sqlite() {
    if command -v sqlite3 > /dev/null; then
        (cd "$made" && within "$dump_patience" sqlite3 -readonly "$1" '.timeout 5000' ".backup $2") 2> /dev/null &&
            return
    fi
    if command -v python3 > /dev/null; then
        within "$dump_patience" python3 - "$1" "$made/$2" 2> /dev/null << 'END' && return
import pathlib, sqlite3, sys
source = sqlite3.connect(pathlib.Path(sys.argv[1]).absolute().as_uri() + "?mode=ro", uri=True, timeout=10)
source.backup(sqlite3.connect(sys.argv[2]))
END
    fi
    # Without either: two copies that are the same, with no transaction under way.
    for _ in 1 2 3 4 5; do
        if ! cat "$1" > "$made/$2" 2> /dev/null; then
            rm -f "$made/$2"
            lack "$1: cannot be read, or there is no room for it in $work"
            return
        fi
        [ -e "$1-journal" ] || ! cmp -s "$1" "$made/$2" || return 0
        sleep 1
    done
    lack "$1: copied while it was written to; install sqlite3 or python3, or copy it while Asterisk is stopped"
}

# The options of a file with what it includes, a line each: section, option and value, with the byte 037 between.
options_of() {
    [ -f "$1" ] && FILE=$1 FOLDER=$etc within "$patience" awk '
        function of_file(name, depth, line, at) {
            while ((getline line < name) > 0) {
                if (line ~ /^[ \t]*#(try)?include[ \t]/) {
                    sub(/^[ \t]*#[a-z]*[ \t]+/, "", line); gsub(/[<>" \t\r]/, "", line)
                    if (line !~ /^\//) line = ENVIRON["FOLDER"] "/" line
                    if (depth < 5) of_file(line, depth + 1)
                    continue
                }
                gsub(/\\;/, "\001", line); sub(/;.*/, "", line); gsub(/\001/, ";", line)
                gsub(/^[ \t]+|[ \t\r]+$/, "", line)
                if (line ~ /^\[/) { section = line; sub(/^\[/, "", section); sub(/\].*/, "", section); continue }
                at = index(line, "=")
                if (!at || line ~ /^#/) continue
                key = substr(line, 1, at - 1); value = substr(line, at + 1)
                sub(/^>/, "", value); gsub(/^[ \t]+|[ \t]+$/, "", value); gsub(/[ \t]/, "", key)
                if (value ~ /^".*"$/) value = substr(value, 2, length(value) - 2)
                printf "%s\037%s\037%s\n", section, tolower(key), value
            }
            close(name)
        }
        BEGIN { of_file(ENVIRON["FILE"], 0) }
    ' < /dev/null
}

# The value of the first of some options that a section has, of a file of `options_of`.
value() {
    SECTION=$2 NAMES=$3 awk -F '\037' '
        $1 == ENVIRON["SECTION"] && !($2 in found) { found[$2] = $3 }
        END {
            n = split(ENVIRON["NAMES"], names, " ")
            for (i = 1; i <= n && !(names[i] in found); i++);
            if (i <= n) print found[names[i]]
        }
    ' "$1"
}

sections() {
    awk -F '\037' '!seen[$1]++ { print $1 }' "$1"
}

# Whether extconfig.conf has anything read through a driver of realtime.
is_read_through() {
    options_of "$etc/extconfig.conf" > "$work/families" || return
    DRIVER=$1 awk -F '\037' 'index($3, ENVIRON["DRIVER"] ",") == 1 { found = 1 } END { exit !found }' "$work/families"
}

# What FreePBX logs in with, as sections of options: PHP, or lines of NAME=value.
freepbx_options() {
    awk '
        /^[ \t]*\$amp_conf\[/ || /^[ \t]*[A-Z]+[ \t]*=/ {
            name = $0; sub(/=.*/, "", name); gsub(/[^A-Z]/, "", name)
            text = $0; sub(/^[^=]*=[ \t]*/, "", text); sub(/[ \t\r]*;?[ \t\r]*$/, "", text)
            if (text ~ /^["\047].*["\047]$/) { text = substr(text, 2, length(text) - 2); gsub(/\\/, "", text) }
            if (name ~ /^(AMP|CDR)DB/) of[name] = text
        }
        END {
            of["AMPDBNAME"] = of["AMPDBNAME"] == "" ? "asterisk" : of["AMPDBNAME"]
            of["CDRDBNAME"] = of["CDRDBNAME"] == "" ? "asteriskcdrdb" : of["CDRDBNAME"]
            n = split("HOST PORT SOCK USER PASS NAME", names, " ")
            for (i = 1; i <= n; i++) {
                printf "AMP\037db%s\037%s\n", tolower(names[i]), of["AMPDB" names[i]]
                own = of["CDRDB" names[i]]
                printf "CDR\037db%s\037%s\n", tolower(names[i]), own == "" ? of["AMPDB" names[i]] : own
            }
        }
    ' "$1"
}

dump_freepbx() {
    for file in "${etc%/*}/freepbx.conf" "${etc%/*}/amportal.conf"; do
        [ -f "$file" ] || continue
        grep -q 'AMPDBUSER' "$file" 2>> "$work/report.txt" || continue
        take "$file"
        freepbx_options "$file" > "$work/options"
        dump mysql "$work/options" AMP
        dump mysql "$work/options" CDR
        return
    done
}

dump_databases() {
    dump_freepbx
    for file in res_pgsql.conf cdr_pgsql.conf cel_pgsql.conf \
        res_config_mysql.conf res_mysql.conf cdr_mysql.conf res_config_sqlite3.conf; do
        options_of "$etc/$file" > "$work/options" || continue
        kind=pgsql driver=pgsql
        case $file in
            *mysql*) kind=mysql driver=mysql ;;
            *sqlite3*) kind=sqlite driver=sqlite3 ;;
        esac
        # Samples name a database that nobody has; without a family that is read from it, nothing is.
        case $file in res_*) is_read_through "$driver" || continue ;; esac
        sections "$work/options" > "$work/sections"
        while IFS= read -r section; do
            dump "$kind" "$work/options" "$section"
        done < "$work/sections"
    done
    options_of "$etc/res_odbc.conf" > "$work/classes" || return 0
    for ini in /etc/odbc.ini /usr/local/etc/odbc.ini; do
        [ ! -f "$ini" ] || break
    done
    options_of "$ini" > "$work/sources"
    options_of "${ini%odbc.ini}odbcinst.ini" > "$work/drivers"
    sections "$work/classes" > "$work/sections"
    while IFS= read -r section; do
        source=$(value "$work/classes" "$section" dsn)
        case $(value "$work/classes" "$section" enabled) in [Nn]* | [Ff]* | [Oo][Ff]* | 0) continue ;; esac
        [ -n "$source" ] || continue
        driver=$(value "$work/sources" "$source" driver)
        case $driver$(value "$work/drivers" "$driver" 'driver driver64') in
            *[Pp]sql* | *[Pp]ostgre* | *PSQL*) kind=pgsql ;;
            *[Mm]y[Ss][Qq][Ll]* | *[Mm]aria* | *myodbc* | *maodbc*) kind=mysql ;;
            *[Ss][Qq][Ll]ite*) kind=sqlite ;;
            *)
                lack "the database of the data source $source: unknown driver '$driver'; dump it by hand"
                continue
                ;;
        esac
        # What the class says of user and password counts more than the data source.
        user=$(value "$work/classes" "$section" username)
        password=$(value "$work/classes" "$section" password)
        dump "$kind" "$work/sources" "$source"
        user='' password=''
    done < "$work/sections"
}

# Dumps the database that a section names, once. $user and $password count more than what it says of them.
dumped=
user=''
password=''
dump() {
    host=$(value "$2" "$3" 'dbhost hostname servername server host')
    port=$(value "$2" "$3" 'dbport port')
    socket=$(value "$2" "$3" 'dbsock sock socket')
    name=$(value "$2" "$3" 'dbname database dbfile')
    login=${user:-$(value "$2" "$3" 'dbuser user username uid')}
    secret=${password:-$(value "$2" "$3" 'dbpass dbpassword password pwd')}
    [ -n "$name" ] || return 0
    case $dumped in *"$1 $host $port $name$separator"*) return 0 ;; esac
    dumped="$dumped$1 $host $port $name$separator"
    file=$(printf '%s' "${name##*/}" | tr -c 'A-Za-z0-9_.-' _)
    [ ! -e "$made/databases/$file.sql.gz" ] || file=$file-$(printf '%s' "$host-$port" | tr -c 'A-Za-z0-9_.-' _)
    case $1 in
        sqlite) [ ! -f "$name" ] || copy_sqlite "$name" "databases/$file.sqlite3" ;;
        pgsql) packed pg_dump dump_pgsql ;;
        mysql)
            program=mysqldump
            ! command -v mariadb-dump > /dev/null || program=mariadb-dump
            packed "$program" dump_mysql
            ;;
    esac
}

packed() {
    if ! command -v "$1" > /dev/null; then
        lack "the database $name at ${host:-localhost}: there is no $1 here; dump it by hand"
        return
    fi
    limit_blocks=unlimited
    [ "$limit_mb" -eq 0 ] || limit_blocks=$((limit_mb * 2048))
    {
        "$2" "$1" 2> "$work/complaint" < /dev/null
        echo $? > "$work/status"
    } | (ulimit -f "$limit_blocks"; gzip -c > "$made/databases/$file.sql.gz") 2> /dev/null
    status=$?
    [ "$status" -ne 0 ] || [ "$(cat "$work/status")" != 0 ] || return 0
    rm -f "$made/databases/$file.sql.gz"
    if [ "$(cat "$work/status")" = 124 ]; then
        lack "the database $name at ${host:-localhost}: its dump took longer than $dump_patience s"
    elif [ -s "$work/complaint" ] && ! grep -qi 'write\|pipe' "$work/complaint"; then
        lack "the database $name at ${host:-localhost}: $(sed -n 1p "$work/complaint")"
    else
        lack "the database $name: no room for its dump in $work (name a folder with TMPDIR=), or beyond --limit-mb"
    fi
}

dump_pgsql() {
    PGPASSWORD=$secret PGCONNECT_TIMEOUT=10 within "$dump_patience" \
        "$1" -w ${host:+-h "$host"} ${port:+-p "$port"} ${login:+-U "$login"} -- "$name"
}

# The password goes into a file: everybody may read what programs are given as arguments.
dump_mysql() {
    {
        echo '[client]'
        printf '%s="%s"\n' user "$(escaped "$login")" password "$(escaped "$secret")"
        [ -z "$host" ] || printf 'host="%s"\n' "$(escaped "$host")"
        [ -z "$port" ] || printf 'port=%s\n' "$port"
        [ -z "$socket" ] || printf 'socket="%s"\n' "$(escaped "$socket")"
    } > "$work/client.cnf"
    within "$dump_patience" \
        "$1" --defaults-extra-file="$work/client.cnf" --single-transaction --no-tablespaces "$name"
}

escaped() {
    printf '%s' "$1" | sed 's/[\\"]/\\&/g'
}

# The archive --------------------------------------------------------------------------------------------------

describe_machine() {
    {
        within "$patience" "${asterisk:-asterisk}" -V
        uname -a
        cat /etc/os-release
        if command -v dpkg-query > /dev/null; then
            dpkg-query -W '*asterisk*' | awk 'NF > 1'
        elif command -v rpm > /dev/null; then
            rpm -qa '*asterisk*'
        fi
    } > "$made/versions.txt" 2> /dev/null < /dev/null
}

# The first tar that can leave files out; where there is none (busybox may be built so), packages' files are in it.
choose_tar() {
    for tar in tar /usr/bin/tar /bin/tar; do
        "$tar" -c -f /dev/null -X /dev/null "$made" 2> /dev/null && return
    done
    tar=tar
    rm "$work/excluded"
    say "tar cannot leave files out here: the archive has packages' files as well"
}

pack() {
    : >> "$work/excluded"
    choose_tar
    cd "$work" || end_with "$work is gone"
    set -f
    IFS=$separator
    # shellcheck disable=SC2086 # split at the separator, which is what IFS is for
    # The report comes last: tar adds to it what it cannot read.
    set -- ./asterisk-collected $words ./report.txt
    reset
    [ ! -e excluded ] || set -- -X excluded "$@"
    "$tar" -c -f - "$@" 2>> "$work/report.txt"
    status=$?
    said=$(tail -n "+$((reported + 1))" "$work/report.txt")
    [ -z "$said" ] || printf '%s\n' "$said" | sed 's/^/collect: /' >&2
    case $said in
        *'rite error'* | *'annot write'* | *'o space left'* | *'roken pipe'*)
            end_with "the archive could not be written; it is not whole"
            ;;
    esac
    [ "$status" -eq 0 ] && [ "$lacks" -eq 0 ] || exit 1
}

main() {
    trap - EXIT
    umask 077
    export LC_ALL=C
    [ ! -t 1 ] || end_with "this writes an archive to standard output; redirect it: > backup.tar"
    read_options "$@"
    make_room
    echo 1 > "$made/format"
    : > "$work/report.txt"
    [ "$(id -u)" = 0 ] || lack "not run as root, but as $(id -un): files of others may be missing"

    find_asterisk
    [ -n "$settings" ] || lack "Asterisk does not answer: what it has loaded and in force is not in the archive"
    set_places
    [ -z "$settings" ] || ask_all
    describe_machine

    take_if_there "$etc"
    [ -d "$etc" ] || lack "$etc: there is no such folder; where is Asterisk's configuration?"
    take_named
    [ ! -f "${astdb%.sqlite3}.sqlite3" ] || copy_sqlite "${astdb%.sqlite3}.sqlite3" astdb.sqlite3
    dump_databases
    take_own "$keys"
    take_own "$scripts"
    take_system
    take_own "$modules"
    for folder in "$data/sounds" "$varlib/sounds" "$data/moh" "$varlib/moh"; do
        take_own "$folder"
    done
    take_if_there "$spool/voicemail"
    if [ "$recordings" = yes ]; then
        take_if_there "$spool/monitor" "$spool/recording" "$spool/meetme"
    fi
    say "made $(du -sk "$made" | awk '{ print $1; exit }') KB in $work, which is removed now"
    reported=$(awk 'END { print NR }' "$work/report.txt")
    pack
}

# All of it is read before anything is done: what follows does not come from the script any more.
main "$@" < /dev/null

#!/bin/sh
# The virtual environment from the lock file: `venv.sh PYTHON FOLDER`. Every package is checked by its hash.
set -eu
python=$1
venv=$2

command -v "$python" > /dev/null || {
    echo "There is no $python. Install Python 3.11 or newer (Debian: apt-get install python3 python3-venv)." >&2
    exit 2
}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "$python is $("$python" -V); Python 3.11 or newer is needed: make PYTHON=python3.11 ..." >&2
    exit 2
}
if ! "$python" -c 'import ensurepip, venv' 2> /dev/null; then # Debian has it in a package of its own
    if [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
        echo "Installing python3-venv (apt-get, as root)"
        export DEBIAN_FRONTEND=noninteractive
        apt-get install -y -qq python3-venv > /dev/null 2>&1 ||
            { apt-get update -qq && apt-get install -y -qq python3-venv > /dev/null; }
    else
        echo "Python's venv is missing. Debian and Ubuntu: apt-get install python3-venv" >&2
        exit 2
    fi
fi

echo "Making the virtual environment $venv from requirements.lock"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --no-deps --no-build-isolation --editable .

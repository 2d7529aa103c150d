#!/bin/sh
# Install the Debian packages named as arguments that are missing. Without root, or without apt,
# say what will be skipped and go on: tests that need a missing part say so themselves.
set -u
command -v dpkg-query >/dev/null 2>&1 || { echo "no dpkg here; install by hand: $*" >&2; exit 0; }

missing=""
for package in "$@"; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' \
        || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
    echo "not root, so not installed:$missing (tests that need them are skipped)" >&2
    exit 0
fi

echo "installing$missing" >&2
export DEBIAN_FRONTEND=noninteractive
options="-o DPkg::Lock::Timeout=300 -o Dpkg::Use-Pty=0"
# shellcheck disable=SC2086
apt-get $options -qq update >&2 \
    && apt-get $options -qq install -y --no-install-recommends $missing >/dev/null \
    || echo "could not install:$missing" >&2
exit 0

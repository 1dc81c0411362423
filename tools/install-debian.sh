#!/bin/sh
# Installs the packages of tools/debian-packages.txt that are missing. Needs root.
set -eu
cd "$(dirname "$0")/.."
packages=$(sed 's/#.*//' tools/debian-packages.txt)
export DEBIAN_FRONTEND=noninteractive
command -v apt-get >/dev/null || { echo "seawall: this is not Debian: install what tools/debian-packages.txt names, then run npm test." >&2; exit 2; }
# The emulated hosts are made of Debian's packages, which are looked up in apt's lists.
ls /var/lib/apt/lists/*Packages* >/dev/null 2>&1 || apt-get update -qq
missing=$(for name in $packages; do
  [ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || echo "$name"
done)
[ -n "$missing" ] || exit 0
[ "$(id -u)" = 0 ] || { echo "seawall: run this as root: it installs" $missing >&2; exit 2; }
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing >/dev/null

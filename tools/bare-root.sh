#!/bin/bash
# bare-root.sh FOLDER COMMAND…: runs a command in a copy of the checkout, in a Debian that has nothing but Node and npm, as a
# user that is not root. Makes the Debian in FOLDER at first; `bare-root.sh FOLDER` alone only makes it. Needs root and
# mmdebstrap. The network is the machine's, for npm's registry.
set -euo pipefail
cd "$(dirname "$0")/.."
root=$1
shift

if [ ! -e "$root/made" ]; then
  mmdebstrap --quiet --variant=minbase --include=nodejs,npm,ca-certificates trixie "$root" >/dev/null
  cp /etc/resolv.conf /etc/hosts "$root/etc/"
  cp -L /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
  useradd --root "$root" --create-home --uid 1000 tester
  install -d -o 1000 -g 1000 "$root/home/tester/seawall"
  touch "$root/made"
fi
[ $# -gt 0 ] || exit 0

# Unpacked inside, where the folders above FOLDER need not be open to the user.
git ls-files -z --cached --others --exclude-standard |
  tar --create --null --files-from - --ignore-failed-read 2>/dev/null |
  chroot "$root" setpriv --reuid 1000 --regid 1000 --clear-groups tar --extract --directory /home/tester/seawall

# npm's registry as this machine has it, and nothing else of its settings.
settings=(HOME=/home/tester PATH=/usr/bin:/bin LANG=C.UTF-8 CI=true "npm_config_registry=$(npm config get registry)"
  NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm_config_cafile=/etc/ssl/certs/ca-certificates.crt)
for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY; do
  [ -z "${!name:-}" ] || settings+=("$name=${!name}")
done
# What it mounts and starts goes with it.
# shellcheck disable=SC2016
exec unshare --mount --pid --fork --kill-child bash -c '
  set -eu
  root=$1; shift
  mount -t proc proc "$root/proc"
  mount --rbind /dev "$root/dev"
  mount --rbind /sys "$root/sys"
  # Not with exec, nor as the last command: this shell reaps what others leave behind.
  status=0
  chroot "$root" setpriv --reuid 1000 --regid 1000 --clear-groups env -i "${@:2:$1}" \
    sh -c "cd ~/seawall && exec \"\$@\"" sh "${@:$(($1 + 2))}" || status=$?
  exit "$status"' bare "$root" "${#settings[@]}" "${settings[@]}" "$@"

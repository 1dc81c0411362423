#!/bin/sh
# `npm test`: installs the npm packages when the lock file changed, then runs the tests (tools/run-tests.ts). With `--all` as
# first word it installs the Debian packages of tools/debian-packages.txt before, as root, and leaves no test out.
set -eu
cd "$(dirname "$0")/.."
if [ "${1:-}" = --all ]; then sh tools/install-debian.sh; fi
. tools/install.sh
exec node tools/run-tests.ts "$@"

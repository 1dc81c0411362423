#!/bin/sh
# `npm start`: installs the npm packages when the lock file changed, builds what is older than its sources, starts the console.
set -eu
cd "$(dirname "$0")/.."
. tools/install.sh
exec node tools/start.ts "$@"

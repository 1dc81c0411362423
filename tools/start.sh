#!/bin/sh
# `npm start`: installs the npm packages when the lock file changed, builds what is older than its sources, starts the console.
set -eu
cd "$(dirname "$0")/.."
mark=node_modules/.seawall-installed
if [ ! -f "$mark" ] || [ package-lock.json -nt "$mark" ]; then
  echo "Installing the npm packages (about 20 s) …"
  npm ci --no-audit --no-fund --loglevel=error || { echo "seawall: the npm packages could not be installed; see the lines above, then run \`npm start\` again." >&2; exit 2; }
  touch "$mark"
fi
PATH=$PWD/node_modules/.bin:$PATH
export PATH
exec node tools/start.ts "$@"

# Read by other scripts in the checkout: installs the npm packages when the lock file changed. The packages bring Node in the
# version that is needed, first on the path from here on. npm writes the mark itself, last: `npm ci` by hand counts as well.
mark=node_modules/.package-lock.json
if [ ! -f "$mark" ] || [ package-lock.json -nt "$mark" ]; then
  echo "Installing the npm packages (about 20 s) …" >&2
  npm ci --no-audit --no-fund --loglevel=error >&2 || { echo "seawall: the npm packages could not be installed; see the lines above, then run this again." >&2; exit 2; }
  touch "$mark"
fi
PATH=$PWD/node_modules/.bin:$PATH
export PATH

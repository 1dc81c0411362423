#!/bin/sh
# Runs the newest Docker of Debian in a tree and in namespaces of its own, and records what the product's collectors tell
# of it, with settings that Docker 26 does not have:
#   sh test/lab/compliance/recordings/record-engine.sh WORK-FOLDER
# Wants root and Debian 13. Takes three minutes. The recordings lie in WORK-FOLDER/recordings then.
set -eu
. "$(dirname "$0")/tree.sh"
program collect-engine
in_tree engine-states.sh
cp root/rec/out/*.json recordings/

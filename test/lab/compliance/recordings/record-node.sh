#!/bin/sh
# Runs a kubelet beside the newest Docker of Debian and records what the product's collectors tell of both:
#   sh test/lab/compliance/recordings/build-kubelet.sh KUBELET-FOLDER
#   sh test/lab/compliance/recordings/record-node.sh WORK-FOLDER KUBELET-FOLDER/bin
# Wants root and Debian 13. Takes three minutes. The recordings lie in WORK-FOLDER/recordings then.
set -eu
programs=$(cd "$2" && pwd)
. "$(dirname "$0")/tree.sh"
cp "$programs/kubelet" "$programs/kubeadm" root/usr/bin/
program recordings/collect
in_tree node-states.sh
# What a builder added to the name of the machine's own kernel is nobody's business.
for path in root/rec/out/*.json; do
  sed "s/$(uname -r)/$(uname -r | sed 's/-.*//')/" "$path" >"recordings/$(basename "$path")"
done

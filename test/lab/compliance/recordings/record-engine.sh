#!/bin/sh
# Runs the newest Docker of Debian in a tree and in namespaces of its own, and records what the product's collectors tell
# of it, with settings that Docker 26 does not have:
#   sh test/lab/compliance/recordings/record-engine.sh WORK-FOLDER
# Wants root and Debian 13. Takes three minutes. The recordings lie in WORK-FOLDER/recordings then.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../../../.." && pwd)
mkdir -p "$1/apt/lists/partial" "$1/apt/archives/partial" "$1/recordings"
cd "$1"
work=$(pwd)
touch apt/status
cat >apt/apt.conf <<END
Dir::Etc::SourceList "$work/apt/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::State::Lists "$work/apt/lists";
Dir::State::status "$work/apt/status";
Dir::Cache "$work/apt";
APT::Install-Recommends "false";
APT::Sandbox::User "root";
Acquire::Check-Valid-Until "false";
Acquire::Languages "none";
END
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main" >apt/sources.list
if [ ! -e root ]; then
  export APT_CONFIG=$work/apt/apt.conf
  apt-get -q update
  apt-get -q -y --download-only install docker.io docker-cli busybox-static
  # Nothing is installed: the programs and what they are linked with are enough, and no script of a package runs.
  mkdir root.new
  for package in apt/archives/*.deb; do dpkg -x "$package" root.new; done
  for place in bin sbin lib lib64; do [ -e root.new/$place ] || ln -s usr/$place root.new/$place; done
  for name in iptables ip6tables; do ln -s xtables-nft-multi root.new/usr/sbin/$name; done
  ln -s ../run root.new/var/run
  mv root.new root
fi
mkdir -p root/rec/lib root/rec/out root/proc root/sys root/dev root/run root/tmp
cp "$(readlink -f "$checkout/node_modules/.bin/node")" "$here/engine-states.sh" root/rec/
for name in libstdc++.so.6 libgcc_s.so.1 libatomic.so.1; do cp "/usr/lib/x86_64-linux-gnu/$name" root/rec/lib/; done
(cd "$checkout" && npx rolldown "$here/../collect-engine.ts" --platform node --format esm --file "$work/root/rec/collect-engine.mjs")
unshare --mount --net --pid --uts --fork --kill-child --propagation private sh -ec "
  hostname plain
  mount -t proc proc root/proc
  mount --rbind /sys root/sys
  mount -t tmpfs -o mode=755 tmpfs root/run
  mount -t tmpfs -o mode=755 tmpfs root/dev
  for name in null zero random urandom; do touch root/dev/\$name && mount --bind /dev/\$name root/dev/\$name; done
  exec chroot root /usr/bin/busybox sh /rec/engine-states.sh
"
cp root/rec/out/*.json recordings/

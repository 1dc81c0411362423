# For scripts that record in a tree with the newest Docker of Debian: makes the tree in the folder `$1` and enters it.
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../../../.." && pwd)
. "$here/own-apt.sh"
mkdir -p recordings
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian sid main" >apt/sources.list
if [ ! -e root ]; then
  export APT_CONFIG="$own_apt"
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
rm -rf root/rec/out
mkdir -p root/rec/lib root/rec/out root/proc root/sys root/dev root/run root/tmp
cp "$(readlink -f "$checkout/node_modules/.bin/node")" root/rec/
for name in libstdc++.so.6 libgcc_s.so.1 libatomic.so.1; do cp "/usr/lib/x86_64-linux-gnu/$name" root/rec/lib/; done

# Makes one program of a module of this folder's parent and what that imports.
program() {
  (cd "$checkout" && npx rolldown "$here/../$1.ts" --platform node --format esm --file "$work/root/rec/$(basename "$1").mjs")
}

# Runs a script of this folder in the tree. What it sets in the kernel stays there: it sees copies of what it may set.
in_tree() {
  cp "$here/$1" root/rec/
  unshare --mount --net --pid --uts --fork --kill-child --propagation private sh -ec '
    hostname plain
    mount --bind root root
    mount -t proc proc root/proc
    mount --rbind /sys root/sys
    mount -t tmpfs -o mode=755 tmpfs root/run
    mount -t tmpfs -o mode=755 tmpfs root/dev
    for name in null zero random urandom kmsg; do touch root/dev/$name && mount --bind /dev/$name root/dev/$name; done
    for set in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1; do
      name=${set%=*}
      mkdir -p "root/run/set/$name"
      echo "${set#*=}" >"root/run/set/$name/value"
      mount --bind "root/run/set/$name/value" "root/proc/sys/$name"
    done
    exec env -i /usr/sbin/chroot root /usr/bin/busybox sh "/rec/$1"' sh "$1"
}

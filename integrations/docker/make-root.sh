#!/bin/bash
# make-root.sh ARCHIVE SUITE "INSTALLED" "KEPT": makes the root file system of an image of packages of Debian, as a tar. Installs
# packages with all that they depend on, then has dpkg remove every one that is not kept, and what no package owns: so a scan
# of the image tells what is in it. Packages come as apt of this machine gets them. Needs root and mmdebstrap.
set -euo pipefail
archive=$1 suite=$2 installed=${3:?} kept=${4:?}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/root
install -d -m 755 "$root"

# A database that postgresql-common would make belongs in no image.
# shellcheck disable=SC2016
mmdebstrap --quiet --variant=minbase --include="${installed// /,}" \
  --setup-hook='install -d "$1/etc/postgresql-common" && echo create_main_cluster=false >"$1/etc/postgresql-common/createcluster.conf"' \
  --dpkgopt=force-unsafe-io --dpkgopt=force-confold \
  --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
  "$suite" "$root" >&2

packages() { dpkg-query --admindir="$root/var/lib/dpkg" -W -f '${Package}\n' | sort; }
words() { printf '%s\n' "$@" | sort; }
# The scripts of packages need these tools, so they go last.
tools='bash coreutils debconf debianutils diffutils dpkg findutils grep gzip libpam-runtime mawk perl-base sed tar'
for stays in "$tools" ''; do
  # shellcheck disable=SC2046,SC2086
  DEBIAN_FRONTEND=noninteractive dpkg --root="$root" --force-all --purge $(comm -23 <(packages) <(words $kept $stays)) \
    >"$work/log" 2>&1 || { cat "$work/log" >&2; exit 1; }
done
# shellcheck disable=SC2086
missing=$(comm -13 <(packages) <(words $kept))
[ -z "$missing" ] || { echo "make-root.sh: not installed: $missing" >&2; exit 1; }

# What no program of the image reads: documents but licences, and PostgreSQL's compiler of queries, which needs LLVM.
cd "$root"
find usr/share/doc -type f ! -name copyright -delete
rm -rf usr/share/{doc-base,gdb,info,lintian,man,locale,bug} usr/lib/postgresql/*/lib/{bitcode,llvmjit*}
# What packages do not own, but for what the C library, dpkg and every user look up.
own='etc/(passwd|group|nsswitch\.conf|ld\.so\.cache|localtime)|var/lib/dpkg/(status|info/.*\.(list|md5sums))'
cat var/lib/dpkg/info/*.list | sed 's,^/\.\?,,' | sort -u >"$work/owned"
find . -xdev -mindepth 1 ! -type d -printf '%P\n' | grep -vxE "$own" | sort | comm -23 - "$work/owned" | tr '\n' '\0' | xargs -0 -r rm -f
find . -xdev -mindepth 1 -type d -printf '%P\n' | sort | comm -23 - "$work/owned" | sort -r | tr '\n' '\0' |
  xargs -0 -r rmdir --ignore-fail-on-non-empty
install -d -m 755 run
# A volume takes over owner and mode of the folder that it lies on, and any number may be told to keep its data there.
install -d -m 1777 tmp var/tmp var/lib/seawall
echo 'seawall:x:65532:65532:Seawall:/var/lib/seawall:/usr/sbin/nologin' >>etc/passwd
echo 'seawall:x:65532:' >>etc/group
tar --create --sort=name --format=posix --pax-option=exthdr.name=%d/%f,delete=atime,delete=ctime \
  --mtime=@0 --numeric-owner --file "$archive" -- *

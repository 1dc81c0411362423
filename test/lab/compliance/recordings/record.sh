#!/bin/sh
# Boots a Debian 13 of `mmdebstrap` under qemu and records what the product's collectors tell of it, in four states:
#   sh test/lab/compliance/recordings/record.sh WORK-FOLDER
# Wants root, Debian 13 with its lists of packages, mmdebstrap, qemu-system-x86_64 and e2fsprogs. Takes 20 minutes: there
# is no hardware help. The recordings lie in WORK-FOLDER/recordings then.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../../../.." && pwd)
work=$1
mkdir -p "$work/root" "$work/rec/lib" "$work/rec/debs" "$work/recordings"
cd "$work"
[ -e base.tar ] || mmdebstrap --variant=important trixie base.tar \
  --include=linux-image-amd64,openssh-server,systemd-timesyncd,docker.io,docker-cli,apparmor,nftables
[ -e root/boot ] || tar -C root --numeric-owner -xf base.tar
echo plain >root/etc/hostname
node=$(readlink -f "$checkout/node_modules/.bin/node")
cp "$node" /usr/bin/busybox "$here/states.sh" rec/
cp /usr/lib/x86_64-linux-gnu/libstdc++.so.6 /usr/lib/x86_64-linux-gnu/libgcc_s.so.1 /usr/lib/x86_64-linux-gnu/libatomic.so.1 rec/lib/
(cd rec/debs && apt-get download -q auditd libauparse0t64)
for program in recordings/collect read-containers; do
  (cd "$checkout" && npx rolldown "$here/../$program.ts" --platform node --format esm --file "$work/rec/$(basename $program).mjs")
done
rm -f root.img rec.img out.img
mke2fs -q -t ext4 -L root -d root root.img 6G
mke2fs -q -t ext4 -L rec -d rec rec.img 400M
truncate -s 32M out.img
unit="[Unit]
After=multi-user.target docker.service
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'mkdir -p /mnt/rec /var/tmp/rec && mount -o ro LABEL=rec /mnt/rec && cp -a /mnt/rec/. /var/tmp/rec && umount /mnt/rec && rmdir /mnt/rec && mkdir /var/tmp/rec/out && sh /var/tmp/rec/states.sh; tar -C /var/tmp/rec/out -cf /dev/vdc . ; sync; echo ended; systemctl poweroff -ff'
"
timeout 2400 qemu-system-x86_64 -machine q35,graphics=off -accel tcg,thread=multi -cpu max,-svm -smp 2 -m 3072 \
  -nodefaults -no-reboot -display none -serial stdio \
  -kernel root/boot/vmlinuz-* -initrd root/boot/initrd.img-* \
  -append "root=/dev/vda rw console=ttyS0 panic=-1 systemd.wants=recorder.service systemd.set_credential_binary=systemd.extra-unit.recorder.service:$(printf %s "$unit" | base64 -w0)" \
  -drive if=virtio,file=root.img,format=raw,cache=unsafe \
  -drive if=virtio,file=rec.img,format=raw,cache=unsafe \
  -drive if=virtio,file=out.img,format=raw,cache=unsafe \
  -device virtio-rng-pci </dev/null
tar -C recordings -xf out.img

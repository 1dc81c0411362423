#!/bin/sh
# Boots a Debian 13 with SELinux under qemu twice, by UEFI without and with Secure Boot, and records what the product's
# collectors tell of it:
#   sh test/lab/compliance/recordings/record-secured.sh WORK-FOLDER
# Wants root, Debian 13 with its lists of packages, mmdebstrap, qemu-system-x86_64 and e2fsprogs. There is no hardware
# help: it takes ten minutes. The recordings lie in WORK-FOLDER/recordings then.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
checkout=$(cd "$here/../../../.." && pwd)
mkdir -p "$1/root" "$1/programs" "$1/recordings"
cd "$1"
[ -e base.tar ] || mmdebstrap --variant=minbase trixie base.tar \
  --include=kmod,iproute2,mount,systemd-timesyncd,docker.io,docker-cli,selinux-policy-default,policycoreutils,selinux-utils
[ -e root/etc ] || tar -C root --numeric-owner -xf base.tar
[ -e programs/usr ] || (
  cd programs
  kernel=$(apt-cache depends linux-image-cloud-amd64 | awk '/Depends/ { print $2; exit }')
  apt-get -q -o APT::Sandbox::User=root download "$kernel" ovmf shim-signed grub-efi-amd64-signed mtools chrony
  for package in *.deb; do dpkg -x "$package" .; done
)
kernel=$(basename programs/boot/vmlinuz-*)
mkdir -p root/rec/lib
cp -a programs/usr/lib/modules root/usr/lib/
chroot root depmod "${kernel#vmlinuz-}"
echo secured >root/etc/hostname
cp "$(readlink -f "$checkout/node_modules/.bin/node")" /usr/bin/busybox "$here/secured-states.sh" root/rec/
for name in libstdc++.so.6 libgcc_s.so.1 libatomic.so.1; do cp "/usr/lib/x86_64-linux-gnu/$name" root/rec/lib/; done
for program in recordings/collect read-containers; do
  (cd "$checkout" && npx rolldown "$here/../$program.ts" --platform node --format esm --file "$1/root/rec/$(basename $program).mjs")
done
chroot root setfiles -F /etc/selinux/default/contexts/files/file_contexts /
rm -f root.img esp.img
mke2fs -q -t ext4 -L root -d root root.img 4G

# What the firmware starts: Debian's shim, which starts Debian's loader, which starts Debian's kernel, all signed.
words='root=/dev/nvme0n1 rw console=ttyS0 panic=-1 security=selinux selinux=1 init=/rec/secured-states.sh'
printf 'linux /vmlinuz %s\nboot\n' "$words state=secure" >grub.cfg
disk() { programs/usr/bin/mtools -c "$@"; }
truncate -s 64M esp.img
disk mformat -i esp.img -F ::
disk mmd -i esp.img ::EFI ::EFI/BOOT ::EFI/debian
disk mcopy -i esp.img programs/usr/lib/shim/shimx64.efi.signed ::EFI/BOOT/BOOTX64.EFI
disk mcopy -i esp.img programs/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed ::EFI/BOOT/grubx64.efi
disk mcopy -i esp.img grub.cfg ::EFI/debian/grub.cfg
disk mcopy -i esp.img "programs/boot/$kernel" ::vmlinuz

# The machine has a network with nothing in it but a time server.
printf 'local stratum 1\nallow all\ncmdport 0\nbindaddress 127.0.0.1\npidfile %s\n' "$PWD/chronyd.pid" >chrony.conf
boot() {
  firmware=$1
  shift
  cp "programs/usr/share/OVMF/OVMF_VARS_4M$firmware.fd" variables.fd
  timeout 1200 unshare --net --pid --mount-proc --fork --kill-child sh -c '
    ip link set lo up
    rm -f chronyd.pid
    programs/usr/sbin/chronyd -x -u root -f "$PWD/chrony.conf"
    exec "$@"' sh qemu-system-x86_64 -machine q35,graphics=off,sata=off,smm=on,vmport=off -global driver=cfi.pflash01,property=secure,value=on \
    -accel tcg,thread=multi -cpu max,-svm -smp 2 -m 2048 -nodefaults -no-reboot -display none -serial stdio \
    -drive if=pflash,unit=0,format=raw,readonly=on,file=programs/usr/share/OVMF/OVMF_CODE_4M.secboot.fd \
    -drive if=pflash,unit=1,format=raw,file=variables.fd \
    -drive if=none,id=root,format=raw,cache=unsafe,file=root.img -device nvme,serial=root,drive=root \
    -netdev user,id=net,restrict=off -device virtio-net-pci,netdev=net,romfile= -device virtio-rng-pci "$@" </dev/null
}
boot '' -kernel "programs/boot/$kernel" -append "$words state=lax"
boot .ms -drive if=none,id=esp,format=raw,readonly=on,file=esp.img -device virtio-blk-pci,drive=esp,bootindex=0
rm -rf out
debugfs -R "rdump /rec/out $PWD" root.img
cp out/*.json recordings/

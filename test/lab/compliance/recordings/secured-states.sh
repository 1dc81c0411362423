#!/bin/sh
# The first process of the machine: permissive by the first boot, enforcing by the second, which Secure Boot guards.
export PATH=/usr/sbin:/usr/bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs devtmpfs /dev
mount -t tmpfs -o mode=755 tmpfs /run
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mount -t securityfs securityfs /sys/kernel/security
modprobe efivarfs
mount -t efivarfs efivarfs /sys/firmware/efi/efivars
set -x
hostname secured
state=$(sed 's/.*state=\([a-z]*\).*/\1/' /proc/cmdline)
load_policy -i
mkdir -p /rec/out /etc/docker
# Nothing here may write code into memory, neither may the program that records.
record() {
  LD_LIBRARY_PATH=/rec/lib /rec/node --jitless "/rec/$1.mjs" $2 || echo "no $1"
}

/rec/busybox ip link set lo up
modprobe virtio_net
/rec/busybox ip link set eth0 up
/rec/busybox ip address add 10.0.2.15/24 dev eth0
/rec/busybox ip route add default via 10.0.2.2
echo '{"selinux-enabled": true, "iptables": false, "ip6tables": false, "bridge": "none", "storage-driver": "vfs"}' >/etc/docker/daemon.json
# Started by the engine, it would have four seconds to come up: too few here.
containerd >/rec/out/containerd.log 2>&1 &
until ctr version >/dev/null 2>&1; do sleep 1; done
dockerd --containerd /run/containerd/containerd.sock >/rec/out/dockerd.log 2>&1 &
until docker info >/dev/null 2>&1; do sleep 1; done

case $state in
  lax) record collect /rec/out/lax.json ;;
  secure)
    for name in cramfs freevxfs hfs hfsplus jffs2 udf usb-storage dccp sctp rds tipc; do
      echo "install $name /bin/false"
    done >/etc/modprobe.d/rare.conf
    mkdir -p /run/systemd/timesync /var/lib/systemd/timesync /etc/systemd/timesyncd.conf.d
    chown systemd-timesync /run/systemd/timesync /var/lib/systemd/timesync
    printf '[Time]\nNTP=10.0.2.2\n' >/etc/systemd/timesyncd.conf.d/own.conf
    /usr/lib/systemd/systemd-timesyncd &
    mkdir -p /rec/image/bin
    cp /rec/busybox /rec/image/bin/sleep
    tar -C /rec/image -c . | docker import - lab/sleep:1
    docker run -d --name selinux --network none lab/sleep:1 /bin/sleep 9999
    docker run -d --name selinux-off --network none --security-opt label=disable lab/sleep:1 /bin/sleep 9999
    record read-containers '/run/docker.sock selinux selinux-off' >/rec/out/containers.json
    ls -l /run/systemd/timesync
    setenforce 1
    record collect /rec/out/secure.json
    setenforce 0
    ;;
esac
. /etc/os-release
docker=$(docker version --format '{{.Server.Version}}')
selinux=$(dpkg-query -W selinux-policy-default | sed 's/.*\t//')
echo "{ \"system\": \"$PRETTY_NAME, Linux $(uname -r), Docker $docker, SELinux with policy $selinux\", \"recorded\": \"$(date +%F)\" }" >/rec/out/system.json
sync
echo u >/proc/sysrq-trigger
sleep 5
echo o >/proc/sysrq-trigger
sleep 60

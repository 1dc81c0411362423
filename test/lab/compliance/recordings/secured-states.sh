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
dockerd >/rec/out/dockerd.log 2>&1 &
until docker info >/dev/null 2>&1; do sleep 1; done

cat >/rec/cluster.yaml <<END
apiVersion: kubeadm.k8s.io/v1beta2
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: 10.0.2.15}
nodeRegistration: {name: secured, criSocket: /var/run/dockershim.sock}
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterConfiguration
kubernetesVersion: v1.20.2
END
node() {
  kubeadm init phase "$@" --config /rec/cluster.yaml
}
config=/var/lib/kubelet/config.yaml
# There is no cluster to join; without it the kubelet goes on asking.
kubelet_runs() {
  kubelet --config=$config --kubeconfig=/etc/kubernetes/kubelet.conf --hostname-override=secured \
    --cgroups-per-qos=false --enforce-node-allocatable= >/rec/out/kubelet-$state.log 2>&1 &
  for _ in $(seq 90); do
    /rec/busybox nc -z 127.0.0.1 10250 && return
    kill -0 $! || return
    sleep 1
  done
}

case $state in
  lax)
    for phase in 'certs all' 'kubeconfig kubelet' kubelet-start 'etcd local'; do node $phase; done
    cp $config /rec/written.yaml
    sed -i 's/enabled: false/enabled: true/; s/mode: Webhook/mode: AlwaysAllow/; s/rotateCertificates: true/rotateCertificates: false/' $config
    echo 'readOnlyPort: 10255' >>$config
    chmod 644 /etc/kubernetes/kubelet.conf $config
    kubelet_runs
    record collect /rec/out/lax.json
    ;;
  secure)
    cp /rec/written.yaml $config
    chmod 600 /etc/kubernetes/kubelet.conf $config
    rm -r /etc/kubernetes/manifests
    kubelet_runs
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
kubelet=$(kubelet --version | sed 's/Kubernetes v/kubelet /')
docker=$(docker version --format '{{.Server.Version}}')
selinux=$(dpkg-query -W selinux-policy-default | sed 's/.*\t//')
echo "{ \"system\": \"$PRETTY_NAME, Linux $(uname -r), Docker $docker, SELinux with policy $selinux, $kubelet\", \"recorded\": \"$(date +%F)\" }" >/rec/out/system.json
sync
mount -o remount,ro /
echo o >/proc/sysrq-trigger
sleep 60

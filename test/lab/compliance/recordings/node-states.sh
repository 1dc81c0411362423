# In the tree of the newest Docker: records a kubelet with its doors open, then as kubeadm sets it up.
set -ux
export PATH=/usr/sbin:/usr/bin DOCKER_HOST=unix:///run/docker.sock
busybox ip link set lo up
busybox ip address add 10.0.2.15/24 dev lo
mkdir -p /etc/docker /var/lib/docker /etc/kubernetes
for name in sh mount umount cp sed grep; do [ -e /usr/bin/$name ] || busybox ln -s busybox /usr/bin/$name; done
echo '{}' >/etc/docker/daemon.json
echo 'root:x:0:0::/root:/bin/sh' >/etc/passwd
echo '127.0.0.1 localhost' >/etc/hosts
echo 0123456789abcdef0123456789abcdef >/etc/machine-id
dockerd --host unix:///run/docker.sock --storage-driver vfs 2>/rec/out/dockerd.log &
engine=$!
until docker info >/dev/null 2>&1; do kill -0 "$engine" || exit 1; busybox sleep 1; done

busybox cat >/rec/cluster.yaml <<END
apiVersion: kubeadm.k8s.io/v1beta2
kind: InitConfiguration
localAPIEndpoint: {advertiseAddress: 10.0.2.15}
nodeRegistration: {name: plain, criSocket: /var/run/dockershim.sock}
---
apiVersion: kubeadm.k8s.io/v1beta2
kind: ClusterConfiguration
kubernetesVersion: v1.20.2
END
config=/var/lib/kubelet/config.yaml
busybox rm -rf /etc/kubernetes /var/lib/kubelet
for phase in 'certs all' 'kubeconfig kubelet' kubelet-start 'etcd local'; do kubeadm init phase $phase --config /rec/cluster.yaml; done
busybox cp $config /rec/written.yaml

# There is no cluster; a kubelet goes on asking for it. It may make no groups of the machine's processes.
record() {
  kubelet --config=$config --kubeconfig=/etc/kubernetes/kubelet.conf --hostname-override=plain --fail-swap-on=false \
    --cgroups-per-qos=false --enforce-node-allocatable= 2>/rec/out/kubelet-$1.log &
  kubelet=$!
  until busybox grep -q ':280A 0*:0000 0A' /proc/net/tcp /proc/net/tcp6; do kill -0 "$kubelet" || exit 1; busybox sleep 1; done
  LD_LIBRARY_PATH=/rec/lib /rec/node /rec/collect.mjs "/rec/out/$1.json"
  kill "$kubelet"
  wait "$kubelet"
}
busybox sed -i 's/enabled: false/enabled: true/; s/mode: Webhook/mode: AlwaysAllow/; s/rotateCertificates: true/rotateCertificates: false/' $config
echo 'readOnlyPort: 10255' >>$config
busybox chmod 644 /etc/kubernetes/kubelet.conf $config
record neglected

busybox cp /rec/written.yaml $config
busybox chmod 600 /etc/kubernetes/kubelet.conf $config
busybox rm -r /etc/kubernetes/manifests
record written

version=$(docker version --format '{{.Server.Version}}')
kubernetes=$(kubelet --version)
system="$kubernetes (kubelet and kubeadm) of Debian 12’s source, Docker $version of Debian sid"
echo "{ \"system\": \"$system, Linux $(busybox uname -r | busybox sed s/-.*//)\", \"recorded\": \"$(busybox date +%F)\" }" >/rec/out/system.json

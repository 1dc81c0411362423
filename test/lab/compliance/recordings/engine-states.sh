# In the tree of the newest Docker: records the engine with the doors open that it has of its own, then as Debian starts it.
set -ux
export PATH=/usr/sbin:/usr/bin DOCKER_HOST=unix:///run/docker.sock
busybox ip link set lo up
mkdir -p /etc/docker /var/lib/docker /etc/cdi
record() {
  dockerd --host unix:///run/docker.sock --storage-driver vfs 2>/rec/out/$1.log &
  engine=$!
  until docker info >/dev/null 2>&1; do kill -0 "$engine" || exit 1; busybox sleep 1; done
  LD_LIBRARY_PATH=/rec/lib /rec/node /rec/collect-engine.mjs /run/docker.sock >/rec/out/$1.json
  kill "$engine"
  wait "$engine"
}
echo '{"allow-direct-routing": true, "ip-forward-no-drop": true}' >/etc/docker/daemon.json
chmod 1777 /etc/cdi
record routing

echo '{}' >/etc/docker/daemon.json
chmod 755 /etc/cdi
record not-routing
version=$(dockerd --version | busybox sed 's/Docker version \([^,]*\).*/\1/')
echo "{ \"system\": \"Debian sid, Docker $version, Linux $(busybox uname -r | busybox sed s/-.*//)\", \"recorded\": \"$(busybox date +%F)\" }" >/rec/out/system.json

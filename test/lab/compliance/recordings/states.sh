# In the machine: records it as Debian installs it, then neglected, then with audit rules that nobody saved, then in order.
set -x
place=/var/tmp/rec
record() {
  LD_LIBRARY_PATH=$place/lib "$place/node" "$place/collect.mjs" "$place/out/$1.json" || echo "no $1"
  # Handed out at once: a busy machine may not come to the end.
  tar -C "$place/out" -cf /dev/vdc .
}
watched='/usr/bin/dockerd /run/containerd /etc/docker /etc/default/docker /etc/docker/daemon.json /etc/containerd/config.toml
/run/containerd/containerd.sock /etc/sysconfig/docker /usr/bin/containerd /usr/bin/containerd-shim /usr/bin/runc /usr/sbin/runc
/usr/sbin/dockerd /usr/bin/containerd-shim-runc-v1 /usr/bin/containerd-shim-runc-v2 /usr/lib/systemd/system/docker.service
/usr/lib/systemd/system/docker.socket /var/lib/docker'
rare='cramfs freevxfs hfs hfsplus jffs2 udf usb-storage dccp sctp rds tipc'

record plain

mkdir -p "$place/image/bin"
cp "$place/busybox" "$place/image/bin/sleep"
tar -C "$place/image" -c . | docker import - lab/sleep:1
docker run -d --name apparmor --network none lab/sleep:1 /bin/sleep 9999
docker run -d --name apparmor-off --network none --security-opt apparmor=unconfined lab/sleep:1 /bin/sleep 9999
LD_LIBRARY_PATH=$place/lib "$place/node" "$place/read-containers.mjs" /run/docker.sock apparmor apparmor-off >"$place/out/containers.json"
docker rm -f apparmor apparmor-off

dpkg -i "$place"/debs/*.deb
mkdir -p /etc/docker /etc/sysconfig /etc/containerd
echo '{}' >/etc/docker/daemon.json
touch /etc/default/docker /etc/sysconfig/docker /etc/containerd/config.toml
for name in containerd-shim containerd-shim-runc-v1 containerd-shim-runc-v2 containerd runc dockerd; do
  [ -e /usr/bin/$name ] || cp /usr/bin/true /usr/bin/$name
done
auditctl -D
auditctl -e 0
sysctl -w kernel.unprivileged_bpf_disabled=0 kernel.kptr_restrict=0 kernel.dmesg_restrict=0 kernel.randomize_va_space=1 \
  kernel.yama.ptrace_scope=0 fs.protected_symlinks=0 fs.protected_hardlinks=0 fs.suid_dumpable=2
echo '|/opt/dump %P' >/proc/sys/kernel/core_pattern
umount -l /tmp
printf 'PermitRootLogin yes\nPasswordAuthentication yes\nCiphers +aes128-cbc\n' >/etc/ssh/sshd_config.d/10-own.conf
systemctl stop systemd-timesyncd
modprobe sctp
"$place/busybox" httpd -f -p 631 -h /srv &
server=$!
systemctl stop systemd-journald.socket systemd-journald-dev-log.socket systemd-journald-audit.socket systemd-journald
record neglected

systemctl start systemd-journald.socket systemd-journald-dev-log.socket systemd-journald
for path in $watched; do auditctl -w "$path" -p wa -k docker; done
record unsaved

kill "$server"
sysctl -w kernel.unprivileged_bpf_disabled=2 kernel.kptr_restrict=1 kernel.dmesg_restrict=1 kernel.randomize_va_space=2 \
  kernel.yama.ptrace_scope=1 fs.protected_symlinks=1 fs.protected_hardlinks=1 fs.suid_dumpable=0 kernel.kexec_load_disabled=1
echo core >/proc/sys/kernel/core_pattern
mount -t tmpfs -o nosuid,nodev,noexec tmpfs /tmp
mount -o remount,nosuid,nodev,noexec /dev/shm
printf 'PermitRootLogin no\nPasswordAuthentication no\n' >/etc/ssh/sshd_config.d/10-own.conf
rmmod sctp
for name in $rare; do echo "install $name /bin/false"; done >/etc/modprobe.d/rare.conf
mkdir -p /var/log/journal
systemctl restart systemd-journald
systemctl start systemd-timesyncd
for path in $watched; do echo "-w $path -p wa -k docker"; done >/etc/audit/rules.d/docker.rules
auditctl -D
augenrules --load
auditctl -R /etc/audit/audit.rules
auditctl -e 2
echo integrity >/sys/kernel/security/lockdown
sleep 40
record tidy
. /etc/os-release
docker=$(docker version --format '{{.Server.Version}}')
echo "{ \"system\": \"$PRETTY_NAME, systemd, Linux $(uname -r), Docker $docker\", \"recorded\": \"$(date +%F)\" }" >"$place/out/system.json"

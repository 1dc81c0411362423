/** Bits of a mode that give a program the rights of its owner and of its group. */
export const setuid = 0o4000;
export const setgid = 0o2000;

/**
 * Programs that distributions ship setuid or setgid, by name, with the bits that they have there. A package database does not
 * know modes, so the owner alone proves nothing: a shell with the bit set belongs to its package all the same. Seen in
 * Debian 13, Ubuntu 24.04, Alpine 3.20, Fedora 41 and their packages.
 */
export const usualPrivileges: ReadonlyMap<string, number> = new Map(
  [
    ...named(setuid, [
      ...'su sudo sudo-rs doas passwd chfn chsh gpasswd newgrp chage expiry'.split(' '),
      ...'mount umount mount.nfs mount.cifs mount.ecryptfs_private fusermount fusermount3 ntfs-3g'.split(' '),
      ...'newuidmap newgidmap pkexec polkit-agent-helper-1 dbus-daemon-launch-helper ssh-keysign'.split(' '),
      ...'unix_chkpwd pam_timestamp_check userhelper bbsuid crontab at ping ping6 traceroute6'.split(' '),
      ...'staprun chrome-sandbox snap-confine Xorg.wrap grub2-set-bootflag'.split(' '),
    ]),
    ...named(setgid, [
      ...'chage expiry unix_chkpwd unix2_chkpwd pam_extrausers_chkpwd ssh-agent ssh-keysign crontab'.split(' '),
      ...'wall write bsd-write write.ul bsd-mailx dotlockfile mlocate plocate locate utempter'.split(' '),
      ...'postdrop postqueue lockfile procmail mail-lock mail-touchlock mail-unlock utmpx at'.split(' '),
    ]),
  ].reduce((all, [name, bits]) => all.set(name, (all.get(name) ?? 0) | bits), new Map<string, number>()),
);

/** Programs that distributions give capabilities, by name. */
export const usualCapabilities: ReadonlyMap<string, readonly string[]> = new Map([
  ['ping', ['NET_RAW', 'NET_ADMIN']],
  ['arping', ['NET_RAW']],
  ['clockdiff', ['NET_RAW', 'SYS_NICE']],
  ['mtr-packet', ['NET_RAW']],
  ['traceroute6.iputils', ['NET_RAW']],
  ['dumpcap', ['NET_RAW', 'NET_ADMIN']],
  ['newuidmap', ['SETUID']],
  ['newgidmap', ['SETGID']],
  ['suexec', ['SETGID', 'SETUID']],
  ['gst-ptp-helper', ['NET_BIND_SERVICE', 'NET_ADMIN', 'SYS_NICE']],
  ['systemd-detect-virt', ['DAC_OVERRIDE', 'SYS_PTRACE']],
]);

function named(bits: number, names: readonly string[]): readonly (readonly [string, number])[] {
  return names.map((name) => [name, bits] as const);
}

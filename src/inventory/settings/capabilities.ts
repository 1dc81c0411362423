/** Capabilities that engines give to every container, without `CAP_`. */
const usual: ReadonlySet<string> = new Set(
  (
    'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP ' +
    'SETUID SYS_CHROOT'
  ).split(' '),
);

const unusual: readonly string[] = (
  'AUDIT_CONTROL AUDIT_READ BLOCK_SUSPEND BPF CHECKPOINT_RESTORE DAC_READ_SEARCH IPC_LOCK IPC_OWNER LEASE ' +
  'LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE NET_ADMIN NET_BROADCAST PERFMON SYSLOG SYS_ADMIN SYS_BOOT SYS_MODULE ' +
  'SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG WAKE_ALARM'
).split(' ');

/** `cap_sys_admin`, `SYS_ADMIN` → `SYS_ADMIN`; other letters than ASCII's are in no name. */
export function capabilityName(word: string): string {
  return word
    .replaceAll(/^[ \t-\r]+|[ \t-\r]+$/g, '')
    .replaceAll(/[a-z]/g, (letter) => letter.toUpperCase())
    .replace(/^CAP_/, '');
}

/** Those beyond the usual set, sorted, each once. */
export function addedCapabilities(names: readonly string[]): readonly string[] {
  return [...new Set(names.map(capabilityName))].filter((name) => !usual.has(name)).toSorted();
}

export interface CapabilityWords {
  readonly add: readonly string[];
  readonly drop: readonly string[];
  readonly privileged: 'yes' | 'no';
}

/** What an engine makes of its words as far as it exceeds the usual set: dropping takes from `ALL` and the usual set only. */
export function addedByWords({ add, drop, privileged }: CapabilityWords): readonly string[] {
  if (privileged === 'yes') return unusual;
  const added = add.map(capabilityName);
  if (!added.includes('ALL')) return addedCapabilities(added);
  const dropped = new Set(drop.map(capabilityName));
  return unusual.filter((name) => !dropped.has(name));
}

/** Everything that an engine grants by its words, sorted. */
export function grantedByWords({ add, drop, privileged }: CapabilityWords): readonly string[] {
  const all = [...usual, ...unusual];
  if (privileged === 'yes') return all.toSorted();
  const [added, dropped] = [add.map(capabilityName), new Set(drop.map(capabilityName))];
  if (added.includes('ALL')) return all.filter((name) => !dropped.has(name)).toSorted();
  const kept = dropped.has('ALL') ? [] : [...usual].filter((name) => !dropped.has(name));
  return [...new Set([...kept, ...added])].toSorted();
}

/** Whether every container has it unless it drops it. */
export function isUsualCapability(name: string): boolean {
  return usual.has(name);
}

/** Names by the kernel's numbers. */
const numbered: readonly string[] = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

/** Names in a mask as the kernel prints it: `00000000a80425fb`. One that is newer than this table goes by its number. */
export function capabilitiesOfMask(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask}`);
  return Array.from({ length: 64 }, (_, bit) => bit)
    .filter((bit) => (bits >> BigInt(bit)) & 1n)
    .map((bit) => numbered[bit] ?? `NUMBER_${bit}`);
}

/** Capabilities by their numbers (linux/capability.h). */
const names: readonly string[] = (
  'CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE ' +
  'NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN ' +
  'SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE ' +
  'MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE'
).split(' ');

/** Bytes that each revision of the attribute has. */
const lengths: ReadonlyMap<number, number> = new Map([
  [1, 12],
  [2, 20],
  [3, 24],
]);

/**
 * Names of the capabilities that a `security.capability` attribute gives or lets inherit, sorted; empty of one that no
 * kernel takes. Of a number without a name, the number.
 */
export function capabilitiesOf(attribute: Uint8Array): readonly string[] {
  const bytes = Buffer.from(attribute.buffer, attribute.byteOffset, attribute.byteLength);
  const revision = bytes.length < 4 ? 0 : bytes.readUInt8(3);
  if (lengths.get(revision) !== bytes.length) return [];
  const words = revision === 1 ? [0] : [0, 1];
  const numbers = words.flatMap((word) => {
    const given = (bytes.readUInt32LE(4 + 8 * word) | bytes.readUInt32LE(8 + 8 * word)) >>> 0;
    return Array.from({ length: 32 }, (_, bit) => bit)
      .filter((bit) => ((given >>> bit) & 1) === 1)
      .map((bit) => 32 * word + bit);
  });
  return numbers.map((number) => names[number] ?? String(number)).toSorted();
}

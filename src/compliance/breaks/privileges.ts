import type { Break, Breaks } from './break.ts';

/** Every capability that is granted is one that not all containers need; one beyond the usual ones is beyond them as well. */
export function granting(name: string, ...others: readonly string[]): Break {
  const granted = [`CAP_${name}`];
  return {
    host: { CapAdd: [name] },
    spec: { process: { capabilities: { bounding: granted, effective: granted, permitted: granted } } },
    with: others,
  };
}

const [beyondUsual, notNeeded] = ['CTR-005', 'CTR-006'] as const;

/** All that a privileged container brings. */
const ofPrivileged: readonly string[] =
  'CTR-002 CTR-004 CTR-005 CTR-006 CTR-007 CTR-008 CTR-009 CTR-010 CTR-011 CTR-012 CTR-013 CTR-014 CTR-015 CTR-042 CTR-043 CTR-047 CTR-055 CTR-066'.split(
    ' ',
  );

/** What a container may do by itself. */
export const privilegeBreaks = {
  'CTR-001': {
    host: { Privileged: true },
    with: ofPrivileged,
  },
  'CTR-005': granting('WAKE_ALARM', notNeeded),
  'CTR-006': granting('SETFCAP'),
  'CTR-007': granting('SYS_ADMIN', beyondUsual, notNeeded),
  'CTR-008': granting('SYS_MODULE', beyondUsual, notNeeded),
  'CTR-009': granting('SYS_PTRACE', beyondUsual, notNeeded),
  'CTR-010': granting('DAC_READ_SEARCH', beyondUsual, notNeeded),
  'CTR-011': granting('SYS_RAWIO', beyondUsual, notNeeded),
  'CTR-012': granting('NET_ADMIN', beyondUsual, notNeeded),
  'CTR-013': granting('NET_RAW', notNeeded),
  'CTR-014': granting('SYSLOG', beyondUsual, notNeeded),
  'CTR-015': granting('SYS_TIME', beyondUsual, notNeeded),
  'CTR-056': {
    host: { SecurityOpt: ['no-new-privileges:false'] },
    spec: { process: { noNewPrivileges: false } },
  },
  'CTR-069': { host: { GroupAdd: ['0'] } },
} as const satisfies Breaks;

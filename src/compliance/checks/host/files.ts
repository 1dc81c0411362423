import type { HostFiles } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { failIfAny, notApplicable } from '../../judgement.ts';
import type { CheckSeverity } from '../../severity.ts';
import type { HostShape } from '#inventory/index.ts';
import { exceeds, reachableMode, showMode, showOwner } from './file-access.ts';
import { hostCheck } from './host-check.ts';

interface FileRow {
  readonly files: keyof HostFiles;
  /** With its article, to begin a sentence. */
  readonly name: string;
  /** What whoever can write it, or read a secret one, may do. */
  readonly harm: string;
  readonly mask: number;
  /** Check of the owner, check of the mode, each with its CIS section. */
  readonly owner?: readonly [id: string, cis: string];
  readonly access?: readonly [id: string, cis: string];
  readonly severity?: CheckSeverity;
  readonly nist?: readonly string[];
}

const startsEngine = 'Whoever changes it decides how the engine starts, and the engine is root.';
const rows: readonly FileRow[] = [
  {
    files: 'engineService',
    name: 'The unit file of docker.service',
    harm: startsEngine,
    mask: 0o644,
    owner: ['FIL-001', '3.1'],
    access: ['FIL-002', '3.2'],
  },
  {
    files: 'engineSocketUnit',
    name: 'The unit file of docker.socket',
    harm: 'Whoever changes it decides who may use the engine’s socket.',
    mask: 0o644,
    owner: ['FIL-003', '3.3'],
    access: ['FIL-004', '3.4'],
  },
  {
    files: 'engineFolder',
    name: 'The folder /etc/docker',
    harm: 'Whoever can write there can replace the engine’s settings and certificates.',
    mask: 0o755,
    owner: ['FIL-005', '3.5'],
    access: ['FIL-006', '3.6'],
  },
  {
    files: 'tlsAuthority',
    name: 'The file of certificate authorities',
    harm: 'Whoever changes it decides whose client certificates the engine accepts.',
    mask: 0o444,
    owner: ['FIL-009', '3.9'],
    access: ['FIL-010', '3.10'],
  },
  {
    files: 'tlsCertificate',
    name: 'The engine’s certificate',
    harm: 'Whoever changes it can make the engine show another identity, or none.',
    mask: 0o444,
    owner: ['FIL-011', '3.11'],
    access: ['FIL-012', '3.12'],
  },
  {
    files: 'tlsKey',
    name: 'The engine’s private key',
    harm: 'Whoever reads it can pose as the engine to its clients.',
    mask: 0o400,
    owner: ['FIL-013', '3.13'],
    access: ['FIL-014', '3.14'],
    severity: 'high',
  },
  {
    files: 'engineConfig',
    name: 'The engine’s settings file',
    harm: 'Whoever changes it can open the engine to the network or turn its protections off.',
    mask: 0o644,
    owner: ['FIL-017', '3.17'],
    access: ['FIL-018', '3.18'],
  },
  {
    files: 'engineDefaults',
    name: 'The file /etc/default/docker',
    harm: startsEngine,
    mask: 0o644,
    owner: ['FIL-019', '3.19'],
    access: ['FIL-020', '3.20'],
    severity: 'low',
  },
  {
    files: 'engineSysconfig',
    name: 'The file /etc/sysconfig/docker',
    harm: startsEngine,
    mask: 0o644,
    owner: ['FIL-022', '3.22'],
    access: ['FIL-021', '3.21'],
    severity: 'low',
  },
  {
    files: 'containerdSocket',
    name: 'The socket of containerd',
    harm: 'Whoever can use it starts containers as root, past every control of the engine.',
    mask: 0o660,
    owner: ['FIL-023', '3.23'],
    severity: 'high',
    nist: ['4.5.4', '4.5.5'],
  },
];

/** Each file: one check of who owns it, one of who else may use it. */
export const fileChecks: readonly Check<HostShape>[] = rows.flatMap((row) => [
  ...(row.owner === undefined ? [] : [ownerCheck(row, row.owner)]),
  ...(row.access === undefined ? [] : [accessCheck(row, row.access)]),
]);

function ownerCheck(
  { files, name, harm, severity, nist }: FileRow,
  [id, cis]: readonly [string, string],
): Check<HostShape> {
  return hostCheck({
    id,
    title: `${name} belongs to root`,
    why: harm,
    remedy: { host: 'chown root:root FILE' },
    severity: severity ?? 'medium',
    nist: nist ?? ['4.5.5'],
    cis: [cis],
    version: 1,
    needs: [files],
    judge: ({ [files]: found }) =>
      found.length === 0
        ? notApplicable(`${name} does not exist here.`)
        : failIfAny(found.filter(({ uid, gid }) => uid !== 0 || gid !== 0).map(showOwner)),
  });
}

function accessCheck(
  { files, name, harm, mask, severity }: FileRow,
  [id, cis]: readonly [string, string],
): Check<HostShape> {
  const octal = mask.toString(8).padStart(4, '0');
  return hostCheck({
    id,
    title: `${name} has mode ${octal} or stricter`,
    why: harm,
    remedy: { host: `chmod ${octal} FILE` },
    severity: severity ?? 'medium',
    nist: ['4.5.5'],
    cis: [cis],
    version: 1,
    needs: [files],
    judge: ({ [files]: found }) =>
      found.length === 0
        ? notApplicable(`${name} does not exist here.`)
        : failIfAny(found.filter((file) => exceeds(reachableMode(file), mask)).map(showMode)),
  });
}

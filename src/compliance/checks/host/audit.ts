import type { HostFiles, HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, notApplicable, pass, warn } from '../../judgement.ts';
import { numberIn } from '../../lists/index.ts';
import type { CheckSeverity } from '../../severity.ts';
import { hostCheck } from './host-check.ts';

/** What must be watched: one rule for each path, by its exact name. */
const audited: readonly {
  readonly id: string;
  readonly files: keyof HostFiles;
  readonly name: string;
  readonly cis: string;
  readonly severity?: CheckSeverity;
}[] = [
  { id: 'HST-003', files: 'engineProgram', name: 'The engine’s program', cis: '1.1.3', severity: 'medium' },
  { id: 'HST-004', files: 'containerdFolder', name: 'The folder /run/containerd', cis: '1.1.4' },
  { id: 'HST-005', files: 'dataRoot', name: 'The engine’s data folder', cis: '1.1.5' },
  { id: 'HST-006', files: 'engineFolder', name: 'The folder /etc/docker', cis: '1.1.6', severity: 'medium' },
  { id: 'HST-007', files: 'engineService', name: 'The unit file of docker.service', cis: '1.1.7' },
  { id: 'HST-008', files: 'containerdSocket', name: 'The socket of containerd', cis: '1.1.8' },
  { id: 'HST-009', files: 'engineSocketUnit', name: 'The unit file of docker.socket', cis: '1.1.9' },
  { id: 'HST-010', files: 'engineDefaults', name: 'The file /etc/default/docker', cis: '1.1.10' },
  { id: 'HST-011', files: 'engineConfig', name: 'The engine’s settings file', cis: '1.1.11', severity: 'medium' },
  { id: 'HST-012', files: 'containerdConfig', name: 'The settings file of containerd', cis: '1.1.12' },
  { id: 'HST-013', files: 'engineSysconfig', name: 'The file /etc/sysconfig/docker', cis: '1.1.13' },
  { id: 'HST-014', files: 'containerdProgram', name: 'The program containerd', cis: '1.1.14' },
  { id: 'HST-015', files: 'shimProgram', name: 'The program containerd-shim', cis: '1.1.15' },
  { id: 'HST-016', files: 'shimRuncV1Program', name: 'The program containerd-shim-runc-v1', cis: '1.1.16' },
  { id: 'HST-017', files: 'shimRuncV2Program', name: 'The program containerd-shim-runc-v2', cis: '1.1.17' },
  { id: 'HST-018', files: 'runtimePrograms', name: 'The runtime’s program', cis: '1.1.18' },
];

const pathChecks = audited.map(({ id, files, name, cis, severity }) =>
  hostCheck({
    id,
    title: `${name} is audited`,
    why: 'Without a record of changes and uses, nobody can tell later who controlled the containers.',
    remedy: { host: 'Add -w PATH -p wa -k docker to /etc/audit/rules.d/docker.rules, then run augenrules --load' },
    severity: severity ?? 'low',
    nist: ['4.5.4'],
    cis: [cis],
    version: 1,
    impliedBy: 'HST-019',
    needs: [files, 'auditedPaths'],
    judge: ({ [files]: found, auditedPaths }) => {
      const watched = new Set(auditedPaths);
      return found.length === 0
        ? notApplicable(`${name} does not exist here.`)
        : failIfAny(found.filter(({ path }) => !watched.has(path)).map(({ path }) => path));
    },
  }),
);

/** Whether the kernel records what matters, and whether that lasts. */
export const auditChecks: readonly Check<HostShape>[] = [
  ...pathChecks,
  hostCheck({
    id: 'HST-019',
    title: 'Auditing is on, locked, and loses no events',
    why: 'Rules record nothing while auditing is off, and an attacker can switch off auditing that is not locked.',
    remedy: {
      host: 'Make -e 2 the last line of /etc/audit/rules.d/99-lock.rules and restart the host; if events are lost, add -b 8192',
    },
    severity: 'medium',
    nist: ['4.5.4'],
    cis: ['1.1.3'],
    version: 1,
    needs: ['auditState'],
    judge: ({ auditState: { enabled, lost } }) => {
      if (enabled === 0) return fail('auditing is off');
      if (lost > 0) return fail(`${lost} events lost`);
      return enabled === 2 ? pass : warn('not locked');
    },
  }),
  hostCheck({
    id: 'HST-028',
    title: 'Logins and uses of sudo are recorded on another machine',
    why: 'Whoever works on a host by hand can change containers past every gate; only a record elsewhere shows it.',
    remedy: {
      host: 'Set active = yes in /etc/audit/plugins.d/au-remote.conf, and remote_server in /etc/audit/audisp-remote.conf',
    },
    severity: 'medium',
    nist: ['4.5.4'],
    cis: ['1.2.1'],
    version: 1,
    needs: ['loginRecords'],
    lists: ['login-delay-minutes'],
    asksTime: true,
    judge: ({ loginRecords: { newest, delivered } }, { now, lists }) => {
      if (newest === undefined) return notApplicable('Nobody has logged in yet.');
      const age = now.getTime() - Date.parse(newest);
      const reached = delivered !== undefined && Date.parse(delivered) >= Date.parse(newest);
      return reached || age <= numberIn(lists['login-delay-minutes']) * 60_000
        ? pass
        : fail(`login of ${newest} was not delivered`);
    },
  }),
  hostCheck({
    id: 'HST-068',
    title: 'Audit rules survive a restart',
    why: 'A rule that was only loaded by hand is gone after the next restart, and nobody notices.',
    remedy: { host: 'Write the rule into a file in /etc/audit/rules.d, then run augenrules --load' },
    severity: 'medium',
    nist: ['4.5.4'],
    version: 1,
    impliedBy: 'HST-019',
    needs: ['auditRules', 'savedAuditRules'],
    judge: ({ auditRules, savedAuditRules }) => {
      const saved = new Set(savedAuditRules);
      return auditRules.length === 0
        ? notApplicable('There are no audit rules.')
        : failIfAny(auditRules.filter((rule) => !saved.has(rule)));
    },
  }),
];

import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { FieldsOf } from '#base/index.ts';
import type { HostShape } from '#inventory/index.ts';
import { evaluate } from '../../evaluate.ts';
import { hostChecks } from './index.ts';

/*
 * What the collectors told of a Debian 13 with Docker from Debian's packages, as `test/lab/compliance/recordings/record.sh`
 * boots it, before anybody set anything.
 */
const recording = readFileSync(new URL('fixtures/debian-13-plain.json', import.meta.url), 'utf8');
const facts = JSON.parse(recording) as FieldsOf<HostShape>;
const results = evaluate(hostChecks, facts, { now: new Date('2026-11-30T00:00:00Z'), lists: {} });

/** What a plain host fails in: the check, what it saw, and why that is so of every one. */
const short: readonly (readonly [id: string, seen: readonly string[], why: string])[] = [
  ['HST-001', ['/var/lib/docker is part of its parent’s file system'], 'Debian installs onto one file system'],
  ['HST-059', ['no noexec'], 'systemd mounts /dev/shm without it'],
  ['HST-034', ['kernel.kptr_restrict 0'], 'the kernel’s default'],
  ['HST-064', ['kernel.yama.ptrace_scope 0'], 'Debian’s patch of the kernel’s default, for debuggers'],
  ['HST-065', ['kernel.kexec_load_disabled 0'], 'the kernel’s default'],
  [
    'HST-067',
    ['dccp is loadable', 'sctp is loadable', 'rds is loadable', 'tipc is loadable', 'usb-storage is loadable'],
    'Debian’s kernel brings every module',
  ],
  ['HST-043', ['no TPM'], 'the recorded machine has none'],
  ['HST-044', ['lockdown none, IMA appraisal off'], 'Debian locks the kernel down only where Secure Boot is on'],
  ['HST-055', ['ipv4 is accepted', 'ipv6 is accepted'], 'Debian installs no packet filter rules'],
  ['HST-057', ['nothing installs updates'], 'unattended-upgrades is not part of the base system'],
  ['HST-027', ['passwordauthentication yes'], 'the default of OpenSSH'],
  ['HST-054', ['systemd-timesyncd is not synchronised'], 'the recorded machine has no network'],
  ['HST-069', ['nothing watches'], 'Debian installs no aide'],
];

/** What nobody can say of it. */
const unknown: readonly (readonly [reason: string, ids: number])[] = [
  ['The program auditctl is not installed; the package auditd brings it.', 18],
  ['No collector of login events answers here.', 1],
  ['The engine was not asked for its containers and images.', 3],
];

const passes =
  'FIL-001 FIL-002 FIL-003 FIL-004 FIL-005 FIL-006 FIL-019 FIL-020 FIL-023 FIL-015 FIL-016 FIL-024 FIL-026 FIL-025 ' +
  'HST-002 HST-061 HST-062 HST-031 HST-058 HST-033 HST-035 HST-036 HST-066 HST-037 HST-029 HST-025 HST-026 HST-039 ' +
  'HST-063 HST-040 HST-056 HST-038';

function inState(state: string) {
  return results.filter((one) => one.state === state);
}

describe('a plain Debian host with Docker', () => {
  test('fails in what nobody has set, and in nothing else', () => {
    const failing = inState('fail').map((one) => [one.id, 'seen' in one ? one.seen : []]);
    expect(failing).toEqual(short.map(([id, seen]) => [id, seen]));
  });

  test('is worth no second look, and breaks no check', () => {
    expect([...inState('warn'), ...inState('error')]).toEqual([]);
  });

  test('is not assessed in what it lacks the programs for', () => {
    const reasons = inState('not-assessed').map((one) => ('reason' in one ? one.reason : ''));
    expect([...Map.groupBy(reasons, (reason) => reason)].map(([reason, all]) => [reason, all.length])).toEqual(unknown);
  });

  test('passes in the rest that applies to it', () => {
    const passing = inState('pass').map(({ id }) => id);
    expect(passing.join(' ')).toBe(passes);
  });
});

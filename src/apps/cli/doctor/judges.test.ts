import { describe, expect, test } from 'vitest';
import type { Answer } from './probe.ts';
import { judgeAgent } from './probes/agent.ts';
import { judgeAuthority } from './probes/authority.ts';
import { judgeClock } from './probes/clock.ts';
import { judgeConsole } from './probes/console.ts';
import { judgeStore } from './probes/database-url.ts';
import { judgeDisk, judgeEngine, judgeLiveRestore } from './probes/engine.ts';
import { judgeEngineVersion, judgeGate } from './probes/gate.ts';
import { judgeIdentity } from './probes/identity.ts';
import { judgeBpffs, judgeCgroups, judgeFanotify, judgeKernel, judgeLsm } from './probes/kernel.ts';
import { judgeKey } from './probes/master-key.ts';
import { judgeNode } from './probes/node-version.ts';
import { judgePorts } from './probes/ports.ts';
import { judgePostgres } from './probes/postgres-folder.ts';
import { judgeProxy } from './probes/proxy.ts';
import { judgeSensor } from './probes/sensor.ts';
import { judgeFolder } from './probes/state-folder.ts';
import { judgeToken } from './probes/token.ts';
import { judgeDatabase } from './probes/vulnerability-database.ts';

/** `problem stops`, `fine`. */
function kindOf(answer: Answer): string {
  return answer.state === 'fine' ? 'fine' : `${answer.state} ${answer.weight}`;
}

/** Each row: the fact, what is answered, a part of what is said or of the fix. */
type Row<Fact> = readonly [Fact, string, string];

function table<Fact>(name: string, judge: (fact: Fact) => Answer, rows: readonly Row<Fact>[]): void {
  test(name, () => {
    for (const [fact, kind, part] of rows) {
      const answer = judge(fact);
      expect.soft(kindOf(answer), JSON.stringify(fact)).toBe(kind);
      expect.soft(JSON.stringify(answer), JSON.stringify(fact)).toContain(part);
    }
  });
}

const now = new Date('2026-12-01T12:00:00Z');
const failure = { code: 'internal', message: 'It broke.', next: 'Mend it.' } as const;
const [stops, weakens] = ['problem stops', 'problem weakens'];

describe('the command line', () => {
  table('node', judgeNode, [
    [{ version: '24.7.0', needed: '>=24.7' }, 'fine', '24.7.0'],
    [{ version: '24.6.9', needed: '>=24.7' }, stops, 'newer Node'],
    [{ version: '20.20.2', needed: '>=24.7' }, stops, 'needs >=24.7'],
  ]);

  const proxied = { variables: ['HTTPS_PROXY'], exempt: ['127.0.0.1', 'localhost'], isUsed: true };
  table('proxy', judgeProxy, [
    [{ ...proxied, variables: [] }, 'fine', 'no proxy'],
    [proxied, 'fine', 'exempt'],
    [{ ...proxied, exempt: ['*'] }, 'fine', 'exempt'],
    [{ ...proxied, exempt: ['localhost'] }, stops, 'requests to 127.0.0.1:'],
    [{ ...proxied, exempt: [] }, stops, '127.0.0.1 and localhost'],
    [{ ...proxied, exempt: [], isUsed: false }, weakens, 'NODE_USE_ENV_PROXY'],
  ]);

  const folder = {
    path: '/s/t',
    found: 'folder',
    nearest: '/s/t',
    canWrite: true,
    me: 7,
    owner: 7,
    mode: 0o40700,
    isVolume: false,
    freeBytes: 5e9,
    freeFiles: 9,
  } as const;
  table('state folder', judgeFolder, [
    [folder, 'fine', '/s/t'],
    [{ ...folder, found: 'nothing', nearest: '/s', owner: 0, mode: 0o41777 }, 'fine', 'is made when'],
    [{ ...folder, found: 'other' }, stops, 'no folder'],
    [{ ...folder, canWrite: false, owner: 0 }, stops, 'chown -R 7 /s/t'],
    [{ ...folder, found: 'nothing', nearest: '/s', canWrite: false, owner: 0 }, stops, '/s cannot be written'],
    [{ ...folder, freeBytes: 199 * 1024 ** 2 }, stops, '199 MB'],
    [{ ...folder, freeFiles: 0 }, stops, 'no file can be made'],
    [{ ...folder, owner: 8 }, weakens, 'uid 8'],
    [{ ...folder, mode: 0o40720 }, weakens, 'chmod go-w'],
    [{ ...folder, mode: 0o40711 }, 'fine', ''],
    [{ ...folder, owner: 0, mode: 0o41777 }, weakens, 'uid 0'],
    [{ ...folder, owner: 0, mode: 0o41777, isVolume: true }, 'fine', '/s/t'],
    [{ ...folder, freeBytes: 900 * 1024 ** 2 }, weakens, 'nearly full'],
  ]);

  const sources = [
    { id: 'npm', advisories: 3, asOf: '2026-11-24T12:00:00Z', covers: [] },
    { id: 'old', advisories: 3, asOf: '2006-01-01T00:00:00Z', covers: [] },
    { id: 'undated', advisories: 3, covers: [] },
  ];
  const signature = { keyId: 'k', trusted: true };
  const file = { path: '/db', now, isNeeded: true, info: { signature, sources, advisories: 9 } };
  const missing = { ...failure, code: 'database-missing' } as const;
  table('vulnerability database', judgeDatabase, [
    [file, 'fine', '9 advisories'],
    [{ ...file, now: new Date('2026-12-02T12:00:01Z') }, weakens, '8 days old'],
    [{ ...file, info: { sources, advisories: 9 } }, stops, 'not signed'],
    [{ ...file, info: { ...file.info, signature: { keyId: 'k', trusted: false } } }, stops, 'not trusted'],
    [{ ...file, info: { ...file.info, advisories: 0 } }, stops, 'no advisories'],
    [{ ...file, info: { ...file.info, sources: [] } }, stops, 'no advisories'],
    [{ ...file, info: { ...file.info, sources: sources.slice(2) } }, 'unknown stops', 'states its date'],
    [{ ...file, info: failure }, stops, 'Mend it.'],
    [{ ...file, info: missing }, stops, 'Mend it.'],
    [{ ...file, info: missing, isNeeded: false }, 'fine', 'the console matches'],
    [{ ...file, info: failure, isNeeded: false }, stops, 'Mend it.'],
  ]);

  const url = 'http://console.example:8083';
  table('console', judgeConsole, [
    [{ wasKilled: false }, 'fine', 'none'],
    [{ wasKilled: true }, stops, 'was killed'],
    [{ url, wasKilled: false, answer: { kind: 'answers', offset: 0 } }, 'fine', url],
    [{ url, wasKilled: false, answer: { kind: 'other', status: 421 } }, stops, '421'],
    [{ url, wasKilled: false, answer: { kind: 'silent', reason: 'ECONNREFUSED' } }, stops, 'ECONNREFUSED.'],
  ]);

  table('token', judgeToken, [
    [{ isGiven: false }, 'fine', 'none'],
    [{ isGiven: true }, 'unknown stops', '--console'],
    [{ isGiven: true, url, answer: { name: 'jenkins', role: 'ci' } }, 'fine', 'jenkins, ci'],
    [{ isGiven: true, url, answer: { ...failure, code: 'not-signed-in' } }, stops, 'revoked or expired'],
    [{ isGiven: true, url, answer: { ...failure, code: 'bad-credentials' } }, stops, 'revoked or expired'],
    [{ isGiven: true, url, answer: failure }, 'unknown stops', 'It broke.'],
  ]);

  table('clock', judgeClock, [
    [{ isNamed: false }, 'fine', 'no console'],
    [{ isNamed: true }, 'unknown weakens', 'does not tell'],
    [{ isNamed: true, offset: 4.4 }, 'fine', ''],
    [{ isNamed: true, offset: -5 }, weakens, '5 s ahead of'],
    [{ isNamed: true, offset: 119 }, weakens, '119 s behind'],
    [{ isNamed: true, offset: 120 }, stops, 'timedatectl'],
  ]);
});

describe('a console', () => {
  table('ports', judgePorts, [
    [{ wanted: [1, 2], listeners: [] }, 'fine', '1 and 2 are free'],
    [{ wanted: [1, 2], listeners: [{ port: 1, pid: 5, name: 'x' }], console: 5 }, 'fine', 'process 5'],
    [{ wanted: [1, 2], listeners: [{ port: 1, pid: 5, name: 'x' }] }, stops, '1 by x (process 5)'],
    [{ wanted: [1, 2], listeners: [{ port: 2 }] }, stops, '--link-port and another number; root sees'],
  ]);

  const kept = {
    isOurs: true,
    me: 0,
    major: 18,
    folder: '/s/postgres/data-18',
    data: { uid: 60883, mode: 0o700 },
    others: [],
  };
  const nothing = { isOurs: true, me: 0, major: 18, folder: kept.folder };
  table('folder of PostgreSQL', judgePostgres, [
    [kept, 'fine', 'data-18'],
    [{ ...kept, isOurs: false, others: [17], data: { uid: 1, mode: 0o777 } }, 'fine', 'your own'],
    [{ ...nothing, others: [] }, 'fine', 'first start'],
    [{ ...nothing, others: [17] }, stops, 'PostgreSQL 17; this console opens those of 18'],
    [{ ...kept, others: [17] }, 'fine', ''],
    [{ ...kept, me: 7 }, stops, 'uid 60883'],
    [{ ...kept, me: 7, data: { uid: 7, mode: 0o750 } }, 'fine', ''],
    [{ ...kept, data: { uid: 60883, mode: 0o770 } }, stops, 'chmod 700'],
    [{ ...kept, data: { uid: 60883, mode: 0o701 } }, stops, 'chmod 700'],
    [{ ...kept, barrier: '/root' }, stops, 'chmod o+x /root'],
    [{ ...kept, holder: 5 }, stops, 'ps 5'],
    [{ ...kept, holder: 5, console: 6 }, stops, 'ps 5'],
    [{ ...kept, holder: 5, console: 5 }, 'fine', ''],
  ]);

  const answers = { kind: 'answers', version: 180004, isStandby: false, freeSessions: 50, isFilled: false } as const;
  const target = 'db:5432/seawall';
  table('PostgreSQL', judgeStore, [
    [{ target }, 'fine', 'starts with the console'],
    [{ target, reached: answers }, 'fine', 'PostgreSQL 18.4'],
    [{ target, reached: { kind: 'silent', reason: 'ECONNREFUSED' } }, stops, 'pg_hba.conf'],
    [{ target, reached: { ...answers, isStandby: true } }, stops, 'standby'],
    [{ target, reached: { ...answers, version: 160009 } }, weakens, '16.9'],
    [{ target, reached: { ...answers, freeSessions: 29 } }, weakens, 'max_connections'],
    [{ target, reached: { ...answers, freeSessions: 29, isFilled: true } }, 'fine', '29'],
  ]);

  const missing = { ...failure, code: 'master-key-missing' } as const;
  table('master key', judgeKey, [
    [{ file: '/k', key: 'good', store: 'filled' }, 'fine', '/k'],
    [{ file: '/k', key: 'closed', store: 'filled' }, 'unknown stops', 'who runs the console'],
    [{ file: '/k', key: missing, store: 'filled' }, stops, 'only it opens'],
    [{ file: '/k', key: missing, store: 'empty' }, 'fine', 'first start'],
    [{ file: '/k', key: missing, store: 'unknown' }, 'unknown stops', 'PostgreSQL'],
    [{ file: '/k', key: { ...failure, code: 'master-key-wrong' }, store: 'empty' }, stops, 'Mend it.'],
  ]);
});

describe('a host', () => {
  const docker = { version: '26.1', store: 'docker', driver: 'overlay2', root: '/d', authorization: [] } as const;
  const closed = { message: 'The Docker engine at /d.sock does not answer: this user may not open it.' };
  const asked = { socket: '/d.sock', found: { kind: 'socket', gid: 9 }, answer: docker, isNeeded: true } as const;
  table('engine', judgeEngine, [
    [asked, 'fine', 'Docker 26.1'],
    [{ ...asked, answer: closed }, stops, 'group with number 9'],
    [{ ...asked, answer: closed, isNeeded: false }, weakens, 'group with number 9'],
    [{ ...asked, answer: failure }, stops, 'It broke.'],
    [{ ...asked, answer: failure, found: { kind: 'other', gid: 9 } }, stops, 'no socket'],
    [{ socket: '/d.sock', answer: failure, isNeeded: true }, stops, 'DOCKER_HOST'],
    [{ socket: '/d.sock', answer: failure, isNeeded: false }, 'fine', 'without one'],
  ]);
  table('live-restore', judgeLiveRestore, [
    [failure, 'unknown stops', 'engine first'],
    [docker, 'unknown weakens', 'does not say'],
    [{ ...docker, liveRestore: true }, 'fine', ''],
    [{ ...docker, liveRestore: false }, weakens, '"live-restore": true'.replaceAll('"', '\\"')],
  ]);
  table('disk of the engine', judgeDisk, [
    [{}, 'unknown stops', 'engine first'],
    [{ root: '/d', free: 5e9, share: 0.5 }, 'fine', '50 %'],
    [{ root: '/d', free: 5e9, share: 0.04 }, weakens, '4 %'],
    [{ root: '/d', free: 1e8, share: 0.5 }, stops, 'pulls'],
  ]);
  const safety = { version: '29.5', safe: true, cases: [] };
  table('version of the engine', judgeEngineVersion, [
    [undefined, 'unknown stops', 'engine first'],
    [safety, 'fine', '29.5'],
    [{ ...safety, version: '26.1', safe: false }, weakens, 'Docker 26.1'],
  ]);

  const joined = { linkUrl: 'https://c:8084', expiresAt: '2026-12-20T00:00:00Z', renewAfter: '2026-12-10T00:00:00Z' };
  const identityOf = (more: Partial<typeof joined>) =>
    ({ now, look: { kind: 'joined', identity: { ...joined, ...more } } }) as const;
  table('identity', judgeIdentity, [
    [identityOf({}), 'fine', '2026-12-20'],
    [identityOf({ expiresAt: '2026-12-01T12:00:00Z' }), stops, 'ended on 2026-12-01'],
    [identityOf({ renewAfter: '2026-11-30T11:59:59Z' }), weakens, 'renews by itself'],
    [identityOf({ renewAfter: '2026-11-30T12:00:01Z' }), 'fine', ''],
    [{ now, look: { kind: 'none' } }, stops, 'seawall agent'],
    [{ now, look: { kind: 'damaged', reason: 'It cannot be read.' } }, stops, 'Join again'],
    [{ now, look: { kind: 'closed', reason: '' } }, 'unknown stops', 'as root'],
  ]);
  table('authority', judgeAuthority, [
    [{}, 'unknown stops', 'identity first'],
    [{ url: 'u', link: { kind: 'ours' }, knownState: 'known' }, 'fine', 'u knows'],
    [{ url: 'u', link: { kind: 'ours' }, knownState: 'unknown' }, stops, 'u does not know the agent'],
    [{ url: 'u', link: { kind: 'ours' }, knownState: 'revoked' }, stops, 'replaced at u'],
    [{ url: 'u', link: { kind: 'ours' } }, 'unknown stops', 'does not say'],
    [{ url: 'u', link: { kind: 'other', reason: 'self-signed' } }, stops, 'self-signed.'],
    [{ url: 'u', link: { kind: 'silent', reason: 'refused' } }, stops, '8084'],
  ]);
  const unit = { isEnabled: true, isBeforeEngine: true };
  table('agent', judgeAgent, [
    [{ leftLock: false }, stops, 'shown as silent'],
    [{ leftLock: true }, stops, 'was killed'],
    [{ leftLock: false, unit }, stops, 'systemctl start'],
    [{ pid: 5, leftLock: false }, 'fine', 'process 5'],
    [{ pid: 5, leftLock: false, unit }, 'fine', 'before the engine'],
    [{ pid: 5, leftLock: false, unit: { ...unit, isEnabled: false } }, weakens, 'systemctl enable'],
    [{ pid: 5, leftLock: false, unit: { ...unit, isBeforeEngine: false } }, weakens, 'Before=docker'],
  ]);
  const at = {
    isRoot: true,
    instance: 'x',
    isInstalled: true,
    listens: true,
    isHeard: true,
    agent: 'at-work',
  } as const;
  table('sensor', judgeSensor, [
    [at, 'fine', 'hears it'],
    [{ ...at, isRoot: false }, 'unknown stops', 'root'],
    [{ ...at, isHeard: false }, stops, 'not connected'],
    [{ ...at, agent: 'away', isHeard: false }, weakens, 'goes on without'],
    [{ ...at, listens: false, isHeard: false }, stops, 'sensor.log'],
    [{ ...at, listens: false, isHeard: false, unit: 'failed' }, stops, 'journalctl -u seawall-sensor@x'],
    [{ ...at, listens: false, isHeard: false, agent: 'away' }, weakens, 'an agent starts it'],
    [{ ...at, listens: false, isHeard: false, isInstalled: false }, stops, 'No sensor is installed'],
  ]);
  table('gate', judgeGate, [
    [{ isRoot: false, wrapper: 'installed', problems: [] }, 'unknown stops', 'root'],
    [{ isRoot: true, wrapper: 'absent', problems: ['No gate is installed.'] }, 'fine', 'not installed'],
    [{ isRoot: true, wrapper: 'broken', problems: ['A is gone', 'B.'] }, stops, 'A is gone. B.'],
    [{ isRoot: true, wrapper: 'installed', problems: [] }, 'fine', 'installed'],
    [{ isRoot: true, wrapper: 'partial', problems: ['A.'] }, weakens, 'A.'],
  ]);

  table('kernel', judgeKernel, [
    ['6.10.0', 'fine', ''],
    ['6.1.0-44-amd64', 'fine', 'from 6.10 on'],
    ['6.0.19', stops, '6.1 or newer'],
    ['5.15.0', stops, '6.1 or newer'],
    ['odd', 'unknown stops', 'odd'],
  ]);
  table('control groups', judgeCgroups, [
    [[{ type: 'cgroup2', path: '/sys/fs/cgroup' }], 'fine', 'unified'],
    [[{ type: 'cgroup2', path: '/sys/fs/cgroup/unified' }], 'fine', 'beside version 1'],
    [[{ type: 'cgroup', path: '/sys/fs/cgroup/cpu' }], stops, 'mount -t cgroup2'],
  ]);
  table('bpffs', judgeBpffs, [
    [[{ type: 'bpf', path: '/sys/fs/bpf' }], 'fine', ''],
    [[{ type: 'bpf', path: '/elsewhere' }], stops, 'mount -t bpf'],
    [[], stops, 'mount -t bpf'],
  ]);
  table('fanotify', judgeFanotify, [
    [{ isThere: true, answers: true }, 'fine', ''],
    [{ isThere: true, answers: false }, weakens, 'CONFIG_FANOTIFY'],
    [{ isThere: true }, 'unknown weakens', 'configuration'],
    [{ isThere: false }, weakens, 'no fanotify'],
  ]);
  table('BPF LSM', judgeLsm, [
    [{ active: 'capability,bpf' }, 'fine', ''],
    [{ active: 'capability,apparmor' }, weakens, 'lsm=capability,apparmor,bpf'],
    [{}, 'unknown weakens', 'securityfs'],
  ]);
});

import { describe, expect, test } from 'vitest';
import { capabilitiesOf, capabilityLines, type HeardOfHost, hearing } from './capabilities.ts';

const docker = {
  kind: 'docker',
  version: '28.5.1',
  driver: 'overlay2',
  imageStore: 'docker',
  rootFolder: '/var/lib/docker',
  rootless: false,
} as const;
const works = {
  state: 'working',
  mechanisms: [{ name: 'programs recorded', active: true }],
  lost: 0,
  throttled: 0,
} as const;
const whole: HeardOfHost = {
  isRoot: true,
  runsFrom: 'package',
  database: { kind: 'ready', words: '3 advisories of 1 source' },
  engine: docker,
  sensor: works,
  gate: { wrapper: 'installed', authorization: 'on', problems: [] },
};
const stateOf = (heard: HeardOfHost) =>
  Object.fromEntries(capabilitiesOf(heard).map(({ name, state }) => [name, state]));

describe('what is on', () => {
  test('is on by the word of each part', () => {
    expect(stateOf(whole)).toEqual({ database: 'on', engine: 'on', sensor: 'on', gate: 'on' });
    expect(capabilitiesOf(whole).every(({ next }) => next === undefined)).toBe(true);
  });

  test('is unknown before a part reported', () => {
    expect(stateOf({ isRoot: true, runsFrom: 'package' })).toEqual({
      database: 'unknown',
      engine: 'unknown',
      sensor: 'unknown',
      gate: 'unknown',
    });
  });

  test.each([
    ['database', { database: { kind: 'missing', words: 'No network.' } }, ['off', 'seawall db import']],
    ['engine', { engine: { kind: 'none', reason: 'no socket' } }, ['off', 'DOCKER_HOST']],
    ['sensor', { sensor: { ...works, state: 'missing', reason: 'Run `make -C native`.' } }, ['off', 'make -C native']],
    [
      'sensor',
      { sensor: { ...works, mechanisms: [{ name: 'code', active: false, reason: 'no BTF' }] } },
      ['partly', 'no BTF'],
    ],
    ['sensor', { isRoot: false }, ['off', 'root']],
    ['gate', { gate: { wrapper: 'absent', authorization: 'off', problems: ['x'] } }, ['off', 'gate install']],
    [
      'gate',
      { gate: { wrapper: 'installed', authorization: 'on', problems: ['No ledger.'] } },
      ['partly', 'No ledger.'],
    ],
    ['gate', { isRoot: false }, ['off', 'root']],
  ] as const)('%s: %j', (name, change, [state, says]) => {
    const heard = { ...whole, ...change } as HeardOfHost;
    const found = capabilitiesOf(heard).find((one) => one.name === name);
    expect(found?.state).toBe(state);
    expect(`${found?.words} ${found?.next ?? ''}`).toContain(says);
  });

  test('follows what the agent tells, one line each', () => {
    const heard = hearing(
      hearing({ isRoot: true, runsFrom: 'package' }, { kind: 'found', engine: docker, targets: 2 }),
      {
        kind: 'sensor',
        fact: works as never,
      },
    );
    expect(stateOf(heard)).toMatchObject({ engine: 'on', sensor: 'on', gate: 'unknown' });
    const lines = capabilityLines(capabilitiesOf(heard));
    expect(lines).toHaveLength(4);
    expect(lines.every((line) => !line.includes('\n'))).toBe(true);
  });

  test.each([
    ['checkout', 'bin/seawall', 'npm start'],
    ['package', 'seawall', 'seawall console'],
  ] as const)('names the next commands as a %s has them', (runsFrom, program, start) => {
    const next = (changes: Partial<HeardOfHost>) =>
      capabilitiesOf({ ...whole, runsFrom, ...changes }).flatMap((one) => one.next ?? []);
    expect(next({ isRoot: false })).toEqual([`Run \`${start}\` as root.`, `Run \`${start}\` as root.`]);
    const [engine] = next({ isRoot: false, engine: { kind: 'none', reason: 'no socket' } });
    expect(engine).toBe(`Start Docker, and run \`${start}\` as root or as a user who may use it.`);
    const absent = { wrapper: 'absent', authorization: 'off', problems: [] } as const;
    expect(next({ database: { kind: 'missing', words: 'No network.' }, gate: absent })).toEqual([
      expect.stringContaining(`\`${program} db import FILE\``),
      expect.stringContaining(`\`${program} gate install\``),
    ]);
    const damaged = { wrapper: 'installed', authorization: 'on', problems: ['No ledger.'] } as const;
    expect(next({ gate: damaged })).toEqual([`Run \`${program} gate status\`.`]);
  });
});

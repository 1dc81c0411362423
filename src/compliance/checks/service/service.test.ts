import { describe, expect, test } from 'vitest';
import { known, missing } from '#base/index.ts';
import type { ContainerMount, ServiceShape } from '#inventory/index.ts';
import type { SecretSeen } from '#secrets/index.ts';
import { good } from '../container/testing.ts';
import { answerOf, type Case, fieldsOf, withoutBoth } from '../table-cases.ts';
import { serviceChecks } from './index.ts';
import { openedHostCheck } from './opened-host.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const lists = { 'trusted-repositories': ['registry.example/team'] };

const secret = (certainty: SecretSeen['certainty']): SecretSeen => ({
  detector: 'a password',
  certainty,
  where: { kind: 'environment', name: 'DB_PASSWORD' },
});
const mounted = (path: string): ContainerMount => ({
  source: path,
  target: '/m',
  place: { kind: 'paths', paths: [path] },
  writable: false,
});

const usual: ServiceShape = {
  ...good,
  name: 'shop',
  image: `registry.example/team/shop:1@${digest}`,
};

const fails = (id: string, facts: Partial<ServiceShape>, ...seen: readonly string[]): Case<ServiceShape> => {
  return { id, facts, lists, state: 'fail', seen };
};
const image = (name: string): Partial<ServiceShape> => ({ image: name });

const cases: readonly Case<ServiceShape>[] = [
  fails('SWM-004', { environmentSecrets: [secret('sure')] }, 'DB_PASSWORD: a password'),
  {
    id: 'SWM-004',
    facts: { environmentSecrets: [secret('likely')] },
    state: 'warn',
    seen: ['DB_PASSWORD: a password'],
  },
  { id: 'SWM-004', facts: {}, state: 'pass' },
  fails('SWM-010', image('registry.example/team/shop:1'), 'registry.example/team/shop:1 without a digest'),
  fails('SWM-010', image(`registry.example/teamwork/shop@${digest}`), 'registry.example/teamwork/shop'),
  fails('SWM-010', image(`registry.example.evil/team/shop@${digest}`), 'registry.example.evil/team/shop'),
  fails('SWM-010', image(`team/shop@${digest}`), 'docker.io/team/shop'),
  fails('SWM-010', image('shop@sha256:12'), 'shop@sha256:12 is no name of an image'),
  { id: 'SWM-010', facts: {}, lists, state: 'pass' },
  { id: 'SWM-010', facts: {}, state: 'not-assessed' },
  fails('SWM-011', { capabilities: ['SYS_ADMIN', 'CHOWN'] }, 'CTR-005: CAP_SYS_ADMIN'),
  fails(
    'SWM-011',
    { mounts: [mounted('/etc')], sysctls: ['kernel.core_pattern'], seccomp: 'off' },
    'CTR-047: no filter',
    'CTR-067: kernel.core_pattern',
    'CTR-018: /etc at /m',
  ),
  fails('SWM-011', { mounts: [mounted('/run')] }, 'CTR-020: /run at /m'),
  { id: 'SWM-011', facts: {}, state: 'pass' },
];

describe('checks of a service', () => {
  test.each(cases)('$id $state $seen', (one) => {
    expect(answerOf(serviceChecks, usual, one)).toMatchObject({
      state: one.state,
      ...(one.seen !== undefined && { seen: one.seen }),
    });
  });

  test('each fails for something and passes for something', () => {
    expect(withoutBoth(serviceChecks, cases)).toEqual([]);
  });

  test('a service shows each value that was judged, alike or not', () => {
    // Both are read of one place, and both are empty.
    const facts = { ...fieldsOf(usual), capabilities: known([], 'Mounts'), mounts: known([], 'Mounts') };
    const { evidence, state } = openedHostCheck.assess(facts, { now: new Date(0), lists: {} });
    expect([state, evidence.length]).toEqual(['pass', openedHostCheck.needs.length]);
  });

  test('what a service does not tell is never taken for harmless', () => {
    const facts = { ...fieldsOf(usual), engineSockets: missing('the host was not looked at') };
    const answer = openedHostCheck.assess(facts, { now: new Date(0), lists: {} });
    expect(answer).toMatchObject({ state: 'not-assessed', reason: 'CTR-020: The host was not looked at.' });
  });
});

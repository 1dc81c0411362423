import { describe, expect, test } from 'vitest';
import type { ServiceShape } from '#inventory/index.ts';
import { answerOf, type Case, withoutBoth } from '../table-cases.ts';
import { serviceChecks } from './index.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const lists = { 'trusted-repositories': ['registry.example/team'] };
const confinement = { seccomp: 'on', appArmor: 'on', selinux: 'on' } as const;

const usual: ServiceShape = {
  name: 'shop',
  image: `registry.example/team/shop:1@${digest}`,
  secretVariables: [],
  hostPaths: ['/srv/shop'],
  addedCapabilities: ['NET_BIND_SERVICE'],
  confinement,
  kernelParameters: ['net.core.somaxconn'],
};

const fails = (id: string, facts: Partial<ServiceShape>, ...seen: readonly string[]): Case<ServiceShape> => {
  return { id, facts, lists, state: 'fail', seen };
};
const image = (name: string): Partial<ServiceShape> => ({ image: name });

const cases: readonly Case<ServiceShape>[] = [
  fails('SWM-004', { secretVariables: ['DB_PASSWORD'] }, 'DB_PASSWORD'),
  { id: 'SWM-004', facts: {}, state: 'pass' },
  fails('SWM-010', image('registry.example/team/shop:1'), 'registry.example/team/shop:1 without a digest'),
  fails('SWM-010', image(`registry.example/teamwork/shop@${digest}`), 'registry.example/teamwork/shop'),
  fails('SWM-010', image(`registry.example.evil/team/shop@${digest}`), 'registry.example.evil/team/shop'),
  fails('SWM-010', image(`team/shop@${digest}`), 'docker.io/team/shop'),
  fails('SWM-010', image('shop@sha256:12'), 'shop@sha256:12 is no name of an image'),
  { id: 'SWM-010', facts: {}, lists, state: 'pass' },
  { id: 'SWM-010', facts: {}, state: 'not-assessed' },
  fails(
    'SWM-011',
    { addedCapabilities: ['SYS_ADMIN'], hostPaths: ['/', '/etc/shop'], kernelParameters: ['kernel.core_pattern'] },
    'CAP_SYS_ADMIN',
    '/',
    '/etc/shop',
    'sysctl kernel.core_pattern',
  ),
  fails('SWM-011', { hostPaths: ['/run', '/var/run'] }, '/run', '/var/run'),
  fails('SWM-011', { addedCapabilities: ['ALL'] }, 'CAP_ALL'),
  fails(
    'SWM-011',
    { confinement: { seccomp: 'off', appArmor: 'off', selinux: 'off' } },
    'seccomp is off',
    'appArmor is off',
    'selinux is off',
  ),
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
});

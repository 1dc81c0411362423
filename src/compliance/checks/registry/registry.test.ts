import { describe, expect, test } from 'vitest';
import type { RegistryShape } from '#inventory/index.ts';
import { answerOf, type Case, withoutBoth } from '../table-cases.ts';
import { registryChecks } from './index.ts';

const old = `sha256:${'a'.repeat(64)}`;
const current = `sha256:${'b'.repeat(64)}`;
const move = (tag: string): RegistryShape['tagChanges'] => ({
  areRefused: false,
  seen: [{ tag, from: old, to: current }],
});

const usual: RegistryShape = {
  host: 'registry.example',
  encryption: { tls: 'trusted', plainPorts: [] },
  certificate: { protocol: 'TLSv1.3', validTo: '2027-02-01T00:00:00Z', namesHost: true },
  containerdHosts: [{ path: '/c/hosts.toml', skipsVerification: false, addresses: ['https://registry.example'] }],
  mirrors: [],
  anonymousReads: [{ repository: 'team/shop', answer: 'refused' }],
  anonymousWrite: 'refused',
  anonymousListing: 'absent',
  tagChanges: { areRefused: false, seen: [] },
  deployedTags: [{ name: 'registry.example/shop:1', deployed: old, current: old }],
  tags: [{ name: 'shop:1', pushed: '2026-11-01T00:00:00Z', running: 0 }],
  tagVerdicts: [{ name: 'shop:1', verdict: 'pass', isQuarantined: false }],
  pushGrants: [
    { principal: 'ci', isAdministrator: false, repositories: ['team/shop'] },
    { principal: 'root', isAdministrator: true, repositories: [] },
  ],
  passwordFiles: [{ path: '/root/.docker/config.json', clear: [], mode: 0o600 }],
  pulledFrom: ['registry.example/team/shop'],
  lastAuditEvent: '2026-11-29T00:00:00Z',
};

const lists = {
  'trusted-repositories': ['registry.example/team', 'docker.io/library'],
  'registry-report-days': ['7'],
  'registry-mirrors': ['https://mirror.example'],
  'public-repositories': ['library/debian'],
};
const fails = (id: string, facts: Partial<RegistryShape>, ...seen: readonly string[]): Case<RegistryShape> => {
  return { id, facts, lists, state: 'fail', seen };
};
const passes = (id: string, facts: Partial<RegistryShape> = {}): Case<RegistryShape> => {
  return { id, facts, lists, state: 'pass' };
};

const cases: readonly Case<RegistryShape>[] = [
  fails(
    'REG-001',
    { encryption: { tls: 'none', plainPorts: [80, 5000] } },
    'no TLS',
    'port 80 without TLS',
    'port 5000 without TLS',
  ),
  fails('REG-001', { encryption: { tls: 'untrusted', plainPorts: [] } }, 'a certificate that hosts do not trust'),
  passes('REG-001'),
  fails(
    'REG-002',
    { certificate: { protocol: 'TLSv1.1', validTo: '2026-12-10T00:00:00Z', namesHost: false } },
    'TLSv1.1',
    'the certificate ends on 2026-12-10',
    'the certificate is of another name',
  ),
  fails(
    'REG-002',
    { certificate: { protocol: 'TLSv1.2', validTo: '2026-11-29T00:00:00Z', namesHost: true } },
    'the certificate ended on 2026-11-29',
  ),
  passes('REG-002'),
  fails(
    'REG-004',
    {
      containerdHosts: [
        { path: '/a/hosts.toml', skipsVerification: true, addresses: ['https://r', 'http://r', 'r:5000'] },
      ],
    },
    '/a/hosts.toml skip_verify',
    '/a/hosts.toml http://r',
    '/a/hosts.toml r:5000',
  ),
  passes('REG-004'),
  passes('REG-004', { containerdHosts: [] }),
  fails(
    'REG-005',
    { mirrors: ['http://mirror.example', 'https://mirror.example.evil/'] },
    'http://mirror.example without TLS',
    'https://mirror.example.evil/',
  ),
  passes('REG-005', { mirrors: ['https://mirror.example/'] }),
  fails(
    'REG-014',
    { passwordFiles: [{ path: '/root/.docker/config.json', clear: ['registry.example'], mode: 0o644 }] },
    '/root/.docker/config.json registry.example',
    '/root/.docker/config.json mode 0644',
  ),
  fails('REG-014', { passwordFiles: [{ path: '/c', clear: [], mode: 0o640 }] }, '/c mode 0640'),
  passes('REG-014'),
  fails(
    'REG-006',
    {
      anonymousReads: [
        { repository: 'team/shop', answer: 'allowed' },
        { repository: 'library/debian', answer: 'allowed' },
      ],
    },
    'team/shop',
  ),
  passes('REG-006'),
  fails('REG-007', { anonymousWrite: 'allowed' }, 'an upload was begun without a password'),
  passes('REG-007'),
  fails('REG-008', { anonymousListing: 'allowed' }, '/v2/_catalog is open'),
  passes('REG-008'),
  fails(
    'REG-013',
    {
      pushGrants: [
        { principal: 'ci', isAdministrator: false, repositories: ['team/*', 'team/shop'] },
        { principal: 'bot', isAdministrator: false, repositories: [] },
      ],
    },
    'ci team/*',
    'bot everything',
  ),
  passes('REG-013'),
  fails('REG-016', { lastAuditEvent: '2026-11-20T00:00:00Z' }, 'nothing since 2026-11-20'),
  passes('REG-016'),
  { id: 'REG-016', facts: {}, state: 'not-assessed' },
  fails('REG-009', { tagChanges: move('shop:1.2') }, `shop:1.2 sha256:${'a'.repeat(12)} → sha256:${'b'.repeat(12)}`),
  passes('REG-009', { tagChanges: move('shop:latest') }),
  passes('REG-009', { tagChanges: { ...move('shop:1.2'), areRefused: true } }),
  fails(
    'REG-010',
    {
      deployedTags: [
        { name: 'r/shop:1', deployed: old, current },
        { name: 'r/shop:2', deployed: old, current: '' },
      ],
    },
    `r/shop:1 sha256:${'a'.repeat(12)} → sha256:${'b'.repeat(12)}`,
    'r/shop:2 is gone',
  ),
  passes('REG-010'),
  fails(
    'REG-011',
    {
      tags: [
        { name: 'shop:2', pushed: '2026-08-01T00:00:00Z', running: 0 },
        { name: 'shop:1', pushed: '2026-05-01T00:00:00Z', running: 0 },
        { name: 'shop:0', pushed: '2020-05-01T00:00:00Z', running: 3 },
      ],
    },
    'shop:1 pushed 2026-05-01',
    'shop:2 pushed 2026-08-01',
  ),
  passes('REG-011'),
  fails(
    'REG-012',
    {
      tagVerdicts: [
        { name: 'shop:1', verdict: 'fail', isQuarantined: false },
        { name: 'shop:2', verdict: 'unscanned', isQuarantined: false },
        { name: 'shop:3', verdict: 'fail', isQuarantined: true },
      ],
    },
    'shop:1 fail',
    'shop:2 unscanned',
  ),
  passes('REG-012'),
  fails(
    'REG-015',
    { pulledFrom: ['debian', 'registry.example/teamwork/x', 'registry.example.evil/team/x', 'evil/debian'] },
    'registry.example/teamwork/x',
    'registry.example.evil/team/x',
    'evil/debian',
  ),
  passes('REG-015'),
];

describe('checks of a registry', () => {
  test.each(cases)('$id $state $seen', (one) => {
    expect(answerOf(registryChecks, usual, one)).toMatchObject({
      state: one.state,
      ...(one.seen !== undefined && { seen: one.seen }),
    });
  });

  test('each fails for something and passes for something', () => {
    expect(withoutBoth(registryChecks, cases)).toEqual([]);
  });
});

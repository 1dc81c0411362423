import { expect, test } from 'vitest';
import type { Ledger } from '#admission/contract.ts';
import { type FieldsOf, type ImageDigest, known, missing, silentLog } from '#base/index.ts';
import type { CarriedException, ComplianceRule } from '#compliance/contract.ts';
import type { ContainerShape } from '#inventory/index.ts';
import type { StartDecision } from './start-decision.ts';
import { withCompliance } from './with-compliance.ts';

const digest = (letter: string): ImageDigest => `sha256:${letter.repeat(64)}` as ImageDigest;
const rule: ComplianceRule = {
  id: 'prod',
  version: 1,
  name: 'Production',
  state: 'on',
  lines: [{ checks: { by: 'check', id: 'CTR-001' }, effect: 'block' }],
  notAssessed: 'ignore',
  running: 'alert',
};
const monitor: CarriedException = {
  id: '3f2b6f0e-5a0f-4f0e-9a59-6a1d5b1e0c11',
  check: 'CTR-001',
  values: ['privileged'],
  name: 'monitor',
  images: [digest('a')],
  expiresAt: '2999-01-01T00:00:00Z',
};
const allowed: StartDecision = {
  answer: 'allow',
  effect: 'ignore',
  cause: 'verdict',
  evidence: [],
  reason: 'It passes.',
};
/** Whatever is not asked for is not looked at. */
const fields = new Proxy({} as FieldsOf<ContainerShape>, {
  get: (_, name) => (name === 'privileged' ? known(true, 'HostConfig.Privileged') : missing('nobody looked')),
});

test.each<[string, { readonly name: string; readonly image?: ImageDigest }, StartDecision['answer']]>([
  ['the container that it was granted for', { name: 'monitor', image: digest('a') }, 'allow'],
  ['another image that takes the name', { name: 'monitor', image: digest('b') }, 'deny'],
  ['an image that nobody knows', { name: 'monitor' }, 'deny'],
  ['the image by another name', { name: 'other', image: digest('a') }, 'deny'],
])('an exception by name lets start %s: %j', async (_, { name, image }, answer) => {
  const ledger = {
    collections: [],
    compliance: { rules: [rule], lists: {}, exceptions: [monitor] },
  } as unknown as Ledger;
  const judged = { ...allowed, ...(image !== undefined && { digest: image }) };
  const decision = await withCompliance(judged, {
    ledger,
    place: { images: [], labels: {} },
    document: 'request',
    read: async () => ({ document: 'request', fields, asker: 'docker', name }),
    log: silentLog,
  });
  expect(decision.answer).toBe(answer);
});

import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Publisher } from '#catalog/console/testing.ts';
import type { ScanOfSubject } from '#catalog/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { agentOf, subjectNamed } from '#inventory/console/testing.ts';
import { createProvenance, type ProvenanceService } from '#provenance/console/index.ts';
import { putApprovedBase } from '#provenance/contract.ts';
import { putPolicy } from '../contract.ts';
import { judgeComing } from './judge-coming.ts';
import { openTestPolicy, type TestPolicy } from './testing.ts';
import { readVerdicts } from './verdicts.ts';

const agent = (environment: string): Publisher => ({
  kind: 'agent',
  id: agentOf(`host-${environment}`).id,
  name: `host-${environment}`,
  environment,
});
const image = 'shop:1';

let at: TestPolicy;
let provenance: ProvenanceService;
beforeEach(async () => {
  at = await openTestPolicy();
  const key = randomBytes(32);
  provenance = createProvenance({ store: at.store, clock: at.now, masterKey: () => key, usedBy: async () => [] });
  const base = { name: 'Debian', from: { kind: 'layers' as const, diffIds: [subjectNamed('base')] } };
  const save = { endpoint: putApprovedBase, input: { params: { id: 'debian' }, body: base as never } };
  await answerOf(provenance.routes, { ...save, principal: userNamed('ada', ['read', 'write-rules']) });
  const rule = { kind: 'approved-base', bases: ['debian'], unknown: 'cannot-judge', effect: 'block' };
  const policy = { name: 'Based', description: '', state: 'on', rules: [rule] };
  await at.ask(putPolicy, { params: { id: 'production' }, body: { policy: policy as never, basedOn: 1 } });
});
afterEach(async () => await at.close());

test('layers that an agent of one environment tells prove no base in another', async () => {
  await at.run(image, 'dev');
  await at.publish(image, '8.2', { publisher: agent('dev'), layers: ['base', 'app'] });
  await proved();
  expect(await kinds()).toEqual({ dev: 'pass' });
  await at.run(image, 'prod');
  await at.publish(image, '8.2', { publisher: agent('prod'), layers: ['other'] });
  expect((await kinds())['prod']).toBe('cannot-judge');
  await proved();
  expect(await kinds()).toEqual({ dev: 'cannot-judge', prod: 'fail' });
});

test('another agent of the same environment takes nothing back', async () => {
  await at.run(image, 'dev');
  await at.publish(image, '8.2', { publisher: agent('dev'), layers: ['base', 'app'] });
  await proved();
  const other = { ...agent('dev'), id: 'other', name: 'other-dev' };
  await at.publish(image, '8.2', { publisher: other, layers: ['base', 'app'] });
  expect(await kinds()).toEqual({ dev: 'pass' });
});

test('an image that is to come is judged by what is proven of the layers that its scan tells', async () => {
  await at.run(image, 'dev');
  const which = await at.publish(image, '8.2', { publisher: agent('dev'), layers: ['base', 'app'] });
  const pulled = await at.publish(image, '8.2', { layers: ['base', 'app'] });
  const other = await at.publish(image, '8.2', { publisher: agent('prod'), layers: ['other'] });
  await provenance.prove({ subject: which.subject });
  expect(await coming(which)).toBe('pass');
  expect(await coming(pulled)).toBe('pass');
  expect(await coming(other)).toBe('cannot-judge');
});

async function proved(): Promise<void> {
  await provenance.prove({ subject: subjectNamed(image) });
  await at.policy.judgeSubject({ subject: subjectNamed(image) });
}

async function kinds(): Promise<Readonly<Record<string, string>>> {
  const verdicts = await readVerdicts(at.store, subjectNamed(image));
  return Object.fromEntries(verdicts.map(({ environment, verdict }) => [environment, verdict.kind]));
}

/** In an environment where it does not lie. */
async function coming(which: ScanOfSubject): Promise<string | undefined> {
  const place = { images: [image], labels: {}, host: 'kubernetes:test', environment: 'test' };
  return (await (await judgeComing(at.store, { ...which, place }, at.now())).read())?.kind;
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { known, type SubjectId } from '#base/index.ts';
import { imageScan, publishTo } from '#catalog/console/testing.ts';
import { userNamed } from '#http/console/testing.ts';
import { accessSchema } from '#access/console/index.ts';
import { type ComplianceRuleText, newComplianceRule, putComplianceRule, replayComplianceRule } from '../contract.ts';
import { ada, openTestCompliance, type TestCompliance } from './testing.ts';

/** Fails images without a user of their own. */
const failing: ComplianceRuleText = {
  ...newComplianceRule,
  name: 'Builds',
  lines: [{ checks: { by: 'check', id: 'IMG-001' }, effect: 'block' }],
  notAssessed: 'ignore',
};
const names = ['registry.example/shop/web:1', 'registry.example/shop/api:1', 'registry.example/office/desk:1'];

let world: TestCompliance;
beforeAll(async () => {
  world = await openTestCompliance();
  const selects = JSON.stringify({ repositories: ['registry.example/shop/*'] });
  await world.store
    .query(accessSchema)
    .insertInto('collection')
    .values({ id: 'shop', name: 'shop', description: '', environment: null, selects })
    .execute();
});
afterAll(() => world.close());

const token = { kind: 'token', id: randomUUID(), name: 'ci', repositories: ['*'] } as const;
const build = async (name: string, content: string, user = ''): Promise<SubjectId> => {
  const scan = imageScan({ content, names: [name], packages: [], more: { job: { name: 'pipeline' } } });
  const config = { user: known(user, 'config.User'), platform: known({ os: 'linux', architecture: 'amd64' }, 'os') };
  const catalog = { ...scan.catalog, configFacts: { format: 1 as const, text: JSON.stringify(config) } };
  const publication = { ...scan, catalog };
  const { subject } = await publishTo(world.store, publication, { clock: world.now, publisher: token });
  return subject;
};
const judged = async (subject: SubjectId): Promise<void> => {
  await world.compliance.followImage({ subject });
  await world.store.idle();
};
const replay = async (rule: ComplianceRuleText, principal = ada) =>
  (await world.ask(replayComplianceRule, { body: { rule: structuredClone(rule) as never, id: 'builds' } }, principal))
    .builds;

test('a replay says what a rule would have made of the builds of the last 30 days, in its scope and view', async () => {
  await judged(await build(names[0] ?? '', 'too old'));
  world.pass(31 * 24 * 60);
  for (const [at, name] of names.entries()) await judged(await build(name, `root ${at}`));
  await judged(await build(names[0] ?? '', 'sound', '1000'));
  await build(names[1] ?? '', 'not judged yet');
  const everywhere = await replay(failing);
  expect(everywhere).toMatchObject({ days: 30, replayed: 5, failed: 3, failedNow: 0, unknown: 1, more: 0 });
  expect(everywhere.examples.map(({ name, job, checks: by }) => [name, job, by])).toEqual(
    names.toReversed().map((name) => [name, 'pipeline', ['IMG-001']]),
  );
  const scoped = { ...failing, collections: ['shop'] };
  expect(await replay(scoped)).toMatchObject({ replayed: 4, failed: 2, unknown: 1 });
  const bob = userNamed('bob', ['read', 'write-rules'], ['shop']);
  expect(await replay(failing, bob)).toMatchObject({ replayed: 4, failed: 2, unknown: 1 });
  await world.ask(putComplianceRule, {
    params: { id: 'builds' },
    body: { rule: structuredClone(scoped) as never, basedOn: 0 },
  });
  expect(await replay({ ...failing, lines: [] })).toMatchObject({ replayed: 5, failed: 0, failedNow: 2 });
});

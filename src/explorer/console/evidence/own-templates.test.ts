import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { documentText } from '#compliance/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import type { CallInput, Endpoint } from '#http/index.ts';
import {
  deleteOwnTemplate,
  getControl,
  getTemplateEvidence,
  listEvidenceTemplates,
  listOwnTemplates,
  listSubjectsOfControl,
  saveOwnTemplate,
} from '../../contract.ts';
import { limits } from '../../limits.ts';
import { explorerSchema } from '../schema.ts';
import { openTestEvidence, type TestEvidence } from './evidence.testing.ts';
import { ownTemplateRoutes } from './own-template-routes.ts';
import { collectAssessment } from './package/collect-assessment.ts';
import { askedScope } from './scopes.ts';

let at: TestEvidence;
let shop: string;
const eve = userNamed('eve', ['read', 'administer']);
const params = { template: 'own-shop' };

beforeAll(async () => {
  at = await openTestEvidence();
  await at.join('quay-1', ['prod']);
  shop = await at.run('quay-1', 'shop', { application: 'shop' });
  await privileged(true);
  await at.look();
});
afterAll(async () => await at.close());

async function privileged(value: boolean): Promise<void> {
  const text = documentText({ privileged: known(value, 'HostConfig.Privileged') });
  const subject = { kind: 'container', id: shop, name: 'shop' };
  await at.report('quay-1', 'compliance', { subject, documents: [{ kind: 'inspect', text }] });
}

async function write<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>) {
  const children = { run: async (task: { run: (input: never) => unknown }, given: never) => await task.run(given) };
  const routes = ownTemplateRoutes({ store: at.store, clock: at.now, children: children as never });
  return await answerOf(routes, { endpoint, input, principal: eve });
}

const textOf = (id: string, check = 'CTR-001'): string => `id: ${id}
title: Our shop
summary: What we ask of it
controls:
  - {id: S-1, title: Not privileged, text: No container is privileged., checks: [${check}], sp80053: [AC-6]}
  - {id: S-2, title: Doors, text: Doors are locked., notAssessed: It is about doors. A visit would assess this.}
`;
const save = async (text: string, basedOn: number) =>
  (await write(saveOwnTemplate, { body: { text, basedOn } })).template;
const states = async () => {
  const { controls, ...reply } = await at.ask(getTemplateEvidence, { params });
  return { ...reply, states: controls.map(({ state }) => state), days: controls.map(({ days }) => days.length) };
};

test('one that is saved stands beside those of the release', async () => {
  expect(await save(textOf('own-shop'), 0)).toMatchObject({ id: 'own-shop', version: 1, savedBy: 'eve', controls: 2 });
  const { templates } = await at.ask(listEvidenceTemplates, {});
  expect(templates.at(-1)).toEqual({
    id: 'own-shop',
    title: 'Our shop',
    summary: 'What we ask of it',
    standing: 'own',
  });
});

test('places that were not looked at since are named, until they are', async () => {
  expect(await states()).toMatchObject({ pending: 1, states: ['not-applicable', 'not-assessed'] });
  await at.watch();
  const after = await states();
  expect(after).toMatchObject({ states: ['not-met', 'not-assessed'], days: [1, 0] });
  expect(after).not.toHaveProperty('pending');
  const { control, questions } = await at.ask(getControl, { params: { ...params, control: 'S-1' } });
  expect(control).toMatchObject({ sp80053: ['AC-6'], definition: 'No container is privileged.' });
  expect(questions).toMatchObject([{ id: 'checks', state: 'fail', subjects: { fail: 1 } }]);
  const { subjects } = await at.ask(listSubjectsOfControl, { params: { ...params, control: 'S-1' } });
  expect(subjects).toMatchObject([{ id: shop, state: 'fail' }]);
});

test('a control of which nothing is assessed says why, in report and page', async () => {
  const { control, questions } = await at.ask(getControl, { params: { ...params, control: 'S-2' } });
  expect(control).toMatchObject({ state: 'not-assessed', reason: 'It is about doors. A visit would assess this.' });
  expect(questions).toEqual([]);
});

test('a change is a version, and one that came in between is a conflict', async () => {
  await expect(save(textOf('own-shop'), 0)).rejects.toMatchObject({ code: 'conflict' });
  await expect(save(textOf('own-shop'), 2)).rejects.toMatchObject({ code: 'conflict' });
  expect(await save(textOf('own-shop', 'CTR-002'), 1)).toMatchObject({ version: 2 });
  expect(await save(textOf('own-shop'), 2)).toMatchObject({ version: 3 });
  await at.watch();
});

test('a text that is wrong is refused with its place and what to do, and nothing is kept', async () => {
  await expect(save(textOf('own-shop', 'CTR-999'), 3)).rejects.toMatchObject({
    code: 'bad-request',
    message: 'Line 5: controls[0].checks[0]: there is no check CTR-999: seawall list checks names them',
    next: 'Correct the text and save it again.',
  });
  const { templates } = await write(listOwnTemplates, {});
  expect(templates).toMatchObject([{ id: 'own-shop', version: 3, text: textOf('own-shop') }]);
});

test('so many may be, and no more', async () => {
  const others = Array.from({ length: limits.ownTemplates.value - 1 }, (_, one) => `own-other-${one}`);
  for (const id of others) await save(textOf(id), 0);
  await expect(save(textOf('own-more'), 0)).rejects.toMatchObject({ code: 'limit-reached' });
  for (const id of others) await write(deleteOwnTemplate, { params: { id } });
});

test('one that is deleted is shown as it stood then, its history and report as well', async () => {
  await at.pass(10);
  await at.watch();
  await write(deleteOwnTemplate, { params: { id: 'own-shop' } });
  const deletedAt = at.now().toISOString();
  await at.pass(10);
  await privileged(false);
  await at.look();
  const listed = (await at.ask(listEvidenceTemplates, {})).templates.find(({ id }) => id === 'own-shop');
  expect(listed).toMatchObject({ standing: 'own', deletedAt });
  const shown = await states();
  expect(shown).toMatchObject({ computedAt: deletedAt, states: ['not-met', 'not-assessed'], days: [1, 0] });
  const later = await at.ask(getTemplateEvidence, { params, query: { at: at.now().toISOString() } });
  expect(later.controls[0]?.state).toBe('not-met');
  await expect(at.ask(listSubjectsOfControl, { params: { ...params, control: 'S-1' } })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('was deleted on 2026-11-24'),
  });
  const assessment = await collectAssessment(at.store, {
    template: 'own-shop',
    looking: { view: undefined, scope: askedScope({}), now: at.now() },
    principal: undefined,
    installation: 'here',
    version: '0.1.0',
  });
  expect(assessment).toMatchObject({
    at: deletedAt,
    notes: ['The template was deleted on 2026-11-24.', expect.anything()],
  });
  expect(assessment.answers).toMatchObject([{ source: 'CTR-001', state: 'fail' }]);
  expect(assessment.controls).toMatchObject([
    { state: 'not-met' },
    { id: 'S-2', state: 'not-assessed', questions: [] },
  ]);
});

test('nobody is asked its questions any more, and nothing deletes it twice', async () => {
  const { rows } = await sql<{ count: number }>`
    select count(*)::int as count from explorer.evidence_state where template = 'own-shop'`.execute(
    at.store.query(explorerSchema),
  );
  expect(rows).toEqual([{ count: 0 }]);
  await expect(write(deleteOwnTemplate, { params: { id: 'own-shop' } })).rejects.toMatchObject({ code: 'not-found' });
});

test('one that is written again goes on with its versions', async () => {
  expect(await save(textOf('own-shop'), 0)).toMatchObject({ version: 5 });
  await at.watch();
  expect(await states()).toMatchObject({ states: ['met', 'not-assessed'] });
});

test('every version is in the audit trail', async () => {
  const rows = await at.store
    .query(accessSchema)
    .selectFrom('audit')
    .select(['action', 'target', 'detail'])
    .where('action', 'like', 'control-template-%')
    .orderBy('sequence')
    .execute();
  const own = rows.filter(({ target }) => target?.id === 'own-shop');
  expect(own.map(({ action }) => action.replace('control-template-', ''))).toEqual([
    'saved',
    'saved',
    'saved',
    'deleted',
    'saved',
  ]);
  expect(own[1]?.detail).toMatchObject({
    before: { controls: [{ checks: ['CTR-001'] }, {}] },
    after: { controls: [{ checks: ['CTR-002'] }, {}] },
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { AppError, known, missing } from '#base/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import {
  type CustomCheckText,
  deleteCustomCheck,
  getCompliance,
  listScripts,
  putComplianceRule,
  putCustomCheck,
  tryCustomCheck,
} from '../contract.ts';
import { documentText } from '../document.ts';
import { complianceSchema } from './schema.ts';
import { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';

const now = new Date('2026-11-30T01:00:00Z');
const prod = agentOf('prod-1', 'prod');
const principal = userNamed('ada', ['read', 'write-rules']);
const text: CustomCheckText = {
  subject: 'container',
  title: 'It is not privileged',
  why: 'It may do everything.',
  remedy: { docker: 'Run it without --privileged' },
  severity: 'high',
  nist: [],
  expression: '!privileged',
};

describe('checks that are written here', () => {
  let store: Store;
  let compliance: ComplianceService;
  let children: string[] = [];
  let costly: string | undefined;

  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema, complianceSchema]);
    compliance = await createCompliance({
      store,
      clock: () => now,
      children: {
        run: async (task, input) => {
          children.push(task.name);
          if (task.name === costly) throw new AppError('too-costly', 'The request took more than 5 s.');
          return await task.run(input);
        },
      },
    });
    await reportAs(store, prod, { kind: 'host', bodies: [hostFact()] });
    await report('calm', { privileged: known(false, 'x') });
    await report('bold', { privileged: known(true, 'x') });
    await report('mute', { privileged: missing('nobody says') });
    await report('odd', { privileged: known('yes', 'x') });
    await compliance.evaluateOutdated();
  });
  afterAll(() => store.close());

  const report = async (id: string, fields: object): Promise<void> =>
    await store.transaction(async (transaction) => {
      const documents = [{ kind: 'inspect', text: documentText(fields as never) }];
      const body = { subject: { kind: 'container', id, name: id }, documents };
      await complianceHandlers.compliance(transaction, prod, [{ at: now.toISOString(), body }]);
    });
  const put = async (check: CustomCheckText, basedOn = 0) =>
    await answerOf(compliance.routes, {
      endpoint: putCustomCheck,
      input: { params: { id: 'custom-a' }, body: { check: structuredClone(check) as never, basedOn } },
      principal,
    });
  const remove = async () =>
    await answerOf(compliance.routes, {
      endpoint: deleteCustomCheck,
      input: { params: { id: 'custom-a' } },
      principal,
    });
  const tryOut = async (expression: string) =>
    await answerOf(compliance.routes, {
      endpoint: tryCustomCheck,
      input: { body: { check: { ...structuredClone(text), expression } as never } },
      principal,
    });
  const resultOf = async (id: string) => {
    const input = { params: { host: 'prod-1', kind: 'container' as const, id } };
    const { results } = await answerOf(compliance.routes, { endpoint: getCompliance, input, principal });
    return results?.find((one) => one.id === 'custom-a');
  };
  const rule = async (id: string) =>
    await answerOf(compliance.routes, {
      endpoint: putComplianceRule,
      input: {
        params: { id: 'own' },
        body: {
          rule: {
            state: 'on',
            notAssessed: 'alert',
            running: 'alert',
            name: 'Own',
            lines: [{ checks: { by: 'check', id }, effect: 'block' }],
          },
          basedOn: 0,
        },
      },
      principal,
    });

  it('are tried on what is reported, and what is missing is never a pass', async () => {
    const { examples, ...counts } = await tryOut('!privileged');
    expect(counts).toEqual({ subjects: 4, left: 0, states: { error: 1, fail: 1, 'not-assessed': 1, pass: 1 } });
    expect(examples.map(({ id, state }) => [id, state])).toEqual([
      ['odd', 'error'],
      ['bold', 'fail'],
      ['mute', 'not-assessed'],
      ['calm', 'pass'],
    ]);
    expect((await tryOut('privileged || true')).states).toEqual({ pass: 3, 'not-assessed': 1 });
    expect((await tryOut('privileged == true ? ["it is"] : []')).examples[0]).toMatchObject({ seen: ['it is'] });
    expect((await tryOut('3 > 2 ? "a" : "b"')).states).toEqual({ error: 4 });
  });

  it.each([
    ['!priviledged', /line 1, column 2: There is no priviledged here/],
    ['privileged &&', /check\.expression: line 1/],
  ])('that cannot be read, %s, are refused', async (expression, reason) => {
    await expect(put({ ...text, expression })).rejects.toThrow(reason);
    await expect(tryOut(expression)).rejects.toThrow(reason);
  });

  it('are read and tried in child processes, and what takes them too long is in error', async () => {
    children = [];
    await tryOut('!privileged');
    expect(children).toEqual(['read-custom-check', 'try-custom-check']);
    costly = 'try-custom-check';
    const { states, examples } = await tryOut('!privileged');
    expect(states).toEqual({ error: 4 });
    expect(examples[0]?.reason).toMatch(/took more than 5 s/);
    costly = 'read-custom-check';
    await expect(put(text)).rejects.toThrow(/more than 5 s/);
    await expect(tryOut('!privileged')).rejects.toThrow(/more than 5 s/);
    costly = undefined;
  });

  it('by scripts are written, changed and deleted by administrators alone, and given to scanners', async () => {
    const { expression: _none, ...about } = text;
    const script: CustomCheckText = { ...about, subject: 'image', script: 'test -e $ROOT/etc' };
    const admin = userNamed('root', ['read', 'write-rules', 'publish', 'administer']);
    const change = async (check: CustomCheckText, basedOn: number, by = principal) =>
      await answerOf(compliance.routes, {
        endpoint: putCustomCheck,
        input: { params: { id: 'custom-s' }, body: { check: structuredClone(check) as never, basedOn } },
        principal: by,
      });
    const drop = async (by: typeof principal) =>
      await answerOf(compliance.routes, {
        endpoint: deleteCustomCheck,
        input: { params: { id: 'custom-s' } },
        principal: by,
      });
    const refusal = /Administrators alone write, change and delete checks by scripts/;
    await expect(change(script, 0)).rejects.toThrow(refusal);
    const saved = { ...script, id: 'custom-s', version: 1, author: 'root' };
    expect(await change(script, 0, admin)).toEqual({ check: saved });
    await expect(change(text, 1)).rejects.toThrow(refusal);
    await expect(drop(principal)).rejects.toThrow(refusal);
    const given = await answerOf(compliance.routes, { endpoint: listScripts, input: {}, principal: admin });
    expect(given).toEqual({ checks: [saved] });
    const audited = await store.query(accessSchema).selectFrom('audit').select('detail').execute();
    expect(audited.at(-1)?.detail).toMatchObject({ after: { script: 'test -e $ROOT/etc', author: 'root' } });
    await drop(admin);
  });

  it('are judged along with the others, by their version, and named by rules', async () => {
    await expect(rule('custom-a')).rejects.toThrow(/there is no check custom-a/);
    expect(await put(text)).toMatchObject({ check: { id: 'custom-a', version: 1 } });
    await compliance.evaluateOutdated();
    expect([await resultOf('bold'), await resultOf('calm')]).toMatchObject([
      { state: 'fail', version: 1 },
      { state: 'pass' },
    ]);
    await expect(put(text)).rejects.toThrow(/at version 1/);
    await put({ ...text, expression: 'privileged' }, 1);
    await compliance.evaluateOutdated();
    expect([await resultOf('bold'), await resultOf('mute')]).toMatchObject([
      { state: 'pass', version: 2 },
      { state: 'not-assessed' },
    ]);
    await rule('custom-a');
    await expect(remove()).rejects.toThrow(/Rules name the check: “Own”/);
    await store.query(complianceSchema).deleteFrom('place').where('id', '=', 'own').execute();
    await remove();
    await compliance.evaluateOutdated();
    expect(await resultOf('bold')).toBeUndefined();
    expect(await put(text)).toMatchObject({ check: { version: 4 } });
    const audited = await store.query(accessSchema).selectFrom('audit').select('action').execute();
    expect(audited.map(({ action }) => action)).toContain('custom-check-deleted');
  });
});

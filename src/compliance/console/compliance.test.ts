import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, containerFact, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import { outboxSchema as outbox } from '#store/outbox.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getCompliance, getDocument } from '../contract.ts';
import { documentHash, documentText } from '../document.ts';
import { complianceSchema } from './schema.ts';
import { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';

const now = new Date('2026-11-30T01:00:00Z');
const [prod, dev] = [agentOf('prod-1', 'prod'), agentOf('dev-1', 'dev')];
const shop = containerFact('shop', 'shop:1').id;

describe('results of checks', () => {
  let store: Store;
  let compliance: ComplianceService;
  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema, complianceSchema]);
    compliance = await createCompliance({ store, clock: () => now });
    for (const agent of [prod, dev]) await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
    await reportAs(store, prod, { kind: 'container', bodies: [containerFact('shop', 'shop:1')] });
    const row = { id: 'production', name: 'production', description: '', environment: null };
    const selects = JSON.stringify({ environments: ['prod'] });
    await store
      .query(accessSchema)
      .insertInto('collection')
      .values({ ...row, selects })
      .execute();
  });
  afterAll(() => store.close());
  beforeEach(async () => {
    for (const table of ['subject', 'facts', 'document'] as const)
      await store.query(complianceSchema).deleteFrom(table).execute();
    await store.query(outbox).deleteFrom('unclaimed_fact').execute();
  });

  const texts = (...values: readonly unknown[]) =>
    values.map((value, at) => ({
      kind: ['inspect', 'effective'][at] ?? 'x',
      text: documentText({ a: known(value, 'A') }),
    }));
  const report = async (agent: typeof prod, id: string, documents: readonly unknown[]): Promise<void> =>
    await reportAt(now, agent, { id, documents });
  const reportAt = async (
    at: Date,
    agent: typeof prod,
    { id, documents }: { readonly id: string; readonly documents: readonly unknown[] },
  ): Promise<void> =>
    await store.transaction(async (transaction) => {
      const body = { subject: { kind: 'container', id, name: id.slice(0, 8) }, documents };
      await complianceHandlers.compliance(transaction, agent, [{ at: at.toISOString(), body }]);
    });
  const announced = async (): Promise<readonly string[]> =>
    (await store.query(outbox).selectFrom('unclaimed_fact').select('fact').execute())
      .map(({ fact }) => fact)
      .toSorted();
  const counts = async () => {
    const count = async (table: 'subject' | 'facts' | 'document'): Promise<number> =>
      (
        await store
          .query(complianceSchema)
          .selectFrom(table)
          .select(['seen_at' as never])
          .execute()
          .catch(() => [])
      ).length;
    const subjects = await store.query(complianceSchema).selectFrom('subject').selectAll().execute();
    return { subjects: subjects.length, facts: await count('facts'), documents: await count('document') };
  };
  const ask = async (host: string, id: string, principal = userNamed('ada', ['read'])) =>
    await answerOf(compliance.routes, {
      endpoint: getCompliance,
      input: { params: { host, kind: 'container', id } },
      principal,
    });

  it('hang on distinct documents, whoever has them', async () => {
    await report(prod, 'one', texts(1, 2));
    await report(prod, 'two', texts(1, 2));
    await report(dev, 'three', texts(1, 2));
    await report(dev, 'four', texts(1, 3));
    expect(await counts()).toEqual({ subjects: 4, facts: 2, documents: 3 });
    expect((await announced()).filter((fact) => fact === 'compliance-facts-appeared')).toHaveLength(2);
  });

  it('keep since when facts are these, and what was before; a report of the same only moves its time', async () => {
    const later = (minutes: number): Date => new Date(now.getTime() + minutes * 60_000);
    await report(prod, 'one', texts(1));
    await reportAt(later(5), prod, { id: 'one', documents: texts(1) });
    expect(await ask('prod-1', 'one')).toMatchObject({
      subject: { since: now.toISOString(), reportedAt: later(5).toISOString() },
    });
    await reportAt(later(7), prod, { id: 'one', documents: texts(2) });
    const row = await store.query(complianceSchema).selectFrom('subject').selectAll().executeTakeFirstOrThrow();
    expect([row.since, row.facts_before === null]).toEqual([later(7), false]);
    expect(await announced()).toEqual(['compliance-facts-appeared', 'compliance-facts-appeared']);
  });

  it('are announced once they are there: at once of facts that have results, of others after those', async () => {
    const evaluated = async (): Promise<void> => {
      const rows = await store.query(complianceSchema).selectFrom('facts').select('id').execute();
      await compliance.evaluate([{ ids: rows.map(({ id }) => id) }]);
    };
    const said = async (): Promise<readonly string[]> => {
      const facts = await announced();
      await store.query(outbox).deleteFrom('unclaimed_fact').execute();
      return facts;
    };
    await report(prod, 'one', texts(1));
    expect(await said()).toEqual(['compliance-facts-appeared']);
    await report(prod, 'two', texts(1));
    expect(await said()).toEqual([]);
    await evaluated();
    expect(await said()).toEqual(['compliance-changed']);
    await report(prod, 'three', texts(1));
    expect(await said()).toEqual(['compliance-changed']);
    await report(prod, 'three', texts(1));
    expect(await said()).toEqual([]);
    await report(prod, 'three', texts(2));
    expect(await said()).toEqual(['compliance-facts-appeared']);
    await report(prod, 'three', texts(1));
    expect(await said()).toEqual(['compliance-changed']);
    await evaluated();
    await said();
    await store.query(complianceSchema).updateTable('facts').set({ evaluation: 'of another release' }).execute();
    await report(prod, 'four', texts(1));
    expect(await said()).toEqual(['compliance-changed']);
  });

  it('miss no subject that is reported while they are given', async () => {
    await report(prod, 'one', texts(1));
    const [facts] = await store.query(complianceSchema).selectFrom('facts').select('id').execute();
    let evaluating: Promise<void> | undefined;
    await store.transaction(async (transaction) => {
      const body = { subject: { kind: 'container', id: 'other', name: 'other' }, documents: texts(1) };
      await complianceHandlers.compliance(transaction, dev, [{ at: now.toISOString(), body }]);
      evaluating = compliance.evaluate([{ ids: [facts?.id ?? ''] }]);
      await new Promise((resolve) => setTimeout(resolve, 300));
    });
    await evaluating;
    const rows = await store.query(outbox).selectFrom('unclaimed_fact').select('payload').execute();
    expect(rows.map(({ payload }) => payload)).toEqual(expect.arrayContaining([{ host: 'dev-1' }, { host: 'prod-1' }]));
  });

  it('end with their subject', async () => {
    await report(prod, 'one', texts(1));
    await report(prod, 'one', []);
    expect(await ask('prod-1', 'one')).toEqual({ documents: [] });
    expect(await counts()).toMatchObject({ subjects: 0, facts: 1 });
    await compliance.prune(new Date((await databaseNow()).getTime() + 60_000));
    expect(await counts()).toMatchObject({ facts: 1, documents: 1 });
    await compliance.prune(new Date((await databaseNow()).getTime() + 2 * 24 * 60 * 60_000));
    expect(await counts()).toMatchObject({ facts: 0, documents: 0 });
  });

  it('are unknown until they are evaluated, and are made once', async () => {
    await report(prod, 'one', texts(1));
    expect(await ask('prod-1', 'one')).not.toHaveProperty('results');
    const [facts] = await store.query(complianceSchema).selectFrom('facts').select('id').execute();
    await compliance.evaluate([{ ids: [facts?.id ?? ''] }]);
    expect(await ask('prod-1', 'one')).toHaveProperty('results');
    await store.query(outbox).deleteFrom('unclaimed_fact').execute();
    await compliance.evaluate([{ ids: [facts?.id ?? ''] }]);
    await compliance.evaluateOutdated();
    expect(await announced()).toEqual([]);
    await store.query(complianceSchema).updateTable('facts').set({ evaluation: 'of another release' }).execute();
    await compliance.evaluateOutdated();
    expect(await announced()).toEqual(['compliance-changed']);
  });

  it('have their document by its hash, and no document of others', async () => {
    await report(prod, 'one', texts(1));
    await report(prod, 'two', texts(2));
    const text = texts(1)[0]?.text ?? '';
    const read = async (id: string, hash: string) =>
      await answerOf(compliance.routes, {
        endpoint: getDocument,
        input: { params: { host: 'prod-1', kind: 'container', id, hash } },
        principal: userNamed('ada', ['read']),
      });
    expect(await read('one', documentHash(text))).toEqual({ kind: 'inspect', text });
    await expect(read('two', documentHash(text))).rejects.toThrow(/No such document/);
  });

  it('are seen where the container is', async () => {
    await report(prod, shop, texts(1));
    await report(prod, 'stranger', texts(1));
    await report(dev, 'other', texts(1));
    const bob = userNamed('bob', ['read'], ['production']);
    expect(await ask('prod-1', shop, bob)).toMatchObject({ subject: { id: shop } });
    expect(await ask('prod-1', 'stranger', bob)).toEqual({ documents: [] });
    expect(await ask('dev-1', 'other', bob)).toEqual({ documents: [] });
  });

  it('of more characters than a host may have are refused, and what was known stays', async () => {
    const long = 'x'.repeat(2 * 1024 * 1024 - 200);
    const many = (value: number) =>
      [0, 1, 2, 3].map((at) => ({
        kind: `d${'abcd'[at]}`,
        text: documentText({ a: known(`${value}${at}${long}`, 'A') }),
      }));
    for (let at = 0; at < 16; at++) await report(prod, `big-${at}`, many(at));
    expect(await counts()).toMatchObject({ subjects: 16 });
    await report(prod, 'big-16', many(16));
    expect(await counts()).toMatchObject({ subjects: 16 });
    expect(await announced()).toContain('claim-refused');
    await report(prod, 'big-0', many(17));
    await report(prod, 'big-1', texts(1));
    await report(prod, 'big-16', many(16));
    expect(await counts()).toMatchObject({ subjects: 17 });
  }, 60_000);

  async function databaseNow(): Promise<Date> {
    return await store.transaction(async (transaction) => await transaction.now());
  }
});

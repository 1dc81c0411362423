import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { known } from '#base/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import { linkSchema } from '#link/console/index.ts';
import { outboxSchema as outbox } from '#store/outbox.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { getCompliance, listOperatorLists, proposeOperatorList, putOperatorList } from '../contract.ts';
import { documentText } from '../document.ts';
import { operatorLists } from '../lists/index.ts';
import { complianceSchema } from './schema.ts';
import { complianceHandlers, type ComplianceService, createCompliance } from './service.ts';

const now = new Date('2026-11-30T01:00:00Z');
const prod = agentOf('prod-1', 'prod');
const ada = userNamed('ada', ['read', 'write-rules']);
const https = { protocol: 'tcp', port: 8443, address: '0.0.0.0', from: 443, to: 443 };

describe('an operator’s list', () => {
  let store: Store;
  let compliance: ComplianceService;
  beforeAll(async () => {
    store = await createTestStore([accessSchema, linkSchema, inventorySchema, complianceSchema]);
    compliance = await createCompliance({ store, clock: () => now });
    await reportAs(store, prod, { kind: 'host', bodies: [hostFact()] });
    await report('web', { added: ['NET_BIND_SERVICE', 'CHOWN'] });
    await report('old', { added: ['CHOWN'] });
    await compliance.evaluateOutdated();
  });
  afterAll(() => store.close());

  const report = async (id: string, { added }: { readonly added: readonly string[] }): Promise<void> =>
    await store.transaction(async (transaction) => {
      const fields = {
        capabilities: known(added, 'HostConfig.CapAdd'),
        ports: known([https], 'Ports'),
        hostNamespaces: known([], 'HostConfig'),
      };
      const documents = [{ kind: 'inspect', text: documentText(fields as never) }];
      const body = { subject: { kind: 'container', id, name: id }, documents };
      await complianceHandlers.compliance(transaction, prod, [{ at: now.toISOString(), body }]);
    });
  const list = async (id: string) =>
    (await answerOf(compliance.routes, { endpoint: listOperatorLists, input: {}, principal: ada })).lists.find(
      (one) => one.id === id,
    );
  const put = async (id: string, entries: string[] | undefined, basedOn: number) =>
    await answerOf(compliance.routes, {
      endpoint: putOperatorList,
      input: { params: { id }, body: { ...(entries && { entries }), basedOn } },
      principal: ada,
    });
  const propose = async (id: string) =>
    await answerOf(compliance.routes, { endpoint: proposeOperatorList, input: { params: { id } }, principal: ada });
  const stateOf = async (check: string) => {
    const params = { host: 'prod-1', kind: 'container', id: 'web' } as const;
    const { results = [] } = await answerOf(compliance.routes, {
      endpoint: getCompliance,
      input: { params },
      principal: ada,
    });
    return results.find(({ id }) => id === check)?.state;
  };
  const waiting = async () =>
    (await store.query(outbox).selectFrom('unclaimed_fact').select('fact').execute()).map(({ fact }) => fact);

  it('says what is shipped, what an entry is, and which checks compare with it', async () => {
    expect(await list('allowed-capabilities')).toMatchObject({
      title: operatorLists['allowed-capabilities'].title,
      shipped: ['NET_BIND_SERVICE'],
      version: 0,
      checks: [{ subject: 'container' }],
    });
    const { lists } = await answerOf(compliance.routes, { endpoint: listOperatorLists, input: {}, principal: ada });
    expect(lists.map(({ id }) => id).toSorted()).toEqual(Object.keys(operatorLists).toSorted());
    const open = lists.map(({ shipped }) => shipped === undefined);
    expect(open.indexOf(false)).toBe(open.filter(Boolean).length);
  });

  it('is proposed from what is reported now, and what is proposed makes its checks pass', async () => {
    const check = (await list('approved-ports'))?.checks[0]?.id ?? expect.fail('no check');
    expect(await stateOf(check)).toBe('not-assessed');
    const { values, judged, facts } = await propose('approved-ports');
    expect([values, judged, facts]).toEqual([[{ value: '443/tcp', subjects: 2 }], 2, 2]);
    const entries = values.map(({ value }) => value);
    expect(await put('approved-ports', entries, 0)).toEqual({ version: 1 });
    expect(await waiting()).toContain('operator-lists-changed');
    await compliance.evaluateOutdated();
    expect(await stateOf(check)).toBe('pass');
    expect((await propose('approved-ports')).values).toEqual([]);
  });

  it('is proposed in the form of its entries, and without what it holds already', async () => {
    expect((await propose('allowed-capabilities')).values).toEqual([{ value: 'CHOWN', subjects: 2 }]);
  });

  it('is versioned and audited, and goes back to what is shipped', async () => {
    await expect(put('approved-ports', ['80/tcp'], 0)).rejects.toMatchObject({ code: 'conflict' });
    expect(await put('approved-ports', undefined, 1)).toEqual({ version: 2 });
    expect(await list('approved-ports')).toMatchObject({ version: 2, saved: { by: 'ada' } });
    const trail = await store.query(accessSchema).selectFrom('audit').selectAll().execute();
    expect(trail.filter(({ action }) => action === 'operator-list-saved')).toHaveLength(2);
    await compliance.evaluateOutdated();
    const [check] = (await list('approved-ports'))?.checks ?? [];
    expect(await stateOf(check?.id ?? '')).toBe('not-assessed');
  });

  it('that is saved unchanged gets no version', async () => {
    expect(await put('allowed-devices', ['/dev/fuse', ' /dev/fuse '], 0)).toEqual({ version: 1 });
    expect(await put('allowed-devices', ['/dev/fuse'], 1)).toEqual({ version: 1 });
  });

  it('that does not exist is not found', async () => {
    await expect(put('no-such-list', ['x'], 0)).rejects.toMatchObject({ code: 'not-found' });
    await expect(propose('no-such-list')).rejects.toMatchObject({ code: 'not-found' });
  });
});

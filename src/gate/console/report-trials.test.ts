import { randomUUID, sign } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { admissionSchema } from '#admission/console/index.ts';
import { catalogSchema } from '#catalog/console/index.ts';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { inventorySchema } from '#inventory/console/index.ts';
import { agentOf, hostFact, reportAs } from '#inventory/console/testing.ts';
import {
  issueAgent,
  issueAuthority,
  type Issuer,
  keyOfRequest,
  makeRequest,
  newKeyPair,
  privateKeyText,
} from '#link/certificates.ts';
import { linkSchema } from '#link/console/index.ts';
import { outboxSchema as outbox } from '#store/outbox.ts';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { listGates, listTrials, type SignedTrials, type TrialLine, TrialsFact } from '../contract.ts';
import { signedBytesOfTrials } from '../signed-trials.ts';
import { gateSchema } from './schema.ts';
import { createGate, gateHandlers, type GateService } from './service.ts';
import { readTrials } from './trials.ts';

const at = new Date('2026-11-24T14:30:00.000Z');
const life = { from: new Date('2026-11-01T00:00:00Z'), to: new Date('2026-12-01T00:00:00Z') };
const own = agentOf('prod-1', 'prod', { id: randomUUID() });
const other = agentOf('prod-2', 'prod', { id: randomUUID() });
const line: TrialLine = {
  check: 'CTR-001',
  ring: 1,
  state: 'refused',
  tried: 24,
  refused: 24,
  untried: 0,
  last: '2026-11-24T14:02:00.000Z',
  lastRefused: '2026-11-24T14:02:00.000Z',
};
const open: TrialLine = { ...line, state: 'passed', tried: 25, reason: 'It let a start through.' };

interface Holder {
  readonly key: string;
  readonly certificate: string;
}

async function makeAuthority(): Promise<Issuer> {
  const keys = await newKeyPair();
  return { key: keys.privateKey, certificate: await issueAuthority(keys, 'Harbour', life) };
}

async function certified(agent: string, issuer: Issuer, during = life): Promise<Holder> {
  const keys = await newKeyPair();
  const key = await keyOfRequest(await makeRequest(keys));
  return { key: privateKeyText(keys), certificate: await issueAgent(issuer, { key, agent, life: during }) };
}

function signed({ key, certificate }: Holder, lines: readonly TrialLine[], host = 'prod-1'): SignedTrials {
  const statement = JSON.stringify({ host, at: at.toISOString(), every: 3600, lines });
  return { statement, signature: sign('sha256', signedBytesOfTrials(statement), key).toString('base64'), certificate };
}

describe('what a host says of its trials', () => {
  let store: Store;
  let gate: GateService;
  let authority: Issuer;
  let holder: Holder;
  beforeAll(async () => {
    store = await createTestStore([
      accessSchema,
      linkSchema,
      inventorySchema,
      catalogSchema,
      admissionSchema,
      gateSchema,
    ]);
    gate = createGate({ store, clock: () => at });
    for (const agent of [own, other]) await reportAs(store, agent, { kind: 'host', bodies: [hostFact()] });
    authority = await makeAuthority();
    const { certificate } = authority;
    const row = { id: randomUUID(), sealed_key: Buffer.alloc(1), created_at: life.from, not_after: life.to };
    await store
      .query(linkSchema)
      .insertInto('authority')
      .values({ ...row, certificate })
      .execute();
    holder = await certified(own.id, authority);
  });
  afterAll(() => store.close());

  const report = async (...bodies: readonly unknown[]): Promise<void> =>
    await store.transaction(async (transaction) => {
      const facts = bodies.map((body) => ({ at: at.toISOString(), body }));
      await gateHandlers.trials(transaction, own, facts);
    });
  const announced = async (fact: string): Promise<number> => {
    const rows = await store.query(outbox).selectFrom('unclaimed_fact').select('fact').execute();
    return rows.filter((row) => row.fact === fact).length;
  };
  const shown = async (host: string, principal = userNamed('ada', ['read'])) =>
    await answerOf(gate.routes, { endpoint: listTrials, input: { query: { host } }, principal });
  const gateOf = async (host: string) => {
    const input = {};
    const { gates } = await answerOf(gate.routes, {
      endpoint: listGates,
      input,
      principal: userNamed('ada', ['read']),
    });
    return gates.find((one) => one.host === host);
  };

  const forgeries: readonly (readonly [string, () => Promise<SignedTrials>, RegExp])[] = [
    ['by another host', async () => signed(await certified(other.id, authority), [line]), /is not signed/],
    [
      'by an authority of others',
      async () => signed(await certified(own.id, await makeAuthority()), [line]),
      /not sig/,
    ],
    [
      'by a certificate that has ended',
      async () => signed(await certified(own.id, authority, { from: life.from, to: at }), [line]),
      /is not signed/,
    ],
    [
      'and changed afterwards',
      async () => ({ ...signed(holder, [open]), statement: signed(holder, [line]).statement }),
      /is not signed/,
    ],
    [
      'without what no other statement begins with',
      async () => {
        const { statement } = signed(holder, [line]);
        const signature = sign('sha256', Buffer.from(statement), holder.key).toString('base64');
        return { statement, signature, certificate: holder.certificate };
      },
      /is not signed/,
    ],
    ['of another host', async () => signed(holder, [line], 'prod-2'), /is of another host/],
    ['with no certificate', async () => ({ ...signed(holder, [line]), certificate: 'none' }), /is not signed/],
  ];
  it.each(forgeries)('is refused where it is signed %s', async (_, make, says) => {
    await expect(report(await make())).rejects.toThrow(says);
    expect(await readTrials(store)).toEqual(new Map());
  });

  it('is refused by the child that reads it first where it is none', () => {
    const of = (statement: string) => TrialsFact.safeParse({ ...signed(holder, [line]), statement }).success;
    const good = { host: 'prod-1', at: at.toISOString(), every: 3600, lines: [line] };
    expect(of(JSON.stringify(good))).toBe(true);
    for (const bad of ['{', '"x"', JSON.stringify({ ...good, lines: [{ ...line, ring: 3 }] })])
      expect(of(bad)).toBe(false);
    const flood = `${JSON.stringify(good).slice(0, -1)},"more":[${'[],'.repeat(200_000)}[]]}`;
    expect(of(flood)).toBe(false);
    const lines = Array.from({ length: 2001 }, () => line);
    expect(of(JSON.stringify({ ...good, lines }))).toBe(false);
    const rule = { id: 'r'.repeat(64), version: 1, name: '“'.repeat(200) };
    const full = { ...line, rule, state: 'untried', reason: 'é'.repeat(1000) };
    expect(of(JSON.stringify({ ...good, lines: lines.slice(1).map(() => full) }))).toBe(true);
  });

  it('is kept as it was signed, the newest alone, and is read by host', async () => {
    expect(await gateOf('prod-1')).not.toHaveProperty('trials');
    expect(await shown('prod-1')).toEqual({});
    const told = signed(holder, [line, { ...line, ring: 2, state: 'untried', tried: 3, refused: 3, untried: 21 }]);
    await report(signed(holder, [open]), told);
    expect(await shown('prod-1')).toEqual({ trials: JSON.parse(told.statement), signed: told });
    expect([...(await readTrials(store)).keys()]).toEqual(['prod-1']);
    expect((await readTrials(store, ['prod-2'])).size).toBe(0);
    expect((await readTrials(store, [])).size).toBe(0);
    expect((await gateOf('prod-1'))?.trials).toEqual({
      at: at.toISOString(),
      every: 3600,
      refused: 1,
      passed: 0,
      untried: 1,
      tries: 27,
      refusals: 27,
      last: line.last,
    });
  });

  it('is shown to nobody who does not see the host', async () => {
    await expect(shown('prod-1', userNamed('bob', ['read'], ['nothing']))).rejects.toThrow('There is no host prod-1.');
    await expect(shown('prod-9')).rejects.toThrow('There is no host prod-9.');
  });

  it('is announced when a line stands otherwise, and not when it only counts on', async () => {
    await report(signed(holder, [line]));
    const before = await announced('gate-changed');
    await report(signed(holder, [{ ...line, tried: 25, refused: 25, last: at.toISOString() }]));
    expect(await announced('gate-changed')).toBe(before);
    await report(signed(holder, [{ ...line, state: 'untried' }]));
    expect(await announced('gate-changed')).toBe(before + 1);
  });

  it('is an incident once while a ring lets starts through, and anew when it does so again', async () => {
    await report(signed(holder, [line]));
    const passed = async (...lines: readonly TrialLine[]): Promise<number> => {
      const before = await announced('trial-passed');
      await report(signed(holder, lines));
      return (await announced('trial-passed')) - before;
    };
    const counts = [
      await passed(open),
      await passed({ ...open, tried: 26 }),
      await passed(open, { ...open, check: 'CTR-002' }),
      await passed(open, { ...open, ring: 2 }),
      await passed({ ...open, ring: 2 }),
      await passed(line),
      await passed(open),
    ];
    expect(counts).toEqual([1, 0, 0, 1, 0, 0, 1]);
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { saveRule } from '#rules/console/index.ts';
import * as api from '../contract.ts';
import { limits } from '../limits.ts';
import { policyList } from './policy-list.ts';
import { replay } from './replay.ts';
import { readRulebook } from './rulebook.ts';
import { policySchema } from './schema.ts';
import { ada, bob, openTestPolicy, type TestPolicy } from './testing.ts';

const block = { kind: 'kev', only: 'listed', effect: 'block' } as const;
const asked = {
  advisory: 'CVE-2026-1',
  package: { type: 'deb', name: 'curl', version: '8.0' },
  reason: 'other',
  explanation: 'later',
  expiresAt: '2026-12-24T12:00:00Z',
} as const;

describe('what people may have of policies', () => {
  let at: TestPolicy;

  beforeAll(async () => {
    at = await openTestPolicy();
    await at.publish('shop:1', '8.0');
    await at.publish('wiki:1', '8.1');
    await at.publish('mail:1', '8.0');
  });
  afterAll(async () => await at.close());

  const denied = (count: number, name: string) => ({
    kind: 'package' as const,
    effect: 'alert' as const,
    deny: Array.from({ length: count }, (_, n) => ({ name: `${name}${n}`, why: '' })),
  });
  const custom = { kind: 'custom', on: 'image', expression: 'true', message: 'm', effect: 'alert' } as const;

  test.each([
    ['rules', Array.from({ length: 201 }, () => block), 'Array must|Too big|<=200'],
    ['expressions', Array.from({ length: 51 }, () => custom), 'at most 50 rules of kind custom'],
    ['a long expression', [{ ...custom, expression: `true${' '.repeat(4000)}` }], 'Too big|4000'],
    ['denied packages', Array.from({ length: 5 }, () => denied(401, 'a')), 'at most 2000 entries'],
    ['patterns', [denied(201, 'a*')], 'at most 200 of these entries with'],
  ])('of %s only so many', async (_, rules, message) => {
    const body = { policy: { name: 'Much', rules }, basedOn: 0 } as never;
    const saved = at.ask(api.putPolicy, { params: { id: 'much' }, body });
    await expect(saved).rejects.toThrow(new RegExp(message));
  });

  test('of policies only so many', async () => {
    const { store } = at;
    const list = { ...policyList, most: 1 };
    const by = { principal: ada, author: { actor: { kind: 'user', id: 'user-ada', name: 'ada' } } } as const;
    const editing = { store, clock: () => at.now(), list };
    const more = saveRule(editing, { id: 'more', rule: { name: 'More', rules: [block] }, basedOn: 0 }, by);
    await expect(more).rejects.toMatchObject({ code: 'limit-reached' });
    const [production] = await policyList.inForce(store);
    if (production === undefined) throw new Error('There is no policy.');
    const { id, version, ...rule } = production;
    const same = { id, rule, basedOn: version };
    await expect(saveRule(editing, same, by)).resolves.toMatchObject({ id: 'production' });
  });

  test('of exceptions that wait each person only so many', async () => {
    await at.ask(api.requestException, { body: { ...asked } }, bob);
    const { value } = limits.requestedExceptions;
    await sql`insert into policy.exception select (jsonb_populate_record(e, jsonb_build_object('id', gen_random_uuid()))).*
      from policy.exception e, generate_series(2, ${value})`.execute(at.store.query(policySchema));
    const more = at.ask(api.requestException, { body: { ...asked } }, bob);
    await expect(more).rejects.toMatchObject({ code: 'limit-reached', message: expect.stringContaining(`${value}`) });
    await expect(at.ask(api.requestException, { body: { ...asked } }, ada)).resolves.toBeDefined();
  });

  const tried = async (more: { readonly most?: number; readonly signal?: AbortSignal }) => {
    const rulebook = await readRulebook(at.store, at.now());
    const [policy] = rulebook.policies;
    if (policy === undefined) throw new Error('There is no policy.');
    let batches = 0;
    const options = {
      rulebook,
      policy: { ...policy, rules: [] },
      days: 30,
      now: at.now(),
      principal: ada,
      caller: 'user 1',
    };
    const replayed = await replay(at.store, {
      ...options,
      signal: new AbortController().signal,
      ...more,
      children: {
        run: async (task, input) => {
          batches += 1;
          return await task.run(structuredClone(input));
        },
      },
    });
    return { replayed, batches };
  };

  test('a replay says how much it left out', async () => {
    expect((await tried({})).replayed).toMatchObject({ builds: { judged: 3 }, left: 0 });
    expect((await tried({ most: 2 })).replayed).toMatchObject({ builds: { judged: 2 }, left: 1 });
  });

  test('a replay does nothing more once the client has left', async () => {
    expect(await tried({ signal: AbortSignal.abort() })).toMatchObject({ replayed: { left: 3 }, batches: 0 });
  });
});

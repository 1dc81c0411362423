import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { audit, theConsole } from '#access/console/index.ts';
import { accessSchema } from '#access/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { makeMasterKey } from './master-key.ts';
import { linkSchema } from './schema.ts';
import { countSealed, discardSealed, openMasterKey } from './sealed-keys.ts';
import { startTestLink, type TestLink } from './testing.ts';

let test: TestLink;
let folder: string;
beforeAll(async () => {
  test = await startTestLink();
  folder = await test.newFolder();
});
afterAll(() => test.close());

it('takes the key that opens the store, and none in its place', async () => {
  const right = join(folder, 'right.key');
  writeFileSync(right, test.masterKey(), { mode: 0o600 });
  expect(await openMasterKey(test.store, right)).toEqual(test.masterKey());
  const wrong = join(folder, 'wrong.key');
  writeFileSync(wrong, randomBytes(32), { mode: 0o600 });
  await expect(openMasterKey(test.store, wrong)).rejects.toMatchObject({ code: 'master-key-wrong' });
  const missing = join(folder, 'missing.key');
  await expect(openMasterKey(test.store, missing)).rejects.toMatchObject({ code: 'master-key-missing' });
  expect(existsSync(missing)).toBe(false);
});

it('makes a key for a store that holds nothing sealed, and not once the trail is keyed', async () => {
  const store = await createTestStore([accessSchema, linkSchema]);
  try {
    const file = join(folder, 'fresh.key');
    expect(await openMasterKey(store, file)).toEqual(makeMasterKey(file));
    await store.transaction((transaction) => audit(transaction, { ...theConsole, action: 'one' }));
    const another = join(folder, 'another.key');
    await expect(openMasterKey(store, another)).rejects.toMatchObject({ code: 'master-key-missing' });
    expect(existsSync(another)).toBe(false);
    expect(await openMasterKey(store, file)).toEqual(makeMasterKey(file));
  } finally {
    await store.close();
  }
});

it('discards what the key sealed, and revokes every agent', async () => {
  const link = test.store.query(linkSchema);
  await test.token();
  await sql`insert into link.agent (id, name, host, instance, version, state, joined_at, join_token, fingerprint, not_after)
    select gen_random_uuid(), 'pier-' || n, 'pier-' || n, 'default', '1', state, now(), 'x', n::text, now()
    from (values (1, 'live'), (2, 'silent'), (3, 'replaced')) as agent (n, state)`.execute(link);
  expect(await countSealed(test.store)).toEqual({ agents: 2, joinTokens: 1, signingKeys: 0 });
  await test.store.transaction(discardSealed);
  expect(await countSealed(test.store)).toEqual({ agents: 0, joinTokens: 0, signingKeys: 0 });
  const states = await link.selectFrom('agent').select(['name', 'state']).orderBy('name').execute();
  expect(states.map(({ state }) => state)).toEqual(['revoked', 'revoked', 'replaced']);
  const { rows } = await sql<{ host: string }>`select payload->>'host' as host from store.unclaimed_fact
    where fact = 'agent-changed' order by host`.execute(link);
  expect(rows).toEqual([{ host: 'pier-1' }, { host: 'pier-2' }]);
  expect(await link.selectFrom('authority').selectAll().execute()).toEqual([]);
  const made = makeMasterKey(join(folder, 'new.key'));
  expect(await openMasterKey(test.store, join(folder, 'new.key'))).toEqual(made);
});

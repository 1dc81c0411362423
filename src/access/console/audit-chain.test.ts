import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Store } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import type { AuditHead } from '../contract.ts';
import { audit, theConsole } from './audit.ts';
import { beginning, hashOfEntry } from './audit-hash.ts';
import { readAuditHead } from './audit-heads.ts';
import { auditKeysReset, holdsKeyedEntries } from './audit-keys.ts';
import { accessSchema } from './schema.ts';
import { openTestAccess, type TestAccess } from './testing.ts';

let test: TestAccess;
let anchor: Store;

// Holds the server, which ends with the last store on it.
beforeAll(async () => {
  anchor = await createTestStore([]);
});
afterAll(() => anchor.close());
beforeEach(async () => {
  test = await openTestAccess();
});
afterEach(() => test.close());

const append = async (...actions: readonly string[]): Promise<void> => {
  for (const action of actions)
    await test.store.transaction((transaction) => audit(transaction, { ...theConsole, action }));
};
/** What somebody with the database's password does; triggers do not stop him. */
const tamper = async (...statements: readonly string[]): Promise<void> => {
  const access = test.store.query(accessSchema);
  await sql`alter table access.audit disable trigger user`.execute(access);
  for (const statement of statements) await sql.raw(statement).execute(access);
  await sql`alter table access.audit enable trigger user`.execute(access);
};
const hold = async (agent = 'pier-1'): Promise<AuditHead> => {
  const head = await readAuditHead(test.store);
  if (head === undefined) throw new Error('There is no head.');
  test.held.push({ ...head, agent });
  return head;
};
const verified = () => test.access.verifyAudit();

/** Entries as somebody writes them who has no key: their hashes follow from one another. */
async function writeUnkeyed(count: number): Promise<void> {
  let previous = beginning.hash;
  for (let sequence = 1; sequence <= count; sequence++) {
    const at = new Date(Date.UTC(2026, 10, 1, 0, sequence));
    const { actor } = theConsole;
    const hash = hashOfEntry({ sequence, at: at.toISOString(), actor, action: `old-${sequence}` }, previous);
    const row = { sequence, at, actor: JSON.stringify(actor), action: `old-${sequence}`, hash };
    await test.store
      .query(accessSchema)
      .insertInto('audit')
      .values({ ...row, target: null, detail: null, address: null, keyed_by: null })
      .execute();
    previous = hash;
  }
}

/** As the migration leaves a trail from before keys. */
async function upgraded(count: number): Promise<void> {
  await tamper('delete from access.audit');
  await writeUnkeyed(count);
  await tamper('insert into access.audit_unsealed (since) values (now())');
}

describe('a trail by its key alone', () => {
  it('is no trail once it was written anew without the key', async () => {
    await append('one', 'two');
    await tamper('delete from access.audit');
    await writeUnkeyed(2);
    const reason = expect.stringContaining('is not keyed by the key of this console, and nothing vouches for it');
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 1, reason });
    await append('after');
    expect(await verified()).toMatchObject({
      state: 'broken',
      sequence: 3,
      reason: expect.stringContaining('No entry'),
    });
  });

  it('takes no entry without a key after one with it', async () => {
    await append('one', 'two');
    await tamper(`update access.audit set keyed_by = null where sequence = 2`);
    const reason = expect.stringMatching(/^entry 2 of .* is not keyed by the key of this console\.$/);
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 2, reason });
    await tamper(`update access.audit set keyed_by = 'another' where sequence = 2`);
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 2, reason });
  });

  it('is not taken for one when all of it is gone', async () => {
    await append('one');
    await tamper('delete from access.audit');
    expect(await verified()).toMatchObject({ state: 'broken', reason: 'The trail holds no entry.' });
  });

  it('was not pruned where no entry tells of it', async () => {
    await append('one', 'two', 'three');
    await tamper(
      'insert into access.audit_checkpoint (sequence, hash) select sequence, hash from access.audit where sequence = 2',
      'delete from access.audit where sequence <= 2',
    );
    const reason = 'The trail begins after entry 2, but no entry tells that those before were pruned.';
    expect(await verified()).toMatchObject({ state: 'broken', reason });
  });
});

describe('a trail from before it was keyed', () => {
  it('is sealed by one entry, once', async () => {
    await upgraded(3);
    await append('first', 'second');
    const found = await verified();
    expect(found).toMatchObject({
      state: 'intact',
      entries: 6,
      starts: [{ kind: 'audit-sealed', sequence: 4, through: 3 }],
    });
    const actions = await test.store
      .query(accessSchema)
      .selectFrom('audit')
      .select('action')
      .orderBy('sequence')
      .execute();
    expect(actions.map(({ action }) => action)).toEqual(['old-1', 'old-2', 'old-3', 'audit-sealed', 'first', 'second']);
  });

  it.each([
    ['an old entry', `update access.audit set action = 'old-9' where sequence = 2`, 2],
    ['the first', 'delete from access.audit where sequence = 1', 1],
    ['the seal', `update access.audit set detail = '{"through": 3, "head": ""}' where sequence = 4`, 4],
  ])('is broken where %s was changed', async (_, statement, sequence) => {
    await upgraded(3);
    await append('first');
    await tamper(statement);
    expect(await verified()).toMatchObject({ state: 'broken', sequence });
  });

  it('is broken where the old entries were written anew after the seal', async () => {
    await upgraded(3);
    await append('first');
    await tamper('delete from access.audit where sequence <= 3');
    await writeUnkeyed(3);
    expect(await verified()).toMatchObject({ state: 'intact' });
    await tamper('delete from access.audit where sequence <= 3');
    await writeUnkeyed(2);
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 3 });
  });
});

describe('a trail that agents hold heads of', () => {
  it('is the same for all of them', async () => {
    await append('one', 'two');
    await hold('pier-1');
    await append('three');
    await hold('pier-2');
    await append('four');
    expect(await verified()).toMatchObject({ state: 'intact', entries: 4, agents: 2 });
  });

  it('shows that its tail was cut, or an older copy was restored', async () => {
    await append('one', 'two', 'three');
    const { at, hash } = await hold();
    await tamper('delete from access.audit where sequence > 1');
    const reason = expect.stringMatching(
      new RegExp(
        `^The trail ends with entry 1 of .*entry 3 of ${at}, which agent pier-1 holds as ${hash}, is missing.*older copy`,
      ),
    );
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 3, reason });
  });

  it('shows that it went on from an older copy', async () => {
    await append('one', 'two', 'three');
    const { hash } = await hold();
    await tamper('delete from access.audit where sequence > 1');
    await append('other', 'entries', 'now');
    const reason = expect.stringContaining(`entry 3 of`);
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 3, reason });
    expect(await verified()).toMatchObject({ reason: expect.stringContaining(`pier-1 holds as ${hash}, differs`) });
  });

  it('shows that it was written anew by who has the key', async () => {
    await append('one');
    await hold('pier-2');
    await append('two', 'three');
    await hold();
    await tamper('delete from access.audit');
    await append('a', 'b', 'c', 'd');
    const reason = expect.stringContaining('entry 1 of');
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 1, reason });
    expect(await verified()).toMatchObject({ reason: expect.stringContaining('agent pier-2') });
  });

  it('is not doubted for what an agent makes up', async () => {
    await append('one', 'two');
    const head = await hold();
    test.held.length = 0;
    test.held.push({ ...head, agent: 'liar', sequence: 9 }, { ...head, agent: 'liar', hash: '0'.repeat(64) });
    test.held.push({ ...head, agent: 'liar', at: '2020-01-01T00:00:00.000Z' }, { ...head, agent: 'liar', proof: 'x' });
    expect(await verified()).toMatchObject({ state: 'intact', agents: 0 });
  });

  it('gives no head out before the first entry by its key', async () => {
    expect(await readAuditHead(test.store)).toBeUndefined();
    await writeUnkeyed(2);
    expect(await readAuditHead(test.store)).toBeUndefined();
  });
});

describe('a trail that goes on from an older copy of the data', () => {
  const accept = (): Promise<object> => test.access.acceptRestore('disk lost');
  /** Entries 1 to 3 told to agents, then back to entry 1. */
  async function restored(): Promise<void> {
    await append('one', 'two');
    await hold('pier-2');
    await append('three');
    await hold();
    await tamper('delete from access.audit where sequence > 1');
  }

  it('is intact again but for a gap that an entry acknowledges and verification shows', async () => {
    await restored();
    await append('after');
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 2 });
    expect(await accept()).toEqual({ after: 1, through: 3 });
    const restores = [{ sequence: 3, at: expect.any(String), after: 1, through: 3 }];
    expect(await verified()).toMatchObject({ state: 'intact', entries: 3, restores, agents: 2 });
    await append('later');
    await hold('pier-3');
    expect(await verified()).toMatchObject({ state: 'intact', restores, agents: 3 });
    const { detail } = await test.store
      .query(accessSchema)
      .selectFrom('audit')
      .select('detail')
      .where('action', '=', 'restore-accepted')
      .executeTakeFirstOrThrow();
    expect(detail).toMatchObject({ reason: 'disk lost', agents: ['pier-2', 'pier-1'] });
  });

  it('still shows what is cut or written anew after that', async () => {
    await restored();
    await accept();
    await append('three', 'four');
    await hold('pier-3');
    await tamper('delete from access.audit where sequence > 3');
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 4 });
    await append('other');
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 4 });
    await tamper('delete from access.audit where sequence > 1');
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 2 });
  });

  it('still shows more that was lost than was known when it was acknowledged', async () => {
    await restored();
    const newest = test.held.pop();
    await accept();
    expect(await verified()).toMatchObject({ state: 'intact', restores: [{ after: 1, through: 2 }] });
    if (newest !== undefined) test.held.push(newest);
    expect(await verified()).toMatchObject({ state: 'differs', sequence: 3 });
  });

  it('is acknowledged by no entry without the key, and never where a chain is broken or nothing is missing', async () => {
    await append('one');
    await expect(accept()).rejects.toMatchObject({ code: 'conflict' });
    await append('two', 'three');
    await hold();
    await tamper('delete from access.audit where sequence > 2');
    await tamper(
      `update access.audit set action = 'restore-accepted', detail = '{"after": 1, "through": 3}' where sequence = 2`,
    );
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 2 });
    await expect(accept()).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('entry 2') });
  });
});

describe('a trail whose key was discarded', () => {
  /** Entries whose key nobody has any more. */
  async function discarded(): Promise<void> {
    await append('one', 'two', 'three');
    await tamper(`update access.audit set keyed_by = 'gone', hash = repeat(sequence::text, 64)`);
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 1 });
    await test.store.transaction((transaction) => auditKeysReset(transaction, theConsole, { agents: 2 }));
    await append('four');
  }

  it('begins anew, and says so', async () => {
    await discarded();
    const starts = [{ kind: 'keys-reset', sequence: 4, through: 3 }];
    expect(await verified()).toMatchObject({ state: 'intact', entries: 5, starts });
    expect(await holdsKeyedEntries(test.store)).toBe(true);
  });

  it.each([
    ['an action', `update access.audit set action = 'never' where sequence = 2`, 4],
    ['a hash', `update access.audit set hash = repeat('9', 64) where sequence = 2`, 4],
    ['the last hash', `update access.audit set hash = repeat('9', 64) where sequence = 3`, 4],
    ['an entry taken out', 'delete from access.audit where sequence = 2', 2],
    ['the tail taken out', 'delete from access.audit where sequence = 3', 3],
  ])('shows %s that changed since', async (_, statement, sequence) => {
    await discarded();
    await tamper(statement);
    expect(await verified()).toMatchObject({ state: 'broken', sequence });
  });

  it('is vouched for by no other entry, whatever its detail says', async () => {
    await writeUnkeyed(2);
    const rows = await test.store.query(accessSchema).selectFrom('audit').select('hash').orderBy('sequence').execute();
    const detail = { through: 2, head: rows[1]?.hash };
    await test.store.transaction((transaction) => audit(transaction, { ...theConsole, action: 'one', detail }));
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 3 });
  });

  it('is vouched for by no entry that somebody else wrote', async () => {
    await append('one');
    await tamper(`update access.audit set keyed_by = 'gone', action = 'keys-reset'`);
    await append('two');
    expect(await verified()).toMatchObject({ state: 'broken', sequence: 2 });
  });
});

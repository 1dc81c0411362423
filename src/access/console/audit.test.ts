import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createToken,
  getRetention,
  listAudit,
  listAuditActors,
  putRetention,
  revokeToken,
  setPassword,
  signIn,
  verifyAudit,
} from '../contract.ts';
import { audit, theConsole } from './audit.ts';
import { accessSchema } from './schema.ts';
import { type Caller, openTestAccess, type TestAccess } from './testing.ts';

const day = 24 * 60 * 60_000;

describe('the audit trail', () => {
  let test: TestAccess;
  let administrator: Caller;

  beforeAll(async () => {
    test = await openTestAccess();
    administrator = await test.signedIn();
  });
  afterAll(() => test.close());

  const actions = async (): Promise<readonly string[]> =>
    (await administrator(listAudit, { query: {} })).entries.map(({ action }) => action);
  const append = (action: string): Promise<void> =>
    test.store.transaction((transaction) => audit(transaction, { ...theConsole, action }));
  /** What somebody with the database's password does; triggers do not stop him. */
  const tamper = async (statement: string): Promise<void> => {
    const access = test.store.query(accessSchema);
    await sql`alter table access.audit disable trigger user`.execute(access);
    await sql.raw(statement).execute(access);
    await sql`alter table access.audit enable trigger user`.execute(access);
  };

  it('tells who did what, from where, and no secret', async () => {
    const made = await administrator(createToken, {
      body: { name: 'jenkins', role: 'ci', repositories: ['docker.io/shop/*'], days: 90 },
    });
    await administrator(setPassword, { body: { password: 'correct horse battery' } });
    await administrator(revokeToken, { params: { id: made.token.id } });
    const { entries, total } = await administrator(listAudit, { query: {} });
    expect(entries.map(({ action }) => action)).toEqual([
      'token-revoked',
      'password-set',
      'token-made',
      'signed-in',
      'sign-in-link-made',
    ]);
    expect(total).toBe(5);
    expect(entries[2]).toMatchObject({
      sequence: 3,
      actor: { kind: 'user', name: 'admin' },
      target: { kind: 'token', id: made.token.id, name: 'jenkins' },
      detail: { role: 'ci', repositories: ['docker.io/shop/*'], days: 90 },
      address: '127.0.0.1',
    });
    const text = JSON.stringify(entries);
    expect(text).not.toContain(made.secret);
    expect(text).not.toContain('correct horse');
  });

  it('is searched and read page by page', async () => {
    expect((await administrator(listAudit, { query: { search: 'JENKINS made' } })).entries).toMatchObject([
      { action: 'token-made' },
    ]);
    expect(await administrator(listAudit, { query: { search: '100%_' } })).toEqual({ entries: [], total: 0 });
    const { entries } = await administrator(listAudit, { query: { search: 'token-made' } });
    expect((await administrator(listAudit, { query: { search: entries[0]?.hash ?? '' } })).entries).toEqual(entries);
    const page = await administrator(listAudit, { query: { before: 3, limit: 1 } });
    expect(page).toMatchObject({ entries: [{ sequence: 2 }], total: 5 });
  });

  it('is narrowed to a person and to days', async () => {
    const all = (await administrator(listAudit, { query: {} })).entries;
    const [newest, middle] = [all[0]?.at ?? '', all[2]?.at ?? ''];
    const numbers = async (query: { actor?: string; since?: string; until?: string }) =>
      (await administrator(listAudit, { query })).entries.map(({ sequence }) => sequence);
    expect(await numbers({ actor: 'admin' })).toEqual(
      all.filter(({ actor }) => actor.name === 'admin').map(({ sequence }) => sequence),
    );
    expect(await numbers({ actor: 'adm' })).toEqual([]);
    expect(await numbers({ since: middle })).toEqual(all.filter(({ at }) => at >= middle).map((one) => one.sequence));
    expect(await numbers({ since: middle, until: newest })).toEqual(
      all.filter(({ at }) => at >= middle && at < newest).map((one) => one.sequence),
    );
    const { actors } = await administrator(listAuditActors);
    expect(actors.map(({ name, kind }) => `${name} ${kind}`).toSorted()).toEqual(['admin user', 'console system']);
    expect(actors.reduce((sum, { entries }) => sum + entries, 0)).toBe(all.length);
  });

  it('holds a transaction that fails not at all', async () => {
    const failing = test.store.transaction(async (transaction) => {
      await audit(transaction, { ...theConsole, action: 'never-happened' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await actions()).not.toContain('never-happened');
  });

  it('keeps one chain when many write at once, whatever the texts hold', async () => {
    const strange = ['half a pair \ud83d', 'nul \0', 'line\nbreak', '\u2028', '"quoted" \\', 'ﬁ é é'];
    await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        test.store.transaction((transaction) =>
          audit(transaction, {
            ...theConsole,
            action: `strange-${index}`,
            target: { kind: 'test', id: strange[index % strange.length] ?? '' },
            detail: {
              number: index / 3,
              large: 1e30,
              small: 5e-324,
              nested: { b: [null], a: strange },
              gone: undefined,
            },
          }),
        ),
      ),
    );
    const { entries } = await administrator(listAudit, { query: {} });
    expect(entries.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
    const head = entries[0]?.hash;
    expect(await administrator(verifyAudit)).toEqual({
      state: 'intact',
      entries: 45,
      head,
      starts: [],
      restores: [],
      agents: 0,
    });
  });

  it('refuses changes, deletions and emptying', async () => {
    const access = test.store.query(accessSchema);
    for (const statement of [
      sql`update access.audit set action = 'nothing'`,
      sql`delete from access.audit where sequence = 2`,
      sql`truncate access.audit`,
    ])
      await expect(statement.execute(access)).rejects.toThrow('append-only');
  });

  it.each([
    ['an action', `update access.audit set action = 'token-seen' where sequence = 3`, 3, 'token-seen'],
    ['a detail', `update access.audit set detail = detail || '{"days": 3650}' where sequence = 3`, 3, 'token-made'],
    ['a time', `update access.audit set at = at - interval '1 ms' where sequence = 4`, 4, 'password-set'],
    ['an address', `update access.audit set address = null where sequence = 3`, 3, 'token-made'],
    ['an actor', `update access.audit set actor = actor || '{"name": "eve"}' where sequence = 5`, 5, 'token-revoked'],
    ['a hash', `update access.audit set hash = repeat('0', 64) where sequence = 3`, 3, 'token-made'],
    ['a deletion', `delete from access.audit where sequence = 3`, 3, 'Entry 3 is missing; the next is entry 4'],
    [
      'a forged checkpoint',
      `insert into access.audit_checkpoint (sequence, hash) select sequence, hash from access.audit where sequence = 4`,
      1,
      'The trail was pruned up to 4, but entry 1',
    ],
  ])('names the first entry after %s', async (...[, statement, sequence, named]) => {
    const access = test.store.query(accessSchema);
    const before = await access.selectFrom('audit').selectAll().where('sequence', 'in', [3, 4, 5]).execute();
    await tamper(statement);
    const found = await test.access.verifyAudit();
    await sql`delete from access.audit_checkpoint`.execute(access);
    await tamper('delete from access.audit where sequence in (3, 4, 5)');
    const rows = before.map(({ actor, target, detail, ...row }) => ({
      ...row,
      actor: JSON.stringify(actor),
      target: target && JSON.stringify(target),
      detail: detail && JSON.stringify(detail),
    }));
    await access.insertInto('audit').values(rows).execute();
    expect(found).toMatchObject({ state: 'broken', entries: sequence - 1, sequence });
    expect('reason' in found && found.reason).toContain(named);
    expect(await test.access.verifyAudit()).toMatchObject({ state: 'intact' });
  });

  it('tells of failed sign-ins, and of a flood only now and then', async () => {
    const wrong = async (password: string, name: string) =>
      await administrator(signIn, { body: { by: 'password', name, password } }).catch(() => undefined);
    await wrong('correct horse batterz', 'admin');
    await wrong('whatever', 'my password by mistake');
    const { entries } = await administrator(listAudit, { query: { search: 'sign-in-failed' } });
    expect(entries).toMatchObject([
      { detail: { by: 'password', failures: 2 }, address: '127.0.0.1' },
      { detail: { by: 'password', failures: 1 }, target: { kind: 'user', name: 'admin' } },
    ]);
    expect(JSON.stringify(entries)).not.toContain('by mistake');
    await test.store
      .query(accessSchema)
      .updateTable('sign_in_delay')
      .set({ level: 200 })
      .where('source', 'like', 'all:%')
      .execute();
    await wrong('again', 'admin');
    expect((await administrator(listAudit, { query: { search: 'sign-in-failed' } })).total).toBe(2);
  });

  it('forgets what is older than the retention says, and goes on as one chain', async () => {
    expect(await administrator(getRetention)).toMatchObject({ auditDays: 730 });
    const days = { ...(await administrator(getRetention)), auditDays: 30 };
    await administrator(putRetention, { body: days });
    expect(await administrator(getRetention)).toEqual(days);
    const { entries: newest } = await administrator(listAudit, { query: { limit: 1 } });
    expect(newest).toMatchObject([{ action: 'retention-set', detail: { before: { auditDays: 730 }, after: days } }]);
    await test.access.prune();
    expect(await actions()).toContain('token-made');
    test.turn(31 * day);
    await test.access.prune();
    administrator = await test.signedIn();
    const last = newest[0]?.sequence ?? 0;
    expect((await administrator(listAudit, { query: {} })).entries).toMatchObject([
      { sequence: last + 3, action: 'signed-in' },
      { sequence: last + 2, action: 'sign-in-link-made' },
      { sequence: last + 1, action: 'audit-pruned', detail: { through: last, days: 30 } },
    ]);
    expect(await test.access.verifyAudit()).toMatchObject({ state: 'intact', entries: 3 });
    await append('later');
    await tamper(`update access.audit set action = 'audit-kept' where sequence = ${last + 1}`);
    expect(await test.access.verifyAudit()).toMatchObject({ state: 'broken', entries: 0, sequence: last + 1 });
  });
});

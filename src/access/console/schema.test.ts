import { type Kysely, sql } from 'kysely';
import { expect, it } from 'vitest';
import type { DomainSchema } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { accessSchema } from './schema.ts';

it('gives users and tokens of before their roles; what a token could speak for, it still may', async () => {
  const [[first, initial] = [], ...later] = Object.entries(accessSchema.migrations);
  if (first === undefined || initial === undefined) throw new Error('There is no first migration.');
  const before: DomainSchema<unknown> = { name: 'access', migrations: { [first]: initial } };
  const store = await createTestStore([before]);
  try {
    const { rows } = await store.transaction(async (transaction) => {
      const access = transaction.query(before) as Kysely<unknown>;
      await sql`set local search_path to access`.execute(access);
      await sql`insert into "user" (name, created_at) values ('admin', now())`.execute(access);
      await sql`insert into token (secret_hash, name, scope, created_at)
        values ('\\x01', 'build', 'publish', now()), ('\\x02', 'board', 'read', now())`.execute(access);
      for (const [, migration] of later) await migration.up(access);
      return await sql`select name, role, repositories, collections from token
        union all select name, role, null, collections from "user" order by name`.execute(access);
    });
    expect(rows).toEqual([
      { name: 'admin', role: 'administrator', repositories: null, collections: null },
      { name: 'board', role: 'developer', repositories: null, collections: null },
      { name: 'build', role: 'ci', repositories: ['*'], collections: null },
    ]);
  } finally {
    await store.close();
  }
});

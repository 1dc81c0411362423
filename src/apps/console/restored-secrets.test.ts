import { sql } from 'kysely';
import { afterAll, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { createTestStore } from '#store/testing.ts';
import { consoleSchemas } from './compose.ts';

const store = await createTestStore(consoleSchemas);
afterAll(() => store.close());

/** What becomes of what signs somebody in, when an older copy is restored: what was revoked since is in it again. */
const afterRestore: Readonly<Record<string, string>> = {
  'access.provider_session.sealed_grant': 'goes with its session',
  'access.session.secret_hash': 'is removed',
  'access.sign_in_link.secret_hash': 'is removed',
  'access.token.secret_hash': 'is held until a person confirms it',
  'access.user.password': 'stays: who changed it since changes it again',
  'compliance.log_key.sealed_key': 'signs nobody in',
  'link.agent.join_token': 'is a name',
  'link.authority.sealed_key': 'signs nobody in',
  'link.join_token.secret_hash': 'is held until a person confirms it',
  'link.refused_join.token': 'is a name',
  'link.signing_key.sealed_key': 'signs nobody in',
  'provenance.registry.sealed_password': 'is of a registry',
  'provenance.registry.token_server': 'is a name',
};

test('of each secret in the store it is decided what becomes of it in a restored copy (docs/how-to/disaster-recovery.md)', async () => {
  const { rows } = await sql<{ name: string }>`
    select table_schema || '.' || table_name || '.' || column_name as name from information_schema.columns
    where table_schema not in ('pg_catalog', 'information_schema') and column_name ~ 'secret|password|sealed|token|private'
    order by 1`.execute(store.query(accessSchema));
  expect(rows.map(({ name }) => name)).toEqual(Object.keys(afterRestore));
});

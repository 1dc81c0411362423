import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accessSchema } from '#access/console/index.ts';
import { silentLog } from '#base/index.ts';
import { openStore } from '#store/index.ts';
import { environmentOf, makeStateFolder, newToken, type RealConsole, startConsole } from './real-console.ts';
import { runSeawall } from './seawall.ts';

const state = makeStateFolder();
let seawall: RealConsole;
let auditor: string;
let build: string;

beforeAll(async () => {
  seawall = await startConsole({ state: state.folder });
  auditor = await newToken(state.folder, 'auditor', 'auditor');
  build = await newToken(state.folder, 'build', 'ci');
});
afterAll(async () => {
  await seawall?.end('SIGTERM');
  state.remove();
});

const verify = (...words: string[]) =>
  runSeawall(['audit', 'verify', ...words], { env: environmentOf(state.folder) as Record<string, string> });
const there = (token: string) => verify('--console', seawall.origin, '--token', token);

/** As somebody does who has the database's password. */
async function tamper(statement: string): Promise<void> {
  const place = { kind: 'running', folder: state.folder } as const;
  const store = await openStore({ place, schemas: [accessSchema], log: silentLog });
  const access = store.query(accessSchema);
  await sql`alter table access.audit disable trigger user`.execute(access);
  await sql.raw(statement).execute(access);
  await sql`alter table access.audit enable trigger user`.execute(access);
  await store.close();
}

describe('the audit trail is verified from the command line', () => {
  test('intact, in the store of this machine and over the network', async () => {
    for (const run of [await verify(), await there(auditor)]) {
      expect(run).toMatchObject({ code: 0 });
      expect(run.stdout).toMatch(/^intact: \d+ entries, the last hash is [0-9a-f]{64}\n$/);
    }
  });

  test('not by who may not read it, nor where there is no console', async () => {
    for (const run of [await there(build), await verify('--console', 'http://127.0.0.1:1', '--token', auditor)])
      expect(run).toMatchObject({ code: 2, stdout: '' });
    expect((await there(build)).stderr).toContain('[not-allowed]');
  });

  test('broken, naming the altered entry', async () => {
    const of = `action = 'token-made' and target->>'name' = 'auditor'`;
    await tamper(`update access.audit set detail = detail || '{"role": "developer"}' where ${of}`);
    for (const run of [await verify(), await there(auditor)]) {
      expect(run.code).toBe(1);
      const sequence = /^broken at entry (\d+), after \d+ sound ones\n$/.exec(run.stdout)?.[1];
      expect(run.lastLine).toMatch(
        /^seawall: The hash of entry \d+ of \d{4}-\d\d-\d\dT\S+Z, "token-made" does not follow/,
      );
      expect(run.lastLine).toContain(` entry ${sequence} of `);
    }
  });
});

import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { silentLog } from '#base/index.ts';
import { createServer, route, type Server } from '#http/console/index.ts';
import { endpoint } from '#http/index.ts';
import { type DomainSchema, fact, type Queries, type Store, when } from './store.ts';
import { createTestStore } from './testing.ts';

const tasks = ['ask', 'sleep', 'lock', 'idle', 'end'] as const;
const ask = endpoint({
  method: 'POST',
  path: '/api/v1/patience/:task',
  summary: 'Ask',
  needs: 'public',
  params: z.object({ task: z.enum(tasks) }),
  reply: z.object({ settings: z.array(z.string()) }),
});
const schema: DomainSchema<object> = {
  name: 'patience',
  migrations: {
    '1': {
      up: async (db) => {
        await sql`create table slow as select string_agg(setting, ' ' order by name) as seen from pg_settings
          where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout')`.execute(db);
      },
    },
  },
};
const happened = fact<object>('happened');

async function settingsOf(queries: Queries): Promise<readonly string[]> {
  const { rows } = await sql<{ readonly setting: string }>`select setting from pg_settings
    where name in ('statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout') order by name`.execute(
    queries.query(schema),
  );
  return rows.map(({ setting }) => setting);
}

describe('how long the store waits', () => {
  let store: Store;
  let server: Server;
  const inJob = Promise.withResolvers<readonly string[]>();

  beforeAll(async () => {
    store = await createTestStore([schema]);
    await store.start([when(happened, 'patience.note', async () => inJob.resolve(await settingsOf(store)))]);
    server = await createServer({
      routes: [
        route(ask, async ({ params }) => {
          if (params.task === 'ask') return { settings: [...(await settingsOf(store))] };
          return await store.transaction(async (transaction) => {
            const database = transaction.query(schema);
            switch (params.task) {
              case 'sleep':
                await sql`set local statement_timeout = 20`.execute(database);
                await sql`select pg_sleep(20)`.execute(database);
                break;
              case 'lock':
                await sql`set local lock_timeout = 20`.execute(database);
                await transaction.lock('held');
                break;
              case 'idle':
                await sql`set local idle_in_transaction_session_timeout = 20`.execute(database);
                await new Promise((resolve) => setTimeout(resolve, 300));
                await sql`select 1`.execute(database);
                break;
              default:
                await sql`select pg_terminate_backend(pg_backend_pid())`.execute(database);
            }
            return { settings: [] };
          });
        }),
      ],
      authenticate: async () => undefined,
      hostNames: [],
      log: silentLog,
    });
  });
  afterAll(async () => {
    await server.close();
    await store.close();
  });

  const answer = async (task: (typeof tasks)[number]) => {
    const reply = await server.inject({ method: 'POST', url: ask.path.replace(':task', task) });
    const body = JSON.parse(reply.body);
    return { status: reply.statusCode, code: body.error?.code, retry: reply.headers['retry-after'], body };
  };

  it('is bounded everywhere: least for a request, more for a job, not at all for a migration', async () => {
    expect((await answer('ask')).body.settings).toEqual(['30000', '5000', '10000']);
    await store.transaction((transaction) => transaction.announce(happened, {}));
    expect(await inJob.promise).toEqual(['600000', '120000', '300000']);
    expect(await settingsOf(store)).toEqual(['600000', '120000', '300000']);
    const { rows } = await sql<{ readonly seen: string }>`select seen from patience.slow`.execute(store.query(schema));
    expect(rows).toEqual([{ seen: '0 0 0' }]);
    const boss = await sql<{ readonly count: number }>`select count(*) from pg_stat_activity
      where application_name = 'seawall-jobs'`.execute(store.query(schema));
    expect(Number(boss.rows[0]?.count)).toBeGreaterThan(0);
  });

  it.each(['sleep', 'idle'] as const)('tells a request that took longer to come again (%s)', async (task) => {
    expect(await answer(task)).toMatchObject({ status: 503, retry: '5' });
  });

  it('tells a request that waits for a lock to come again', async () => {
    await store.transaction(async (transaction) => {
      await transaction.lock('held');
      expect(await answer('lock')).toMatchObject({ status: 503, code: 'store-busy', retry: '5' });
    });
  });

  it('tells a request whose session PostgreSQL ended to come again, and serves the next', async () => {
    expect(await answer('end')).toMatchObject({ status: 503, retry: '5' });
    expect((await answer('ask')).status).toBe(200);
  });
});

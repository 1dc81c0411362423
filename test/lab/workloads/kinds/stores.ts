import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import pg from 'pg';
import { expectThat } from '../../lab.ts';
import { letIn, type Workload } from '../workload.ts';

const run = promisify(execFile);

/** redis with an append-only file and snapshots. The intruder brings a module. */
export const redis: Workload = {
  name: 'redis',
  ground: 'light',
  serve: ({ port }) => {
    const ask = async (...words: readonly string[]): Promise<string> =>
      (await run('redis-cli', ['-p', String(port), ...words])).stdout.trim();
    return {
      traffic: async () => {
        expectThat((await ask('incr', 'visits')) !== '', 'redis does not count');
        expectThat((await ask('ping')) === 'PONG', 'redis does not answer');
      },
      rare: {
        'a snapshot': async () => void (await ask('bgsave')),
        'the append-only file rewritten': async () => void (await ask('bgrewriteaof')),
      },
      intrude: () => ask('module', 'load', '/mark/preload.so').catch((error: Error) => error.message),
    };
  },
};

/** PostgreSQL that archives each segment by a command. */
export const postgres: Workload = {
  name: 'postgres',
  ground: 'heavy',
  serve: ({ port, inside, id, pier }) => {
    const ask = async (text: string): Promise<pg.QueryResult> => {
      const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
      await client.connect();
      try {
        return await client.query(text);
      } finally {
        await client.end();
      }
    };
    const archived = async (): Promise<number> =>
      Number((await ask('select archived_count from pg_stat_archiver')).rows[0]?.archived_count);
    const segment = async (): Promise<void> => {
      await ask('insert into visits default values');
      await ask('select pg_switch_wal()');
    };
    return {
      traffic: async () => {
        await ask('create table if not exists visits (at timestamptz default now())');
        await segment();
        expectThat((await ask('select count(*) from visits')).rows.length === 1, 'no answer');
      },
      rare: {
        'three new segments': async () => {
          const before = await archived();
          for (let at = 0; at < 3; at++) {
            await segment();
            await new Promise((resolve) => setTimeout(resolve, 1500));
          }
          const after = await archived();
          expectThat(after >= before + 3, `${after - before} of 3 segments were archived`);
        },
        'settings read again': async () => void (await pier.docker('kill', '-s', 'HUP', id)),
        vacuum: async () => void (await ask('vacuum full visits')),
        'log rotation': async () => void (await ask('select pg_rotate_logfile()')),
        'a look around': async () => void (await inside('ls', '/var/lib/postgresql/archive')),
      },
      intrude: async () => {
        await ask('create table if not exists words (word text)');
        return await ask(`copy words from program '${letIn}'`).then(
          () => 'it ran',
          (error: Error) => error.message,
        );
      },
    };
  },
};

import { accessSchema } from '#access/console/index.ts';
import { createJoinToken } from '#link/contract.ts';
import { silentLog } from '#base/index.ts';
import { openStore } from '#store/index.ts';
import { sql } from 'kysely';
import { environmentOf } from '../../journeys/real-console.ts';
import { runSeawall } from '../../journeys/seawall.ts';
import { copyData } from '../data-copy.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Harbour } from './harbour.ts';

/** What somebody with the database can do to the audit trail, and what names it. The last cases of the lab. */
export const trailCases: readonly LabCase<Harbour>[] = [
  {
    id: 'K1',
    title: 'a trail whose newest entries were deleted is named by the head that agents hold',
    protectedBy: 'the deletion itself',
    run: (harbour) =>
      altered(harbour, `delete from access.audit where sequence > (select max(sequence) - 3 from access.audit)`),
  },
  {
    id: 'K2',
    title: 'a trail whose middle was written anew is named at the first entry that does not follow',
    protectedBy: 'the change itself',
    run: (harbour) =>
      altered(
        harbour,
        `update access.audit set action = 'nothing-happened', hash = encode(sha256(action::bytea), 'hex')
          where sequence = (select max(sequence) / 2 from access.audit)`,
      ),
  },
  {
    id: 'K3',
    title: 'an older copy of the data, restored, is named by the head that agents hold, until somebody acknowledges it',
    protectedBy: 'the restoring itself',
    async run(harbour) {
      const { armed, console, restartConsole, state } = harbour;
      await console().end('SIGTERM');
      const restore = copyData(state);
      await restartConsole();
      // Agents that lost the console try again after at most half a minute.
      await new Promise((resolve) => setTimeout(resolve, 30_000));
      await fillTrail(harbour);
      await console().end('SIGTERM');
      if (armed) restore();
      await restartConsole();
      const named = await namedBy(harbour);
      return `${named}; ${await accepted(harbour)}`;
    },
  },
];

/** Changes the trail past the triggers that forbid it, while the console runs, and takes that back. */
async function altered(harbour: Harbour, statement: string): Promise<string> {
  const { armed, state } = harbour;
  await fillTrail(harbour);
  if (armed) await asOwner(state, ['create table public.kept as select * from access.audit', statement]);
  try {
    return await namedBy(harbour);
  } finally {
    if (armed)
      await asOwner(state, [
        'delete from access.audit',
        'insert into access.audit select * from public.kept',
        'drop table public.kept',
      ]);
  }
}

/** Some entries, and the time in which agents hear of the newest. */
async function fillTrail({ ask, state }: Harbour): Promise<void> {
  for (let at = 0; at < 4; at += 1)
    await ask(createJoinToken, { body: { name: `entry ${at}`, environments: ['dev'] } });
  await until('the newest head at an agent', async () => (await verified(state)).code === 0, { seconds: 60 });
  // An agent hears of it with its next heartbeat.
  await new Promise((resolve) => setTimeout(resolve, 12_000));
}

/** What `seawall audit verify` says once an agent has reported what it holds; it has to find the trail broken. */
async function namedBy({ state }: Harbour): Promise<string> {
  const found = await until(
    'a broken trail',
    async () => {
      const { code, stdout, stderr } = await verified(state);
      const said = `${stdout.trim()}; ${stderr.trim()}`;
      expectThat(code === 1, said);
      return said;
    },
    { seconds: 40, every: 1000 },
  );
  expectThat(/entry \d+/.test(found), `it names no entry: ${found}`);
  return found;
}

/** Acknowledges the restore as the administrator of the machine does; the gap is shown from then on. */
async function accepted({ state }: Harbour): Promise<string> {
  const env = environmentOf(state) as never;
  const answer = await runSeawall(['audit', 'accept-restore', '--reason', 'disk lost'], { env });
  expectThat(answer.code === 0, `accept-restore: ${answer.stderr}`);
  const { code, stdout, stderr } = await verified(state);
  const said = `${stdout.trim()} ${stderr.trim()}`;
  expectThat(code === 0 && said.includes('acknowledged gap'), `after accept-restore: ${said}`);
  return stdout.trim();
}

async function verified(state: string) {
  return await runSeawall(['audit', 'verify'], { env: environmentOf(state) as never });
}

async function asOwner(state: string, statements: readonly string[]): Promise<void> {
  const store = await openStore({ place: { kind: 'running', folder: state }, schemas: [], log: silentLog });
  try {
    const tables = store.query(accessSchema);
    await sql`alter table access.audit disable trigger user`.execute(tables);
    for (const statement of statements) await sql.raw(statement).execute(tables);
    await sql`alter table access.audit enable trigger user`.execute(tables);
  } finally {
    await store.close();
  }
}

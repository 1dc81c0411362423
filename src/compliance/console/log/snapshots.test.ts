import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerOf, userNamed } from '#http/console/testing.ts';
import { verifyEvidenceLog } from '../../contract.ts';
import { complianceSchema } from '../schema.ts';
import { openTestCompliance, type TestCompliance } from '../testing.ts';
import { statusId } from '../transitions.ts';
import { createEvidenceLog, type EvidenceLog } from './evidence-log.ts';
import { writeSnapshots } from './snapshots.ts';
import { readSubjectsAt } from './states-at.ts';

const hour = 60 * 60_000;
const begin = Date.parse('2026-09-28T00:00:00Z');

let world: TestCompliance;
let log: EvidenceLog;
beforeEach(async () => {
  world = await openTestCompliance();
  log = createEvidenceLog({
    store: world.store,
    clock: world.now,
    masterKey: () => Buffer.alloc(32, 'test'),
    heldHeads: async () => [],
  });
});
afterEach(() => world.close());

const database = () => world.store.query(complianceSchema);
const snapshots = async () =>
  await database().selectFrom('log_snapshot').select(['batch', 'position']).orderBy('batch').execute();
const verify = async () =>
  await answerOf(log.routes, {
    endpoint: verifyEvidenceLog,
    input: {},
    principal: userNamed('eve', ['read-audit']),
  });

/** How all stands for the subject of a row. */
const statesOf = (number: number) => ({ 'CTR-001': { state: 'fail', version: number + 1 } }) as const;

/** Row `number` of a history: what it says follows from the number alone, so that a failure can be repeated. */
function rowOf(number: number) {
  const chance = (of: number, salt: number): number => (((number + 1) * 2_654_435_761 + salt * 40_503) >>> 7) % of;
  const received = begin + number * hour;
  const change = number < 8 ? 'first' : (['changed', 'changed', 'changed', 'first', 'ended'] as const)[chance(5, 1)];
  return {
    source: chance(2, 2) === 0 ? 'checks' : 'answers',
    host: `host-${chance(3, 3)}`,
    id: `container-${chance(3, 4)}`,
    change,
    // Of one look only the last row says how all stands.
    status: change === 'ended' || (change === 'changed' && chance(3, 5) === 0) ? null : statusId(statesOf(number)),
    // Most is told at once, some much later.
    observed: new Date(received - (chance(4, 6) === 0 ? chance(200, 7) * hour : 0)),
    received: new Date(received),
  };
}

async function insertRows(from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) {
    const { source, host, id, change, status, observed, received } = rowOf(number);
    const states = JSON.stringify(statesOf(number));
    if (status !== null)
      await sql`insert into compliance.status (id, states) values (${status}, ${states}) on conflict do nothing`.execute(
        database(),
      );
    await sql`insert into compliance.transition
        (observed_at, received_at, source, host, kind, id, name, change, status, silent)
      values (${observed}, ${received}, ${source}, ${host}, 'container', ${id}, ${id}, ${change}, ${status}, false)`.execute(
      database(),
    );
  }
}

/** By the definition: of each subject the newest row that was so, and known, by then. */
function standing(rows: number, at: Date, known?: Date): readonly string[] {
  const newest = new Map<string, string | undefined>();
  for (let number = 0; number < rows; number++) {
    const { source, host, id, change, status, observed, received } = rowOf(number);
    if ((status === null && change === 'changed') || observed > at || (known !== undefined && received > known))
      continue;
    newest.set(`${source} ${host} ${id}`, change === 'ended' ? undefined : `${status}`);
  }
  return [...newest].flatMap(([subject, status]) => (status === undefined ? [] : [`${subject} ${status}`])).toSorted();
}

const read = async (at: Date, known?: Date, hosts?: readonly string[]): Promise<readonly string[]> => {
  const subjects = await readSubjectsAt(world.store, { at, known, hosts });
  return subjects
    .flatMap(({ host, id, checks, answers }) => [
      ...(checks === undefined ? [] : [`checks ${host} ${id} ${checks}`]),
      ...(answers === undefined ? [] : [`answers ${host} ${id} ${answers}`]),
    ])
    .toSorted();
};

/** Rows in batches of a few each, with a snapshot after each ten; the last rows are not sealed. */
async function history(rows: number): Promise<void> {
  await world.store.transaction(async () => await world.compliance.prune(new Date(begin)));
  for (let from = 0; from < rows; from += 4) {
    await insertRows(from, Math.min(from + 4, rows));
    if (from + 4 < rows) await log.sealNow();
    if (from % 12 === 0) await writeSnapshots(world.store, 10);
  }
}

describe('a state', () => {
  it('is the same from snapshots as from all rows, at every moment and by what was known until any other', async () => {
    const rows = 240;
    await history(rows);
    expect((await snapshots()).length).toBeGreaterThan(15);
    const moments = Array.from({ length: 40 }, (_, at) => new Date(begin + (at * 6.3 - 1) * hour));
    for (const at of moments) {
      expect(await read(at)).toEqual(standing(rows, at));
      for (const later of [-50, -3, 0, 20, 90]) {
        const known = new Date(at.getTime() + later * hour);
        expect(await read(at, known)).toEqual(standing(rows, at, known));
      }
    }
    const [last = new Date()] = moments.slice(-1);
    const ofHost = standing(rows, last).filter((one) => one.includes(' host-1 '));
    expect(await read(last, undefined, ['host-1'])).toEqual(ofHost);
    expect(await verify()).toMatchObject({ state: 'intact' });
  });

  it('is read from the newest snapshot alone and what follows it', async () => {
    await history(60);
    const [first] = await snapshots();
    await sql`update compliance.log_snapshot set positions = '{}', received = '{}'`.execute(database());
    const early = new Date(begin + 5 * hour);
    expect(first?.position).toBeGreaterThan(6);
    expect(await read(early)).toEqual(standing(60, early));
    const late = new Date(begin + 59 * hour);
    expect((await read(late)).length).toBeLessThan(standing(60, late).length);
  });
});

describe('snapshots', () => {
  it('are written once, however many consoles do it at the same time, and catch up with a history that has none', async () => {
    await history(100);
    const before = await snapshots();
    await sql`delete from compliance.log_snapshot`.execute(database());
    await Promise.all([1, 2, 3].map(async () => await writeSnapshots(world.store, 10)));
    expect((await snapshots()).map(({ position }) => position)).toEqual(before.map(({ position }) => position));
    expect(await verify()).toMatchObject({ state: 'intact' });
  });

  it('go with the rows that they name, except the newest', async () => {
    const rows = 240;
    await history(rows);
    const before = (await snapshots()).length;
    await world.compliance.prune(new Date('2029-10-15T00:00:00Z'));
    expect((await snapshots()).length).toBeLessThan(before);
    const kept = await database().selectFrom('transition').select('status').execute();
    expect(kept.length).toBeLessThan(rows);
    expect(await verify()).toMatchObject({ state: 'intact' });
    const at = new Date(begin + rows * hour);
    const known = new Set(kept.map(({ status }) => status));
    expect(await read(at)).toEqual(standing(rows, at).filter((one) => known.has(one.split(' ').at(-1) ?? '')));
    await world.compliance.prune(new Date('2030-10-15T00:00:00Z'));
    expect(await snapshots()).toHaveLength(1);
    expect(await verify()).toMatchObject({ state: 'intact', rows: 0 });
    await writeSnapshots(world.store, 10);
    expect(await snapshots()).toHaveLength(1);
  });

  it.each<[string, string]>([
    ['lacks its first row', 'positions = positions[2:], received = received[2:]'],
    ['lacks its last row', 'positions = trim_array(positions, 1), received = trim_array(received, 1)'],
    ['has a row that is not the newest', 'positions[1] = positions[1] - 1'],
    ['has a row twice', 'positions = positions || positions[1], received = received || received[1]'],
    ['names another month for a row', `received[1] = received[1] - interval '1 month'`],
    ['has no time for a row', 'received = received[:1]'],
    ['has a row that is of a later batch', 'positions = positions || 50::bigint, received = received || received[1]'],
    ['is older than its rows', `until = until - interval '1 hour'`],
    ['ends at another row', 'position = position + 1'],
    ['belongs to no batch', 'batch = 1000'],
  ])('are noticed when one %s', async (_, change) => {
    await history(60);
    const [, second] = await snapshots();
    await sql`update compliance.log_snapshot set ${sql.raw(change)} where batch = ${second?.batch}`.execute(database());
    expect(await verify()).toMatchObject({
      state: 'broken',
      reason: expect.stringMatching(
        /^The snapshot at the end of batch \d+ .* Delete all rows of compliance.log_snapshot/,
      ),
    });
    await sql`delete from compliance.log_snapshot`.execute(database());
    await writeSnapshots(world.store, 10);
    expect(await verify()).toMatchObject({ state: 'intact' });
  });
});

import { type Kysely, sql } from 'kysely';
import { expect, test } from 'vitest';
import type { DomainSchema } from '#store/index.ts';
import { createTestStore } from '#store/testing.ts';
import { numberPlaces } from './decision-places.ts';
import { readDecision } from './decisions.ts';
import { admissionSchema } from './schema.ts';
import { decision } from './testing.ts';

test('decisions of before keep their places, which get a number each', async () => {
  const { '0003-places': numbered, '0004-ledger-troubles': _, ...migrations } = admissionSchema.migrations;
  const before: DomainSchema<unknown> = { name: 'admission', migrations };
  const store = await createTestStore([before]);
  const place = { host: 'pier-1', images: ['hafen/brücke:1'], labels: { long: 'ß'.repeat(5000) } };
  const elsewhere = { host: 'pier-2', images: [], labels: {} };
  try {
    await store.transaction(async (transaction) => {
      const database = transaction.query(before) as Kysely<unknown>;
      for (const [id, there] of [
        ['one', place],
        ['two', place],
        ['three', elsewhere],
      ] as const) {
        await sql`insert into admission.decision
          (host, id, time, received_at, gate, answer, effect, search, place, decision)
          values (${there.host}, ${id}, now(), now(), 'sweep', 'deny', 'block', '', ${JSON.stringify(there)},
            ${JSON.stringify(decision(id, new Date()))})`.execute(database);
      }
      await numbered?.up(database);
      const { rows } = await sql`select place from admission.decision order by sequence`.execute(database);
      const numberOf = await numberPlaces(
        transaction,
        [place, elsewhere].map((one) => JSON.stringify(one)),
      );
      const [first, second] = [place, elsewhere].map((one) => numberOf(JSON.stringify(one)));
      expect(rows).toEqual([{ place: first }, { place: first }, { place: second }]);
      expect(await readDecision(transaction, 'pier-1', 'two')).toMatchObject({ decision: { id: 'two' }, place });
    });
  } finally {
    await store.close();
  }
});

import { type FactHandler, readFacts } from '#link/console/index.ts';
import { SensorFact } from '../contract.ts';
import { sensorChanged } from './facts.ts';
import { runtimeSchema } from './schema.ts';

/** Fact `sensor`: the newest replaces the older. */
export const reportSensor: FactHandler = async (transaction, { name: host }, facts) => {
  const newest = readFacts(facts, SensorFact).at(-1);
  if (newest === undefined) return;
  const fact = JSON.stringify(newest.body);
  const database = transaction.query(runtimeSchema);
  const known = await database
    .selectFrom('sensor')
    .select(['fact', 'since'])
    .where('host', '=', host)
    .executeTakeFirst();
  if (known !== undefined && JSON.stringify(known.fact) === fact) return;
  const since = known?.fact.state === newest.body.state ? known.since : newest.at;
  const row = { told_at: newest.at, since, fact };
  await database
    .insertInto('sensor')
    .values({ host, ...row })
    .onConflict((conflict) => conflict.column('host').doUpdateSet(row))
    .execute();
  await transaction.announce(sensorChanged, { host });
};

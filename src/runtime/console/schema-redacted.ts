import { isDeepStrictEqual } from 'node:util';
import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ImageDigest } from '#base/index.ts';
import { labelsWithoutSecrets, wordsWithoutSecrets } from '#secrets/index.ts';
import type { Detection, SeenProcess } from '../contract.ts';
import { modelIdIn, modelIdOf } from '../model-id.ts';

/**
 * Secrets in commands that models are known by, in places and in detections are redacted. A model goes on under the id that
 * its redacted command has, with all that was learned.
 */
export const redactedCommands: Migration = {
  async up(database) {
    await redactModels(database);
    for (const [table, key] of placed) await redactPlaces(database, table, key);
    await redactDetections(database);
  },
};

/** Tables with places, with the columns of their primary keys and what is below each. */
const placed: readonly (readonly [table: string, key: Readonly<Record<string, string>>])[] = [
  ['running', { host: '', container: '' }],
  ['incident', { id: '0' }],
  ['detection', { sequence: '0' }],
  ['concerned', { incident: '0', container: '' }],
];

/** Rows that are in memory at once. */
const atOnce = 500;

interface Model {
  readonly id: string;
  readonly environment: string;
  readonly digest: ImageDigest;
  readonly entrypoint: readonly string[];
}

/** A model that has the id already is a newer one, and stays; what the other learned went with its command. */
async function redactModels(database: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<Model>`select id, environment, digest, entrypoint from runtime.model`.execute(database);
  for (const { id, environment, digest, entrypoint } of rows) {
    const key = { digest, entrypoint: wordsWithoutSecrets(entrypoint).map((word) => word.slice(0, 4096)) };
    if (JSON.stringify(key.entrypoint) === JSON.stringify(entrypoint)) continue;
    const next = modelIdIn(key, environment === '' ? undefined : environment);
    await rename(database, id, { id: next, keyId: modelIdOf(key), entrypoint: JSON.stringify(key.entrypoint) });
  }
}

const owned = ['decision', 'curve', 'contribution'];
const naming = ['running', 'detection', 'incident'];

async function rename(
  database: Kysely<unknown>,
  from: string,
  to: { readonly id: string; readonly keyId: string; readonly entrypoint: string },
): Promise<void> {
  const { rows } = await sql`select from runtime.model where id = ${to.id}`.execute(database);
  if (rows.length === 0) {
    await sql`
      insert into runtime.model select (json_populate_record(model, json_build_object('id', ${to.id}::text, 'key_id',
        ${to.keyId}::text, 'entrypoint', ${to.entrypoint}::json))).* from runtime.model where id = ${from}`.execute(
      database,
    );
    for (const table of owned)
      await sql`update ${sql.table(`runtime.${table}`)} set model = ${to.id} where model = ${from}`.execute(database);
  }
  await sql`update runtime.decision set taken_from = ${to.id} where taken_from = ${from}`.execute(database);
  for (const table of naming)
    await sql`update ${sql.table(`runtime.${table}`)} set model = ${to.id} where model = ${from}`.execute(database);
  await sql`delete from runtime.model where id = ${from}`.execute(database);
}

interface Placed extends Readonly<Record<string, unknown>> {
  readonly place: { readonly labels?: Readonly<Record<string, string>> };
}

async function redactPlaces(
  database: Kysely<unknown>,
  table: string,
  lowest: Readonly<Record<string, string>>,
): Promise<void> {
  const [name, columns] = [sql.table(`runtime.${table}`), Object.keys(lowest)];
  const key = sql.join(columns.map((column) => sql.ref(column)));
  for (let after: readonly unknown[] = Object.values(lowest); ; ) {
    const { rows } = await sql<Placed>`select ${key}, place from ${name} where (${key}) > (${sql.join(after)})
      order by ${key} limit ${atOnce}`.execute(database);
    for (const { place, ...row } of rows) {
      const labels = place.labels && labelsWithoutSecrets(place.labels);
      if (JSON.stringify(labels) === JSON.stringify(place.labels)) continue;
      await sql`update ${name} set place = ${JSON.stringify({ ...place, labels })}
        where (${key}) = (${sql.join(Object.values(row))})`.execute(database);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = columns.map((column) => last[column]);
  }
}

async function redactDetections(database: Kysely<unknown>): Promise<void> {
  for (let after = '0'; ; ) {
    const { rows } = await sql<{ sequence: string; detection: Detection }>`
      select sequence, detection from runtime.detection where sequence > ${after} order by sequence limit ${atOnce}`.execute(
      database,
    );
    for (const { sequence, detection } of rows) {
      const shown = redacted(detection);
      if (isDeepStrictEqual(shown, detection)) continue;
      await sql`update runtime.detection set detection = ${JSON.stringify(shown)} where sequence = ${sequence}`.execute(
        database,
      );
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.sequence;
  }
}

function redacted({ entrypoint, process, ancestors, ...detection }: Detection): Detection {
  return {
    ...detection,
    entrypoint: wordsWithoutSecrets(entrypoint),
    process: ofProcess(process),
    ancestors: ancestors.map(ofProcess),
  };
}

function ofProcess(process: SeenProcess): SeenProcess {
  return process.argv === undefined ? process : { ...process, argv: [...wordsWithoutSecrets(process.argv)] };
}

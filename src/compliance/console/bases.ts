import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { StoredScan } from '#catalog/console/index.ts';
import type { Queries, Transaction } from '#store/index.ts';
import type { StoredResult } from '../contract.ts';
import { inheritanceOf } from '../inherited.ts';
import { imagesPlace } from './images-place.ts';
import { complianceSchema } from './schema.ts';

/** An image that another one is built on: its layers are the lowest of the other, by their content. */
export interface BaseOfImage {
  readonly id: string;
  readonly name: string;
}

/** Keeps the layers of an image, so that it is known to be a base, and what its own base is. */
export async function saveLayers(transaction: Transaction, image: string, { document }: StoredScan): Promise<void> {
  if (document.kind !== 'image') return;
  await forgetLayers(transaction, image);
  const rows = prefixesOf(document.layers.map(({ diffId }) => diffId));
  if (rows.length === 0) return;
  await transaction
    .query(complianceSchema)
    .insertInto('image_layers')
    .values(rows.map((row) => ({ image, ...row })))
    .execute();
}

export async function forgetLayers(transaction: Transaction, image: string): Promise<void> {
  await transaction.query(complianceSchema).deleteFrom('image_layers').where('image', '=', image).execute();
}

/** A digest of each run of layers from the lowest one up; the last is of all. */
function prefixesOf(diffIds: readonly string[]) {
  const hash = createHash('sha256');
  return diffIds.map((diffId, at) => {
    hash.update(`${diffId}\n`);
    return { depth: at + 1, digest: hash.copy().digest('hex'), whole: at === diffIds.length - 1 };
  });
}

/** The nearest image that an image is built on, of those that are known. */
export async function readBase(queries: Queries, image: string): Promise<BaseOfImage | undefined> {
  const { rows } = await sql<BaseOfImage>`
    select subject.id, subject.name from compliance.image_layers own
    join compliance.image_layers base on base.digest = own.digest and base.whole
    join compliance.subject on subject.host = ${imagesPlace} and subject.kind = 'image' and subject.id = base.image
    where own.image = ${image} and not own.whole
    order by own.depth desc, subject.id limit 1`.execute(queries.query(complianceSchema));
  return rows[0];
}

type Body = Pick<StoredResult, 'id' | 'state' | 'seen' | 'evidence' | 'foldedUnder'>;

/** Values of findings of an image that come from its base, by check. */
export async function readInherited(
  queries: Queries,
  own: readonly Body[],
  base: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const { rows } = await sql<{ readonly body: Body }>`
    select body from compliance.failing join compliance.subject on subject.facts = failing.facts
    where subject.host = ${imagesPlace} and subject.kind = 'image' and subject.id = ${base}`.execute(
    queries.query(complianceSchema),
  );
  const ofBase = new Map(rows.map(({ body }) => [body.id, body]));
  return new Map(
    own.flatMap((result) => {
      const inheritance = inheritanceOf(result, ofBase.get(result.id));
      return inheritance.kind === 'own' ? [] : [[result.id, inheritance.values] as const];
    }),
  );
}

/** An image that is built on another one, of so many layers. */
export interface BuiltOn {
  readonly image: string;
  readonly depth: number;
}

/** Images that are built on each of these, by its digest. */
export async function readBuiltOn(
  queries: Queries,
  bases: readonly string[],
): Promise<ReadonlyMap<string, readonly BuiltOn[]>> {
  if (bases.length === 0) return new Map();
  const { rows } = await sql<BuiltOn & { readonly base: string }>`
    select base.image as base, own.image, base.depth from compliance.image_layers base
    join compliance.image_layers own on own.digest = base.digest and not own.whole
    where base.whole and base.image = any(${bases}::text[]) order by 1, 2`.execute(queries.query(complianceSchema));
  return Map.groupBy(rows, ({ base }) => base);
}

/** An image whose failure of a check is wholly that of its base. */
export interface Heir {
  readonly check: string;
  readonly image: string;
  readonly base: string;
}

/** All of them; failures that another failure explains are counted with that, and are none. */
export async function readHeirs(queries: Queries): Promise<readonly Heir[]> {
  const { rows } = await sql<Heir & { readonly own: Body; readonly inherited: Body }>`
    with base as (
      select distinct on (own.image) own.image, subject.id as base, subject.facts from compliance.image_layers own
      join compliance.image_layers basis on basis.digest = own.digest and basis.whole
      join compliance.subject on subject.host = ${imagesPlace} and subject.kind = 'image' and subject.id = basis.image
      where not own.whole order by own.image, own.depth desc, subject.id
    )
    select own.check_id as check, base.image, base.base, own.body as own, of_base.body as inherited
    from base
    join compliance.subject heir on heir.host = ${imagesPlace} and heir.kind = 'image' and heir.id = base.image
    join compliance.failing own on own.facts = heir.facts
    join compliance.failing of_base on of_base.facts = base.facts and of_base.check_id = own.check_id
    order by own.check_id, base.image`.execute(queries.query(complianceSchema));
  return rows
    .filter(({ own: { state, foldedUnder } }) => state === 'fail' && foldedUnder === undefined)
    .filter(({ own, inherited }) => inheritanceOf(own, inherited).kind === 'whole')
    .map(({ check, image, base }) => ({ check, image, base }));
}

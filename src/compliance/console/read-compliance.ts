import type { Selectable } from '#access/index.ts';
import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { CheckSubjectKind, getCompliance, getDocument, StoredResult } from '../contract.ts';
import { coverOf, type HeldException, speaksFor } from '../exception.ts';
import { silentReason, silentSince } from '../lease.ts';
import { readTerms } from './answers.ts';
import { valuesOfStored } from './exceptions.ts';
import { imagesPlace } from './follow-image.ts';
import { hostPlace, placesOf } from './places.ts';
import { readResults } from './results.ts';
import { complianceSchema } from './schema.ts';

/** A subject as it is asked for. */
export interface SubjectKey {
  readonly host: string;
  readonly kind: CheckSubjectKind;
  readonly id: string;
}

/** Results of a subject, as far as one was reported that the caller may see. */
export async function readCompliance(
  queries: Queries,
  { view, now }: { readonly view: View; readonly now: Date },
  key: SubjectKey,
): Promise<Immutable<ReplyOf<typeof getCompliance>>> {
  const row = await seenSubject(queries, view, key);
  if (row === undefined) return { documents: [] };
  const results = await readResults(queries, row.facts);
  const silent = silentSince(row.kind, row.reported_at, now);
  const held = await heldFor(queries, row, now);
  return {
    subject: {
      host: row.host,
      kind: row.kind,
      id: row.id,
      name: row.name,
      since: row.since.toISOString(),
      reportedAt: row.reported_at.toISOString(),
      ...(silent !== undefined && { silentSince: silent.toISOString() }),
    },
    documents: row.documents,
    ...(row.evaluation !== null && {
      results: results.map((one) => (silent === undefined ? heldResult(one, held) : silentResult(one, silent))),
    }),
  };
}

type Row = NonNullable<Awaited<ReturnType<typeof seenSubject>>>;

/** Exceptions that speak for the subject. */
async function heldFor(queries: Queries, row: Row, now: Date): Promise<readonly HeldException[]> {
  const { exceptions, collections } = await readTerms(queries, now);
  if (exceptions.length === 0) return [];
  const places = await knownPlaces(queries, row);
  return exceptions.filter((exception) => speaksFor(exception, { names: [row.name], places }, collections));
}

function heldResult(result: StoredResult, held: readonly HeldException[]): StoredResult {
  const values = valuesOfStored(result);
  if (values.length === 0) return result;
  const { id, state, seen, evidence } = result;
  const cover = coverOf({ id, state, seen, evidence }, held);
  if (cover === undefined) return { ...result, values };
  const { until, exceptions } = cover;
  return { ...result, values, state: 'excepted', until: until.toISOString(), exceptions };
}

/** The evidence is what its host said last. */
function silentResult({ id, version, document, evidence }: StoredResult, since: Date): StoredResult {
  return { id, version, document, evidence, state: 'not-assessed', reason: silentReason(since) };
}

/** A document that a subject of the caller's rests on now. Throws `not-found`. */
export async function readDocumentOf(
  queries: Queries,
  view: View,
  { hash, ...key }: SubjectKey & { readonly hash: string },
): Promise<ReplyOf<typeof getDocument>> {
  const subject = await seenSubject(queries, view, key);
  const named = subject?.documents.find((document) => document.hash === hash);
  const found = await queries
    .query(complianceSchema)
    .selectFrom('document')
    .select('text')
    .where('hash', '=', hash)
    .executeTakeFirst();
  if (named === undefined || found === undefined) {
    throw new AppError('not-found', 'No such document was reported, or it is outside of your collections.');
  }
  return { kind: named.kind, text: found.text };
}

/** An image is the same on every host, so its host is not asked for. */
async function seenSubject(queries: Queries, view: View, { host, kind, id }: SubjectKey) {
  const row = await queries
    .query(complianceSchema)
    .selectFrom('subject')
    .innerJoin('facts', 'facts.id', 'subject.facts')
    .selectAll('subject')
    .select(['facts.documents', 'facts.evaluation'])
    .where('subject.host', '=', kind === 'image' ? imagesPlace : host)
    .where('subject.kind', '=', kind)
    .where('subject.id', '=', id)
    .executeTakeFirst();
  if (row === undefined || view === undefined) return row;
  // A container is seen where it stands; what is the host's own, where the host is.
  return (await placesOf(queries, row)).some(view) ? row : undefined;
}

/** A container that the inventory does not know stands where its host does. */
async function knownPlaces(queries: Queries, row: Row): Promise<readonly Selectable[]> {
  const places = await placesOf(queries, row);
  return places.length > 0 ? places : [await hostPlace(queries, row.host)];
}

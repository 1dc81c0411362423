import { AppError, type Immutable } from '#base/index.ts';
import type { ReplyOf } from '#http/index.ts';
import type { View } from '#inventory/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { CheckSubjectKind, getCompliance, getDocument, StoredResult } from '../contract.ts';
import { coverOf, type HeldException, speaksFor } from '../exception.ts';
import { silentReason, silentSince } from '../lease.ts';
import { readTerms } from './answers.ts';
import { type BaseOfImage, readBase, readInherited } from './bases.ts';
import { valuesOfStored } from './exceptions.ts';
import { imagesPlace } from './images-place.ts';
import { inPlace } from './judge-subjects.ts';
import { placesOf } from './places.ts';
import { readResults } from './results.ts';
import { complianceSchema } from './schema.ts';
import { unreportedContainers } from './unreported.ts';

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
  if (row === undefined) return { documents: [], ...(await unreportedOf(queries, { view, now }, key)) };
  const results = await readResults(queries, row.facts);
  const silent = silentSince(row.kind, row.reported_at, now);
  const held = await heldFor(queries, row, now);
  const base = row.kind === 'image' ? await visibleBase(queries, view, row.id) : undefined;
  const inherited = base && (await readInherited(queries, results, base.id));
  return {
    subject: {
      host: row.host,
      kind: row.kind,
      id: row.id,
      name: row.name,
      since: row.since.toISOString(),
      reportedAt: row.reported_at.toISOString(),
      ...(silent !== undefined && { silentSince: silent.toISOString() }),
      ...(row.refused_at !== null && { refusedSince: row.refused_at.toISOString() }),
      ...(base !== undefined && { base: { image: base.id, name: base.name } }),
    },
    documents: row.documents,
    ...(row.evaluation !== null && {
      results: results.map((one) =>
        silent === undefined ? withInherited(heldResult(one, held), inherited?.get(one.id)) : silentResult(one, silent),
      ),
    }),
  };
}

async function unreportedOf(
  queries: Queries,
  asked: { readonly view: View; readonly now: Date },
  { host, kind, id }: SubjectKey,
): Promise<Immutable<Pick<ReplyOf<typeof getCompliance>, 'unreported'>>> {
  const [found] = kind === 'container' ? await unreportedContainers(queries, asked, { host, id }) : [];
  return found === undefined ? {} : { unreported: { since: found.since.toISOString(), reason: found.reason } };
}

/** The base of an image, where the caller may see that. */
async function visibleBase(queries: Queries, view: View, image: string): Promise<BaseOfImage | undefined> {
  const base = await readBase(queries, image);
  if (base === undefined || view === undefined) return base;
  const there = await seenSubject(queries, view, { host: imagesPlace, kind: 'image', id: base.id });
  return there && base;
}

function withInherited(result: StoredResult, inherited: readonly string[] | undefined): StoredResult {
  return inherited === undefined ? result : { ...result, inherited };
}

type Row = NonNullable<Awaited<ReturnType<typeof seenSubject>>>;

/** Exceptions that speak for the subject. */
async function heldFor(queries: Queries, row: Row, now: Date): Promise<readonly HeldException[]> {
  const { exceptions, collections } = await readTerms(queries, now);
  if (exceptions.length === 0) return [];
  const [placed] = await inPlace(queries, [row], undefined);
  if (placed === undefined) return [];
  const { name, image, places } = placed;
  return exceptions.filter((exception) => speaksFor(exception, { names: [name], image, places }, collections));
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

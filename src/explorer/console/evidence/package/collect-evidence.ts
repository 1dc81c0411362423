import {
  batchesSince,
  batchesOfSubject,
  type BatchOfLeaves,
  imagesPlace,
  leavesOf,
  type LogSubject,
  readDocumentTexts,
  readFacts,
  readStatusTexts,
} from '#compliance/console/index.ts';
import { AppError } from '#base/index.ts';
import type { Keyed, Queries } from '#store/index.ts';
import type { AssessedSubject } from '../../../evidence/assessment.ts';
import type { Evidence, LogPart } from '../../../evidence/package/index.ts';
import { limits } from '../../../limits.ts';
import type { ScopedSubject } from './read-subjects.ts';

/** Whose evidence, and from when on. */
export interface AskedEvidence {
  readonly subjects: readonly (Pick<AssessedSubject, 'host' | 'id' | 'facts'> & { readonly kind: string })[];
  /** All rows of the log belong to it, also those of subjects that are gone. */
  readonly reach: 'whole-log' | 'subjects';
  readonly from: Date;
  /** Rows about a later time are none of it: their subjects may have gone where the caller sees nothing; missing: all are. */
  readonly until?: Date | undefined;
}

/** Documents, rows and heads of some subjects. Throws `too-costly`. */
export async function collectEvidence(
  queries: Queries & Keyed,
  { subjects, reach, from, until }: AskedEvidence,
): Promise<Pick<Evidence, 'log' | 'facts' | 'documents' | 'statuses'>> {
  const wanted = reach === 'whole-log' ? () => true : rowsOf(subjects, until);
  const range = await batchesSince(queries, from);
  const log = range === undefined ? [] : [await partOf(leavesOf(queries, range, wanted))];
  return await withDocuments(
    queries,
    log,
    subjects.flatMap((subject) => subject.facts ?? []),
  );
}

/** Of each subject its rows up to the first about a later time: what follows names that one. */
function rowsOf(subjects: AskedEvidence['subjects'], until: Date | undefined): (row: LogSubject) => boolean {
  const open = new Set(subjects.map((subject) => keyOf({ ...subject, host: subject.host || imagesPlace })));
  const end = until?.toISOString();
  return (row) => {
    const key = keyOf(row);
    if (end !== undefined && row.observedAt > end) open.delete(key);
    return open.has(key);
  };
}

async function withDocuments(queries: Queries, log: readonly LogPart[], ids: readonly string[]) {
  const facts = await readFacts(queries, ids);
  const hashes = facts.flatMap(({ documents }) => documents.map(({ hash }) => hash));
  const statuses = await readStatusTexts(queries, log.flatMap(statusesIn));
  return {
    log,
    facts: facts.map(({ id, kind, documents }) => ({ id, subject: kind, documents })),
    documents: await readDocumentTexts(queries, hashes),
    statuses: [...statuses].map(([hash, text]) => ({ hash, text })),
  };
}

/** Batches that the record of one answer has at most, the newest. */
const recordBatches = 20;

/** The newest rows of one subject, and its documents. */
export async function collectSubjectEvidence(
  queries: Queries & Keyed,
  subject: Pick<ScopedSubject, 'host' | 'kind' | 'id' | 'facts'>,
): Promise<Pick<Evidence, 'log' | 'facts' | 'documents' | 'statuses'>> {
  const own = keyOf(subject);
  const batches = await batchesOfSubject(queries, subject, recordBatches);
  const log: LogPart[] = [];
  for (const batch of batches) {
    const part = await partOf(leavesOf(queries, { from: batch, to: batch }, (one) => keyOf(one) === own));
    log.push(part);
  }
  return await withDocuments(queries, log, subject.facts === null ? [] : [subject.facts]);
}

function keyOf({ host, kind, id }: Pick<LogSubject, 'host' | 'kind' | 'id'>): string {
  return JSON.stringify([host, kind, id]);
}

/** Whole batches need no proofs: their rows give the root. */
async function partOf(found: AsyncIterable<BatchOfLeaves>): Promise<LogPart> {
  const part = {
    heads: [] as LogPart['heads'][number][],
    batches: [] as LogPart['batches'][number][],
    leaves: [] as LogPart['leaves'][number][],
    forgotten: [] as number[],
  };
  let rows = 0;
  for await (const { head, rows: which, leaves } of found) {
    // Rows that are kept name the older ones: the log that is taken away begins with the first that is kept.
    if (which === 'forgotten' && part.heads.length === 0) continue;
    rows += leaves.length;
    if (rows > limits.evidenceRows.value)
      throw new AppError('too-costly', `The history has more than ${limits.evidenceRows.value} rows.`, {
        next: 'Ask for fewer days, or for one environment or application.',
      });
    part.heads.push(head);
    if (which === 'forgotten') part.forgotten.push(head.head.batch);
    else if (which === 'all') part.batches.push({ batch: head.head.batch, texts: leaves.map(({ text }) => text) });
    else part.leaves.push(...leaves);
  }
  return part;
}

/** Ids of how checks stood when subjects were first looked at. */
function statusesIn({ batches, leaves }: LogPart): readonly string[] {
  const texts = [...batches.flatMap((one) => one.texts), ...leaves.map(({ text }) => text)];
  return [...new Set(texts.flatMap((text) => (JSON.parse(text) as { readonly status?: string }).status ?? []))];
}

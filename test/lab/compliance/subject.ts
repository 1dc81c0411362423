import {
  assessDocuments,
  type Check,
  checks,
  documentText,
  type Fields,
  type Lists,
  type SubjectKind,
} from '#compliance/index.ts';

/** How facts of a subject came about. */
export type Origin =
  /** A real thing of this machine, read by the product's own collectors. */
  | { readonly kind: 'live' }
  /** A real thing of another machine, read there by the product's own collectors. */
  | { readonly kind: 'recorded'; readonly of: string }
  /** Documents in the form of named real systems, read by the same collectors or readers. */
  | { readonly kind: 'formed'; readonly of: string }
  /** Nothing tells this fact yet, so it is stated here. */
  | { readonly kind: 'stated'; readonly because: string };

/** Something that checks judge. */
export interface Subject {
  readonly name: string;
  readonly kind: SubjectKind;
  readonly origin: Origin;
  readonly documents: readonly { readonly kind: string; readonly fields: Fields }[];
  readonly lists?: Lists;
  /** When it is judged; missing: now. */
  readonly at?: Date;
}

/** What a check is shown by: a subject to which it objects, what it must name there, and one that it passes. */
export type CheckRow = readonly [id: string, objects: string, seen: readonly string[], passes: string];

export const live: Origin = { kind: 'live' };

type Result = ReturnType<typeof assessDocuments>[number];

/** What is wrong with rows over these subjects, a line each; none where every check answers as its row says. */
export function wrongRows(rows: readonly CheckRow[], subjects: readonly Subject[]): readonly string[] {
  const judged = new Map(subjects.map((subject) => [subject.name, resultsOf(subject)]));
  return rows.flatMap(([id, objects, seen, passes]) => [
    ...wrongAnswer([id, objects], judged.get(objects)?.get(id), { seen }),
    ...wrongAnswer([id, passes], judged.get(passes)?.get(id), 'pass'),
  ]);
}

/** Results of all checks of a subject's kind, by check. */
export function resultsOf({ kind, documents, lists = {}, at = new Date() }: Subject): ReadonlyMap<string, Result> {
  const kept = documents.map((one) => ({ kind: one.kind, text: documentText(one.fields) }));
  return new Map(assessDocuments(kind, kept, { now: at, lists }).map((result) => [result.id, result]));
}

function wrongAnswer(
  [id, subject]: readonly [check: string, subject: string],
  result: Result | undefined,
  expected: 'pass' | { readonly seen: readonly string[] },
): readonly string[] {
  if (result === undefined) return [`${id} ${subject}: there is no such subject or check`];
  const said = `${id} ${subject}: ${result.state} ${JSON.stringify('seen' in result ? result.seen : 'reason' in result ? result.reason : [])}`;
  const isRight = expected === 'pass' ? result.state === 'pass' : objectsTo(result, expected.seen);
  if (!isRight) return [`${said}, not ${expected === 'pass' ? 'pass' : `fail ${JSON.stringify(expected.seen)}`}`];
  const needs = needsOf(id);
  const places = result.evidence.filter(({ at, value }) => at !== '' && value !== '').length;
  return places === needs ? [] : [`${said}, with ${places} values of evidence for ${needs} needed`];
}

function objectsTo(result: Result, seen: readonly string[]): boolean {
  if (result.state !== 'fail' && result.state !== 'warn') return false;
  return seen.every((part) => result.seen.some((one) => one.includes(part)));
}

const everyCheck: readonly Pick<Check, 'id' | 'needs'>[] = Object.values(checks).flat();

function needsOf(id: string): number {
  return everyCheck.find((check) => check.id === id)?.needs.length ?? 0;
}

/** Checks of these kinds without a row, or with more than one. */
export function withoutOneRow(kinds: readonly SubjectKind[], rows: readonly CheckRow[]): readonly string[] {
  const wanted = kinds.flatMap((kind) => checks[kind].map(({ id }) => id));
  const unknown = rows.map(([id]) => id).filter((id) => !wanted.includes(id));
  return [...unknown, ...wanted.filter((id) => rows.filter((row) => row[0] === id).length !== 1)];
}

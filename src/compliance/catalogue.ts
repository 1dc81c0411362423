import { createHash } from 'node:crypto';
import { type Check, type CheckContext, type SubjectKind, subjectKinds } from './check.ts';
import { checks } from './checks/index.ts';
import { readDocument } from './document.ts';
import type { UntypedFacts } from './custom-check.ts';
import { evaluate } from './evaluate.ts';
import { joinDocuments, type JoinedResult } from './join.ts';
import type { Lists } from './lists/index.ts';
import { type FieldsShape, sharedAnswers } from './shared-answers.ts';

/** A document of a subject as it is kept. */
export interface KeptDocument {
  readonly kind: string;
  readonly text: string;
}

/** What all checks of a kind of subject say of one, by its documents. */
export function assessDocuments(
  kind: SubjectKind,
  documents: readonly KeptDocument[],
  { custom = [], ...context }: CheckContext & { readonly custom?: readonly Check<UntypedFacts>[] },
): readonly JoinedResult[] {
  return assessAll(checksOn(kind, custom), documents, context);
}

/** The same for many subjects under one context: what they have in common is judged once. */
export function assessMany({
  custom = [],
  ...context
}: Parameters<typeof assessDocuments>[2]): (
  kind: SubjectKind,
  documents: readonly KeptDocument[],
) => readonly JoinedResult[] {
  const byKind = new Map<SubjectKind, ReturnType<typeof sharedAnswers>>();
  return (kind, documents) => {
    const answers = byKind.get(kind) ?? sharedAnswers(checksOn(kind, custom), context);
    byKind.set(kind, answers);
    return joinDocuments(documents.map(({ kind: document, text }) => ({ document, results: answers(text) })));
  };
}

function checksOn(kind: SubjectKind, custom: readonly Check<UntypedFacts>[]): readonly Check<FieldsShape>[] {
  const own: readonly Check<FieldsShape>[] = checks[kind];
  return [...own, ...custom.filter(({ subject }) => subject === kind)];
}

/** Kinds of subjects whose answers may change with time alone. */
export const timedKinds: readonly SubjectKind[] = subjectKinds.filter((kind) =>
  checks[kind].some(({ asksTime }: Pick<Check, 'asksTime'>) => asksTime === true),
);

/** What is known of a subject whose documents took more to judge than they may: nothing, check by check. */
export function tooCostly(kind: SubjectKind, { documents, custom }: Costly): readonly JoinedResult[] {
  const asked = [...checks[kind], ...custom.filter(({ subject }) => subject === kind)];
  return asked.map(({ id, version }) => ({
    id,
    version,
    state: 'error',
    reason,
    evidence: [],
    document: documents[0]?.kind ?? '',
  }));
}

interface Costly {
  readonly documents: readonly Pick<KeptDocument, 'kind'>[];
  readonly custom: readonly Pick<Check, 'id' | 'version' | 'subject'>[];
}

const reason = 'What its host reported took more time or memory to judge than it may. Look at the document.';

/** What a check that is not saved says of a subject. */
export interface CustomAnswer {
  readonly state: JoinedResult['state'];
  readonly seen?: readonly string[] | undefined;
  readonly reason?: string | undefined;
}

/** What one check says that is not kept. */
export function assessCustom(
  check: Check<UntypedFacts>,
  documents: readonly KeptDocument[],
  context: CheckContext,
): CustomAnswer {
  const [result] = assessAll([check], documents, context);
  if (result === undefined) throw new Error('there are no documents');
  const { state } = result;
  return {
    state,
    seen: 'seen' in result ? result.seen : undefined,
    reason: 'reason' in result ? result.reason : undefined,
  };
}

function assessAll(
  asked: readonly Check<FieldsShape>[],
  documents: readonly KeptDocument[],
  context: CheckContext,
): readonly JoinedResult[] {
  const names = new Set(asked.flatMap(({ needs }) => needs));
  return joinDocuments(
    documents.map(({ kind: document, text }) => ({
      document,
      results: evaluate(asked, readDocument(text, names), context),
    })),
  );
}

/** Names the answers that checks give: another version of one of them, or another list, is another evaluation. */
export function evaluationOf(lists: Lists, custom: readonly Pick<Check, 'id' | 'version'>[] = []): string {
  const versions = [...Object.values(checks).flat(), ...custom].map(({ id, version }) => `${id} ${version}`);
  const entries = Object.entries(lists).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return createHash('sha256')
    .update(JSON.stringify([versions, entries]))
    .digest('hex');
}

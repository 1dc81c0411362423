import { readCheckAnswers } from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceSubjectKind } from '../../contract-evidence.ts';
import { attestationKinds } from '../../evidence/attestations.ts';
import type { Control, Question } from '../../evidence/control.ts';
import type { QuestionStand } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import type { Looking } from './looking.ts';
import { everywhere, isSeenInScope } from './scopes.ts';

interface Asked {
  readonly template: string;
  readonly control: Control;
  readonly stands: readonly QuestionStand[];
  readonly looking: Looking;
}

/** Why questions have no full answer and what would assess them, by the first subject without one; by their ids. */
export async function readWhyUnanswered(queries: Queries, asked: Asked): Promise<ReadonlyMap<string, string>> {
  const reasons = new Map<string, string>();
  for (const { question, subjects } of asked.stands) {
    if (subjects['not-assessed'] === 0 && subjects.error === 0) continue;
    const reason = await reasonOf(queries, question, asked);
    if (reason !== undefined) reasons.set(question.id, reason.slice(0, 1000));
  }
  return reasons;
}

async function reasonOf(queries: Queries, question: Question, asked: Asked): Promise<string | undefined> {
  const { by } = question;
  switch (by.kind) {
    case 'nothing':
      return by.reason;
    case 'attestation':
      return attestationMissing(by.attestation);
    case 'checks':
    case 'product': {
      const example = await readExample(queries, question, asked);
      if (example === undefined) return undefined;
      const reason =
        by.kind === 'product'
          ? await reasonOfProduct(queries, example, by.answer)
          : await reasonOfChecks(queries, example, { checks: by.checks, now: asked.looking.now });
      const document =
        by.kind === 'checks' && by.attestation !== undefined ? ` ${attestationMissing(by.attestation)}` : '';
      return `${example.name}: ${reason ?? neverReported}${document}`;
    }
  }
}

/** Why a question that only a document answers has none. */
export function attestationMissing(kind: string): string {
  const title = attestationKinds.find(({ id }) => id === kind)?.title ?? kind;
  return `No document “${title}” holds. Adding one with its author and its end would assess this.`;
}

/** Why checks of a subject that reported nothing are not assessed. */
export const neverReported =
  'Nothing that checks can judge has been reported and evaluated of it. A report of its agent, or a scan of the image, would assess it.';

interface Example {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly name: string;
}

async function readExample(
  queries: Queries,
  question: Question,
  { template, control, looking: { view, scope } }: Asked,
): Promise<Example | undefined> {
  const rows = await queries
    .query(explorerSchema)
    .selectFrom('evidence_subject')
    .innerJoin('evidence_state', 'evidence_state.stance', 'evidence_subject.stance')
    .select(['host', 'kind', 'id', 'name', 'places'])
    .where('template', '=', template)
    .where('control', '=', control.id)
    .where('question', '=', question.id)
    .where('state', 'in', ['not-assessed', 'error'])
    .orderBy('host')
    .orderBy('kind')
    .orderBy('id')
    .limit(view === undefined && scope.environment === everywhere && scope.application === everywhere ? 1 : examples)
    .execute();
  return rows.find(({ kind, places }) => kind === 'console' || isSeenInScope(scope, places, view));
}

/** Subjects that are looked through for one that the caller may see. */
const examples = 2000;

async function reasonOfProduct(queries: Queries, { host, kind, id }: Example, answer: string) {
  const row = await queries
    .query(explorerSchema)
    .selectFrom('evidence_answer')
    .select('answers')
    .where('host', '=', host)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst();
  return row?.answers[answer]?.reason;
}

async function reasonOfChecks(
  queries: Queries,
  { host, kind, id }: Example,
  { checks, now }: { readonly checks: readonly string[]; readonly now: Date },
): Promise<string | undefined> {
  if (kind === 'console') return undefined;
  const subject = { host, kind, id };
  const answers = (await readCheckAnswers(queries, { subjects: [subject], now })).get(`${host} ${kind} ${id}`) ?? [];
  const open = answers.find(
    ({ check, state }) => checks.includes(check) && (state === 'not-assessed' || state === 'error'),
  );
  return open?.reason === undefined ? undefined : `${open.check}: ${open.reason}`;
}

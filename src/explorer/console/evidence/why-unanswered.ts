import { readCheckAnswers } from '#compliance/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceSubjectKind } from '../../contract-evidence.ts';
import { attestationKinds } from '../../evidence/attestations.ts';
import type { Control, Question } from '../../evidence/control.ts';
import type { QuestionStand } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import { type Looking, sightOf } from './looking.ts';
import { isIn, readSeen, scopeKey } from './seen-subjects.ts';

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
  return `No document “${attestationTitle(kind)}” holds. Adding one with its author and its end would assess this.`;
}

/** What people call a kind of documents. */
export function attestationTitle(kind: string): string {
  return attestationKinds.find(({ id }) => id === kind)?.title ?? kind;
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

/** The first that the caller sees. */
async function readExample(
  queries: Queries,
  question: Question,
  { template, control, looking }: Asked,
): Promise<Example | undefined> {
  const { hosts, stands } = await readSeen(queries, sightOf(looking));
  const open = new Map<string, boolean>();
  const isOpen = (stance: string): boolean => {
    const known = open.get(stance);
    if (known !== undefined) return known;
    const own = (stands.get(stance) ?? []).some(
      (one) =>
        one.template === template &&
        one.control === control.id &&
        one.question === question.id &&
        (one.state === 'not-assessed' || one.state === 'error'),
    );
    open.set(stance, own);
    return own;
  };
  const key = scopeKey(looking.scope);
  for (const subjects of hosts)
    for (const one of subjects) if (isIn(one, key) && isOpen(one.stance)) return await readNamed(queries, one);
  return undefined;
}

async function readNamed(queries: Queries, { host, kind, id }: Omit<Example, 'name'>): Promise<Example | undefined> {
  return await queries
    .query(explorerSchema)
    .selectFrom('evidence_subject')
    .select(['host', 'kind', 'id', 'name'])
    .where('host', '=', host)
    .where('kind', '=', kind)
    .where('id', '=', id)
    .executeTakeFirst();
}

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

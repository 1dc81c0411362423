import { sql } from 'kysely';
import { type CheckAnswer, readCheckAnswers } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type {
  EvidenceAnswer,
  EvidenceSubjectKind,
  listSubjectsOfControl,
  SubjectOfControl,
} from '../../contract-evidence.ts';
import type { ProductAnswer } from '../../evidence/answer.ts';
import type { Control } from '../../evidence/control.ts';
import type { HeldAttestations } from '../../evidence/stance.ts';
import { worstFirst } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import { type Looking, sightOf } from './looking.ts';
import { controlNamed } from './read-evidence.ts';
import { isIn, readSeen, scopeKey } from './seen-subjects.ts';
import { templateInForce } from './templates-here.ts';
import { answersTo } from './unfold-answers.ts';
import { readHeldAttestations } from './attestations.ts';

type Query = HandlerInput<typeof listSubjectsOfControl>['query'];

/** Which subjects are asked for. */
export interface AskedSubjects {
  readonly template: string;
  readonly control: string;
  readonly query: Query;
  readonly looking: Looking;
}

interface Row {
  readonly host: string;
  readonly kind: EvidenceSubjectKind;
  readonly id: string;
  readonly name: string;
  readonly application: string | null;
  readonly environment: string | null;
  readonly state: CheckState;
  readonly since: Date;
  readonly answers: Readonly<Record<string, ProductAnswer>> | null;
}

/** Subjects of a control that the caller may see, the worst first, with what was seen. */
export async function readSubjects(
  queries: Queries,
  asked: AskedSubjects,
): Promise<Immutable<ReplyOf<typeof listSubjectsOfControl>>> {
  const control = controlNamed(await templateInForce(queries, asked.template), asked.control);
  const { rows, total } = await pageOf(queries, asked);
  const { now, view } = asked.looking;
  const checked = await readCheckAnswers(queries, {
    subjects: rows.flatMap(({ host, kind, id }) => (kind === 'console' ? [] : [{ host, kind, id }])),
    now,
  });
  const held = await readHeldAttestations(queries, now);
  const sight = view === undefined ? 'whole' : 'part';
  return {
    subjects: rows.map((row) => toSubject(row, { control, checked: checked.get(keyOf(row)), sight, held })),
    total,
  };
}

function keyOf({ host, kind, id }: Pick<Row, 'host' | 'kind' | 'id'>): string {
  return `${host} ${kind} ${id}`;
}

type Key = Pick<Row, 'host' | 'kind' | 'id'>;

/** One page of rows; for who sees a part all are looked at first. */
async function pageOf(
  queries: Queries,
  asked: AskedSubjects,
): Promise<{ readonly rows: readonly Row[]; readonly total: number }> {
  const { keys, total } = await keysOf(queries, asked);
  const page = keys.map(({ host, kind, id }, at) => ({ host, kind, id, at }));
  const { rows } = await sql<Row>`
    select one.host, one.kind, one.id, one.name, one.application, one.environment, stands.state, one.since, given.answers
    from json_to_recordset(${JSON.stringify(page)}::json) as page (host text, kind text, id text, at integer)
    join explorer.evidence_subject as one on one.host = page.host and one.kind = page.kind and one.id = page.id
    join explorer.evidence_state as stands on stands.stance = one.stance
    left join explorer.evidence_answer as given
      on given.host = one.host and given.kind = one.kind and given.id = one.id
    where stands.template = ${asked.template} and stands.control = ${asked.control}
      and stands.question = ${asked.query.question ?? ''} order by page.at`.execute(queries.query(explorerSchema));
  return { rows, total };
}

/** The worst first; then as hosts, kinds and names are ordered. */
async function keysOf(
  queries: Queries,
  { template, control, query, looking }: AskedSubjects,
): Promise<{ readonly keys: readonly Key[]; readonly total: number }> {
  const { hosts, stands } = await readSeen(queries, sightOf(looking));
  const question = query.question ?? '';
  const ranks = new Map(
    [...stands].map(([stance, own]) => [
      stance,
      own.find((one) => one.template === template && one.control === control && one.question === question)?.state,
    ]),
  );
  const key = scopeKey(looking.scope);
  const found = hosts.flat().flatMap((one) => {
    const state = ranks.get(one.stance);
    return state !== undefined && isAsked(one, state, query) && isIn(one, key) ? [{ one, state }] : [];
  });
  const byState = Map.groupBy(found, ({ state }) => state);
  const ordered = worstFirst.flatMap((state) => byState.get(state) ?? []);
  const page = ordered.slice(query.offset, query.offset + query.limit);
  return { keys: page.map(({ one: { host, kind, id } }) => ({ host, kind, id })), total: found.length };
}

/** Whether the query asks for a subject that stands so. */
export function isAsked(
  { host, kind, id }: Pick<SubjectOfControl, 'host' | 'id'> & { readonly kind: string },
  state: CheckState,
  query: Query,
): boolean {
  return (
    (query.state === undefined || query.state === state) &&
    (query.host === undefined || query.host === host) &&
    (query.kind === undefined || query.kind === kind) &&
    (query.id === undefined || query.id === id)
  );
}

interface Known {
  readonly control: Control;
  readonly checked: readonly CheckAnswer[] | undefined;
  /** Who sees a part does not read the names of accounts. */
  readonly sight: 'whole' | 'part';
  readonly held: HeldAttestations;
}

function toSubject(row: Row, { control, checked, sight, held }: Known): SubjectOfControl {
  const { kind: asked, answers: given } = row;
  const found = control.questions.flatMap((question) =>
    answersTo(question, { kind: asked, answers: given ?? {}, checked, held }),
  );
  const all = asked === 'console' && sight === 'part' ? found.map((answer) => ({ ...answer, seen: [] })) : found;
  const { host, kind, id, name, application, environment, state, since } = row;
  const own = { host, kind, id, name, state, since };
  return toListed(
    { ...own, ...(application !== null && { application }), ...(environment !== null && { environment }) },
    all,
  );
}

/** Where a subject is, and how it stands. */
interface Stood extends Pick<SubjectOfControl, 'host' | 'kind' | 'id' | 'name' | 'state'> {
  readonly application?: string;
  readonly environment?: string;
  readonly since: Date | undefined;
}

/** A subject as the list has it: of its answers those that do not pass, the worst first. */
export function toListed(
  { host, kind, id, name, application, environment, state, since }: Stood,
  answers: readonly EvidenceAnswer[],
): SubjectOfControl {
  const open = answers
    .filter((answer) => answer.state !== 'pass')
    .toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state));
  return {
    host,
    kind,
    id,
    name,
    state,
    ...(application !== undefined && { application }),
    ...(environment !== undefined && { environment }),
    ...(since !== undefined && { since: since.toISOString() }),
    answers: open,
    answered: answers.length,
    passed: answers.length - open.length,
  };
}

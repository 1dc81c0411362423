import { sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import { type CheckAnswer, readCheckAnswers } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { Immutable } from '#base/index.ts';
import type { HandlerInput, ReplyOf } from '#http/index.ts';
import type { Queries } from '#store/index.ts';
import type { EvidenceSubjectKind, listSubjectsOfControl, SubjectOfControl } from '../../contract-evidence.ts';
import type { ProductAnswer } from '../../evidence/answer.ts';
import type { Control } from '../../evidence/control.ts';
import type { HeldAttestations } from '../../evidence/stance.ts';
import { worstFirst } from '../../evidence/state.ts';
import { explorerSchema } from '../schema.ts';
import type { Looking } from './looking.ts';
import { controlNamed, templateNamed } from './read-evidence.ts';
import { everywhere, isSeenInScope } from './scopes.ts';
import { answersTo } from './unfold-answers.ts';
import { readHeldAttestations } from './attestations.ts';

type Query = HandlerInput<typeof listSubjectsOfControl>['query'];

interface Asked {
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
  asked: Asked,
): Promise<Immutable<ReplyOf<typeof listSubjectsOfControl>>> {
  const control = controlNamed(templateNamed(asked.template), asked.control);
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
  asked: Asked,
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
    where ${asksFor(asked)} order by page.at`.execute(queries.query(explorerSchema));
  return { rows, total };
}

async function keysOf(
  queries: Queries,
  asked: Asked,
): Promise<{ readonly keys: readonly Key[]; readonly total: number }> {
  const { query, looking } = asked;
  const { view } = looking;
  const database = queries.query(explorerSchema);
  if (view === undefined) {
    const { rows: counted } = await sql<{ total: number }>`select count(*)::int as total ${whole(asked)}`.execute(
      database,
    );
    const { rows: keys } = await sql<Key>`
      select one.host, one.kind, one.id ${whole(asked)} ${inOrder} limit ${query.limit} offset ${query.offset}`.execute(
      database,
    );
    return { keys, total: counted[0]?.total ?? 0 };
  }
  const { rows } = await sql<Key & { readonly places: readonly Selectable[] }>`
    select one.host, one.kind, one.id, one.places ${whole(asked)} ${inOrder}`.execute(database);
  const seen = rows.filter(({ kind, places }) => kind === 'console' || isSeenInScope(looking.scope, places, view));
  return { keys: seen.slice(query.offset, query.offset + query.limit), total: seen.length };
}

/** The worst first; the console and what stands in no host before the others. */
const inOrder = sql`order by array_position(${worstFirst}::text[], stands.state), one.host, one.kind, one.name, one.id`;

function asksFor({ template, control, query: { state, question = '', host, kind, id } }: Asked) {
  return sql`stands.template = ${template} and stands.control = ${control} and stands.question = ${question}
    and ${state === undefined ? sql`true` : sql`stands.state = ${state}`}
    and ${host === undefined ? sql`true` : sql`one.host = ${host}`}
    and ${kind === undefined ? sql`true` : sql`one.kind = ${kind}`}
    and ${id === undefined ? sql`true` : sql`one.id = ${id}`}`;
}

function whole(asked: Asked) {
  const { scope } = asked.looking;
  const isEverywhere = scope.environment === everywhere && scope.application === everywhere;
  return sql`
    from explorer.evidence_subject as one
    join explorer.evidence_state as stands on stands.stance = one.stance
    where ${asksFor(asked)} and ${
      isEverywhere
        ? sql`true`
        : sql`(one.kind = 'console' or exists (
            select from unnest(one.scope_environments, one.scope_applications) as scope (environment, application)
            where scope.environment = ${scope.environment} and scope.application = ${scope.application}))`
    }`;
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
  const open = all
    .filter(({ state }) => state !== 'pass')
    .toSorted((left, right) => worstFirst.indexOf(left.state) - worstFirst.indexOf(right.state));
  const { host, kind, id, name, application, environment, state, since } = row;
  return {
    host,
    kind,
    id,
    name,
    state,
    ...(application !== null && { application }),
    ...(environment !== null && { environment }),
    since: since.toISOString(),
    answers: open,
    answered: all.length,
    passed: all.length - open.length,
  };
}

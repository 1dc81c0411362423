import { sql } from 'kysely';
import type { Selectable } from '#access/index.ts';
import { imagesPlace, readStatesAt, type StatesThen, type SubjectThen } from '#compliance/console/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { Queries } from '#store/index.ts';
import { EvidenceSubjectKind } from '../../contract-evidence.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { type HeldAttestations, type Stand, stanceOf } from '../../evidence/stance.ts';
import { explorerSchema } from '../schema.ts';
import { type Counts, countsFrom } from './counts.ts';
import type { Looking, Moment } from './looking.ts';
import { isSeenInScope } from './scopes.ts';

/**
 * Counts as they were at a moment, by the history of evidence, judged by the questions of today. Those that stood alike are
 * judged once.
 */
export async function readCountsAt(
  queries: Queries,
  template: ControlTemplate,
  { moment, looking: { view, scope } }: { readonly moment: Moment; readonly looking: Pick<Looking, 'view' | 'scope'> },
): Promise<Counts> {
  const then = await readStatesAt(queries, moment);
  const held = await readHeldAt(queries, moment);
  const seen = subjectsOf(then).filter((one) => isSeenThen(one, { view, scope }));
  const alike = [...Map.groupBy(seen, ({ kind, statuses }) => [kind, ...statuses].join(' ')).values()];
  const groups = alike.flatMap((equal) =>
    equal
      .slice(0, 1)
      .flatMap((one) => standsThen(template, one, { states: then.states, held, subjects: equal.length })),
  );
  const hasConsole = seen.some(({ kind }) => kind === 'console');
  const bare = { kind: 'console', statuses: [] } as const;
  const console = hasConsole ? [] : standsThen(template, bare, { states: then.states, held, subjects: 1 });
  return countsFrom([...groups, ...console]);
}

/** A subject as it stood then. */
export interface KnownThen {
  readonly kind: EvidenceSubjectKind;
  readonly subject: SubjectThen;
  /** Ids of how its checks and its answers stood. */
  readonly statuses: readonly string[];
}

/** What checks and what other parts of the product said of a subject are of one subject. */
export function subjectsOf({ subjects }: StatesThen): readonly KnownThen[] {
  const groups = Map.groupBy(subjects, ({ host, kind, id }) => `${host} ${kind} ${id}`);
  return [...groups.values()].flatMap((own): readonly KnownThen[] => {
    const [subject] = own;
    const kind = EvidenceSubjectKind.safeParse(subject?.kind);
    if (subject === undefined || !kind.success) return [];
    return [{ kind: kind.data, subject, statuses: own.flatMap(({ status }) => status ?? []) }];
  });
}

/** Whether it stood in the scope, where the caller may see it. */
export function isSeenThen({ subject }: KnownThen, { view, scope }: Pick<Looking, 'view' | 'scope'>): boolean {
  return subject.kind === 'console' || isSeenInScope(scope, [placeThen(subject)], view);
}

function placeThen({ host, kind, name, application, environment }: SubjectThen): Selectable {
  return {
    ...(host !== imagesPlace && { host }),
    images: kind === 'image' ? [name] : [],
    labels: {},
    ...(application !== undefined && { application }),
    ...(environment !== undefined && { environment }),
  };
}

interface StoodAlike {
  readonly states: StatesThen['states'];
  readonly held: HeldAttestations;
  /** How many stood so. */
  readonly subjects: number;
}

function standsThen(
  template: ControlTemplate,
  { kind, statuses }: Pick<KnownThen, 'kind' | 'statuses'>,
  { states, held, subjects }: StoodAlike,
): readonly (Stand & { readonly subjects: number })[] {
  const checks: Record<string, CheckState> = {};
  const answers: Record<string, CheckState> = {};
  for (const id of statuses)
    for (const [name, { state }] of Object.entries(states.get(id) ?? {}))
      if (name.startsWith(answerPrefix)) answers[name.slice(answerPrefix.length)] = state;
      else checks[name] = state;
  return stanceOf([template], { kind, checks, answers }, held).map((stand) => ({ ...stand, subjects }));
}

/** Documents that held at a moment, by what was known until then. */
async function readHeldAt(queries: Queries, { at, known = at }: Moment): Promise<HeldAttestations> {
  const { rows } = await sql<{ kind: string }>`
    select distinct kind from explorer.attestation where added_at <= ${at} and added_at <= ${known} and expires_at > ${at}
      and (revoked_at is null or revoked_at > ${at})`.execute(queries.query(explorerSchema));
  return new Set(rows.map(({ kind }) => kind));
}

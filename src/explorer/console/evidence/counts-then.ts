import { sql } from 'kysely';
import type { CheckState } from '#compliance/contract.ts';
import type { Queries } from '#store/index.ts';
import { answerPrefix } from '../../evidence/answer.ts';
import type { ControlTemplate } from '../../evidence/control.ts';
import { type HeldAttestations, type Stand, stanceOf } from '../../evidence/stance.ts';
import { explorerSchema } from '../schema.ts';
import { checksOfNobody } from './collect.ts';
import { type Counts, countsFrom } from './counts.ts';
import { type EstateThen, type KnownThen, readKnownThen, seenThen } from './known-then.ts';
import type { Looking, Moment } from './looking.ts';

/**
 * Counts as they were at a moment, by the history of evidence, judged by the questions of today. Those that stood alike are
 * judged once.
 */
export async function readCountsAt(
  queries: Queries,
  template: ControlTemplate,
  { moment, looking: { view, scope } }: { readonly moment: Moment; readonly looking: Pick<Looking, 'view' | 'scope'> },
): Promise<Counts> {
  const then = await readKnownThen(queries, moment);
  const stands = standsThen(template, then, await readHeldAt(queries, moment));
  const alike = new Map<readonly Stand[], number>();
  for (const one of seenThen(then, { view, scope, at: moment.at })) {
    const own = stands(one);
    alike.set(own, (alike.get(own) ?? 0) + 1);
  }
  return countsFrom([...alike].flatMap(([own, subjects]) => own.map((stand) => ({ ...stand, subjects }))));
}

/** How subjects stood for the questions of today. Those that stood alike are judged once, and share the answer. */
export function standsThen(
  template: ControlTemplate,
  { states }: Pick<EstateThen, 'states'>,
  held: HeldAttestations,
): (one: KnownThen) => readonly Stand[] {
  const known = new Map<string, readonly Stand[]>();
  return ({ kind, statuses }) => {
    const key = [kind, ...statuses].join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    // What nobody had answered by then is not assessed, as it is now.
    const checks: Record<string, CheckState> = { ...checksOfNobody(kind) };
    const answers: Record<string, CheckState> = {};
    for (const id of statuses)
      for (const [name, { state }] of Object.entries(states.get(id) ?? {}))
        if (name.startsWith(answerPrefix)) answers[name.slice(answerPrefix.length)] = state;
        else checks[name] = state;
    const stands = stanceOf([template], { kind, checks, answers }, held);
    known.set(key, stands);
    return stands;
  };
}

/** Documents that held at a moment, by what was known until then. */
export async function readHeldAt(queries: Queries, { at, known = at }: Moment): Promise<HeldAttestations> {
  const { rows } = await sql<{ kind: string }>`
    select distinct kind from explorer.attestation where added_at <= ${at} and added_at <= ${known} and expires_at > ${at}
      and (revoked_at is null or revoked_at > ${at})`.execute(queries.query(explorerSchema));
  return new Set(rows.map(({ kind }) => kind));
}

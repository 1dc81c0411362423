import type { Transaction } from '#store/index.ts';
import type { FactGap } from '../contract.ts';
import type { AgentRow } from './agents.ts';
import { factsMissing } from './facts.ts';
import type { Missing, Place } from './place.ts';

/** Announces each gap of facts that will never come. Gives what is to be stored of it with the agent. */
export async function noteGap(
  transaction: Transaction,
  agent: AgentRow,
  { place, now }: { readonly place: Place; readonly now: Date },
): Promise<{ readonly gap_facts?: number; readonly gap?: string }> {
  if (place.kind === 'gap') return {};
  const gaps = place.missing.map((one) => gapOf(one, agent, now));
  await transaction.announceAll(
    factsMissing,
    gaps.map((gap) => ({ host: agent.name, agent: agent.id, gap })),
  );
  const newest = gaps.at(-1);
  if (newest === undefined) return {};
  return { gap_facts: place.missing.reduce(sum, agent.gap_facts), gap: JSON.stringify(newest) };
}

function gapOf(missing: Missing, { seen_at: seenAt }: AgentRow, now: Date): FactGap {
  return { ...missing, ...(seenAt === null ? {} : { from: seenAt.toISOString() }), to: now.toISOString() };
}

/** Of those whose end nobody knows, one is certain. An agent may say any number; lists of agents must stay readable. */
function sum(facts: number, { first, last = first }: Missing): number {
  return Math.min(Number.MAX_SAFE_INTEGER, facts + last - first + 1);
}

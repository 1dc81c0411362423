import { oneLine } from '#base/index.ts';
import type { ContainerFact } from '#inventory/contract.ts';
import type { AdmissionRule, DecisionCause } from '#admission/contract.ts';
import type { ScopedSettings } from '#compliance/contract.ts';
import type { RoguesFact } from '../../contract.ts';
import { decide, type LedgerState } from '#admission/index.ts';
import type { BrokenSetting } from '../answer/start-decision.ts';

/** A running container as the sweep looks at it. */
export interface SweptContainer {
  readonly fact: ContainerFact;
  readonly environment: string | undefined;
  /** The rule that holds for it. */
  readonly rule: AdmissionRule | undefined;
  /** The rule over settings that holds for it. */
  readonly settings: ScopedSettings | undefined;
  /** When the gate last let it start. */
  readonly admittedAt: Date | undefined;
  /** What its settings break; `undefined` where they cannot be read. */
  readonly broken: readonly BrokenSetting[] | undefined;
}

export interface SweepContext {
  readonly ledgerState: LedgerState;
  /** When every start here began to go through the gate; missing: not yet, or not every one. */
  readonly gatedSince: Date | undefined;
  readonly isOwnImage: (digest: string) => boolean;
}

export type Rogue = RoguesFact['rogues'][number];

/** Milliseconds between the gate's word and the engine's note that a container has started. */
const longestStart = 30_000;
/** Milliseconds after a start in which the wrapper may still be telling of it. */
const untilReported = 5000;

/**
 * What is wrong with a container that runs: its image no longer passes, its settings break a rule, or no gate let it
 * start. One from before the gate is judged by the first two alone. `undefined`: nothing, or the rule does not ask.
 */
export function rogueOf(container: SweptContainer, context: SweepContext): Omit<Rogue, 'outcome'> | undefined {
  const { fact, rule } = container;
  if (rule === undefined || rule.rogue === 'ignore' || context.isOwnImage(digestOf(fact))) return undefined;
  const found = byLedger(container, context) ?? withoutAdmission(container, context);
  if (found === undefined) return undefined;
  const { subject, startedAt, createdAt } = fact;
  return {
    container: fact.id,
    name: fact.name,
    image: fact.image.name,
    ...(subject !== undefined && { digest: subject as string as NonNullable<Rogue['digest']> }),
    since: startedAt ?? createdAt,
    rule: { id: rule.id, version: rule.version, name: rule.name },
    ...found,
  };
}

type Found = Pick<Rogue, 'reason' | 'rule'> & { readonly cause: DecisionCause };

function byLedger(
  { fact, environment, settings, broken }: SweptContainer,
  { ledgerState }: SweepContext,
): Found | undefined {
  const place = environment === undefined ? {} : { environment };
  const answers = [fact.image.id, digestOf(fact)].map((digest) => decide({ digest, ...place }, ledgerState));
  const known = answers.find(({ kind }) => kind !== 'unknown');
  if (known?.kind === 'break-glass') return undefined;
  if (known?.kind === 'known') {
    const { entry } = known;
    if (entry.cause === 'own-image') return undefined;
    // What fails a check while it runs is for its compliance rule to say.
    if (entry.answer === 'deny' && entry.by === undefined)
      return { cause: 'verdict', reason: entry.reason, ...(entry.rule && { rule: entry.rule }) };
  }
  const blocking = (broken ?? []).filter(({ effect }) => effect === 'block');
  if (blocking.length === 0) return undefined;
  return {
    cause: 'settings',
    // It quotes what whoever made the container wrote: one that is no line would hide all that are found with it.
    reason: oneLine(blocking.map(({ message }) => message).join(' '), 2000),
    ...(settings && { rule: { id: settings.id, version: settings.version, name: settings.name } }),
  };
}

function withoutAdmission({ fact, admittedAt }: SweptContainer, context: SweepContext): Found | undefined {
  const { gatedSince, ledgerState } = context;
  const started = Date.parse(fact.startedAt ?? fact.createdAt);
  if (started > ledgerState.now.getTime() - untilReported) return undefined;
  if (gatedSince === undefined || started <= gatedSince.getTime()) return undefined;
  if (admittedAt !== undefined && started <= admittedAt.getTime() + longestStart) return undefined;
  return { cause: 'not-admitted', reason: 'A rogue container: no gate admitted its start.' };
}

function digestOf({ subject, image }: ContainerFact): string {
  return subject ?? image.id;
}

import { notSeenBy, type StartDocument } from '#inventory/index.ts';
import type { About, Check } from './check.ts';
import { containerChecks } from './checks/container/index.ts';
import type { ComplianceEffect } from './contract-effect.ts';
import type { ComplianceRule } from './contract-rule.ts';
import { isNamed } from './effect.ts';

/** Gates that judge a container before it starts, the earliest first. */
export const startGates = ['docker-authorization', 'kubernetes-webhook', 'runtime-wrapper'] as const;
export type StartGate = (typeof startGates)[number];

/** What each of them reads of a container, in full. */
const documentOfGate: Readonly<Record<StartGate, StartDocument>> = {
  'docker-authorization': 'request',
  'kubernetes-webhook': 'pod',
  'runtime-wrapper': 'bundle',
};

/** Whether a document has a place for all that a check needs. */
export function isDecidedBy(document: StartDocument, { needs }: Pick<Check, 'needs'>): boolean {
  const notSeen: readonly string[] = notSeenBy[document];
  return needs.every((name) => !notSeen.includes(name));
}

/** Gates that decide a check of containers. */
export function gatesOf(check: Pick<Check, 'needs'>): readonly StartGate[] {
  return startGates.filter((gate) => isDecidedBy(documentOfGate[gate], check));
}

type Lines = Pick<ComplianceRule, 'lines' | 'notAssessed'>;

/** A check of containers that was written at the console, as much of it as says who decides it. */
type Written = About & Pick<Check, 'needs'>;

/** Ids of checks of containers that a rule blocks at a start, of those that a document decides. */
export function blockedAtStart(document: StartDocument, { lines }: Pick<ComplianceRule, 'lines'>): readonly string[] {
  return containerChecks
    .filter((check) => isDecidedBy(document, check))
    .filter((check) => lines.find(({ checks }) => isNamed(checks, check))?.effect === 'block')
    .map(({ id }) => id);
}

/** The strictest that a rule may do about a container that is judged by a document. */
export function strictestAtStart(
  document: StartDocument,
  { lines, notAssessed }: Lines,
  custom: readonly Written[] = [],
): ComplianceEffect {
  const effects = [...containerChecks, ...custom]
    .filter((check) => isDecidedBy(document, check))
    .map((check) => lines.find(({ checks }) => isNamed(checks, check))?.effect ?? 'ignore')
    .flatMap((effect) => (effect === 'ignore' ? [] : [effect, notAssessed]));
  return (['block', 'alert'] as const).find((effect) => effects.includes(effect)) ?? 'ignore';
}

/**
 * Ids of checks of containers about which a rule is to do something and that none of these gates decides: only what runs is
 * judged by them.
 */
export function undecidedBy(
  { lines }: Pick<ComplianceRule, 'lines'>,
  gates: readonly StartGate[],
  custom: readonly (Written & Pick<Check, 'subject'>)[] = [],
): readonly string[] {
  return [...containerChecks, ...custom.filter(({ subject }) => subject === 'container')]
    .filter((check) => !gatesOf(check).some((gate) => gates.includes(gate)))
    .filter((check) => (lines.find(({ checks }) => isNamed(checks, check))?.effect ?? 'ignore') !== 'ignore')
    .map(({ id }) => id);
}

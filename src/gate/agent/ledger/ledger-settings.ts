import type { Selectable } from '#access/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { AdmissionRule, Ledger } from '#admission/contract.ts';
import type { LedgerSettings } from './encode-ledger.ts';
import { strictestCompliance } from '../answer/with-compliance.ts';
import { longestHold } from './ledger-form.ts';

export interface HostPlace {
  /** How the host is called everywhere. */
  readonly host: string;
  /** Environments in which its containers may stand besides its own. */
  readonly environments: readonly string[];
}

/**
 * What holds for a start of which nothing is known but the host: of the rules that could be its own, the strictest. A
 * host without rules refuses nothing.
 */
export function ledgerSettings(ledger: Ledger, { host, environments }: HostPlace): LedgerSettings {
  const places = [...new Set([ledger.environment, ...environments])];
  const rules = [...new Set(places.flatMap((place) => possibleRules(ledger, host, place)))];
  const strictBuilds = (['deny', 'approved-base'] as const).find((word) => rules.some(({ builds }) => builds === word));
  const judges = rules.some(({ settings }) => settings.some(({ effect }) => effect !== 'ignore'));
  const complies = strictestCompliance(ledger) === 'block';
  return {
    environments,
    hold: Math.min(longestHold, Math.max(0, ...rules.map(({ holdSeconds }) => holdSeconds * 1000))),
    unknown: rules.some(({ unknown }) => unknown === 'block') ? 'deny' : 'allow',
    agentAway: rules.some(({ agentAway }) => agentAway === 'deny') ? 'deny' : 'allow',
    builds: strictBuilds ?? 'allow',
    settings: judges || complies ? 'judged' : 'not-judged',
  };
}

/** Rules in force that could hold for a container there, up to the one that holds for each. */
function possibleRules(ledger: Ledger, host: string, environment: string | undefined): readonly AdmissionRule[] {
  const start: Selectable = { images: [], labels: {}, host, ...(environment !== undefined && { environment }) };
  const last = ruleFor(ledger.rules, ledger.collections, start);
  const upTo = last === undefined ? ledger.rules : ledger.rules.slice(0, ledger.rules.indexOf(last) + 1);
  // What a collection says of images, labels and applications a container to come may be.
  const byPlace = ledger.collections.map(({ selects: { hosts, environments }, ...collection }) => ({
    ...collection,
    selects: { ...(hosts && { hosts }), ...(environments && { environments }) },
  }));
  return upTo.filter((rule) => ruleFor([rule], byPlace, start) !== undefined);
}

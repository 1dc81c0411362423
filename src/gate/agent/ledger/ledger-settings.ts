import type { Selectable } from '#access/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { Ledger } from '#admission/contract.ts';
import { settingsIn } from '#admission/index.ts';
import type { ScopedRule } from '#rules/contract.ts';
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
  const possible = <Kind extends ScopedRule>(rules: readonly Kind[]): readonly Kind[] => [
    ...new Set(places.flatMap((place) => possibleRules(rules, ledger, { host, place }))),
  ];
  const rules = possible(ledger.rules);
  const overSettings = possible(settingsIn(ledger));
  const strictBuilds = (['deny', 'approved-base'] as const).find((word) => rules.some(({ builds }) => builds === word));
  const judges = overSettings.some(({ settings }) => settings.some(({ effect }) => effect !== 'ignore'));
  return {
    environments,
    hold: Math.min(longestHold, Math.max(0, ...rules.map(({ holdSeconds }) => holdSeconds * 1000))),
    unknown: rules.some(({ unknown }) => unknown === 'block') ? 'deny' : 'allow',
    agentAway: overSettings.some(({ agentAway }) => agentAway === 'deny') ? 'deny' : 'allow',
    builds: strictBuilds ?? 'allow',
    settings: judges ? 'judged' : 'not-judged',
    ...(strictestCompliance(ledger) === 'block' && { compliance: 'judged' as const }),
  };
}

/** Rules in force that could hold for a container there, up to the one that holds for each. */
function possibleRules<Kind extends ScopedRule>(
  rules: readonly Kind[],
  { collections }: Ledger,
  { host, place: environment }: { readonly host: string; readonly place: string | undefined },
): readonly Kind[] {
  const start: Selectable = { images: [], labels: {}, host, ...(environment !== undefined && { environment }) };
  const last = ruleFor(rules, collections, start);
  const upTo = last === undefined ? rules : rules.slice(0, rules.indexOf(last) + 1);
  // What a collection says of images, labels and applications a container to come may be.
  const byPlace = collections.map(({ selects: { hosts, environments }, ...collection }) => ({
    ...collection,
    selects: { ...(hosts && { hosts }), ...(environments && { environments }) },
  }));
  return upTo.filter((rule) => ruleFor([rule], byPlace, start) !== undefined);
}

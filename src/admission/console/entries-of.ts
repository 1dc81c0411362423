import type { Collection } from '#access/contract.ts';
import { isInCollection } from '#access/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { LedgerEntry } from '../contract.ts';
import { entryOf, withCompliance } from '../entry-of.ts';
import type { Start } from './start.ts';
import type { LedgerContext } from './ledger-context.ts';

/** What the rules make of a start; `undefined` where it is not judged. The aliases of an entry are those of its host. */
export type Entries = (start: Start) => Omit<LedgerEntry, 'aliases'> | undefined;

/**
 * Entries of many hosts. The same image under the same names in the same environment comes to the same entry wherever the
 * rules' collections hold the hosts alike, and is worked out once for all of these.
 */
export function entriesOf({ rules, collections, compliance, verdictOf }: LedgerContext): Entries {
  const named = new Set([...rules, ...compliance.rules].flatMap((rule) => rule.collections ?? []));
  const scopes = collections.filter(({ id }) => named.has(id));
  const kinds = new Map<string, string>();
  const known = new Map<string, ReturnType<Entries>>();
  return (start) => {
    const { host, environment = '', images } = start.place;
    const kind = kinds.get(host) ?? kindOf(host, scopes);
    kinds.set(host, kind);
    const key = [kind, start.digest, environment, ...images].join('\n');
    if (!known.has(key)) known.set(key, make(start));
    return known.get(key);
  };

  function make({ image, digest, place }: Start): ReturnType<Entries> {
    const { environment } = place;
    const verdict = verdictOf(image.subject, environment);
    const rule = verdict === undefined ? undefined : ruleFor(rules, scopes, place);
    if (verdict === undefined || rule === undefined) return undefined;
    const { brief, judgedAt, bundle } = verdict;
    const judged = { digest, aliases: [], verdict: brief, judgedAt, bundle };
    const entry = entryOf({ ...judged, ...(environment === undefined ? {} : { environment }) }, rule);
    return withCompliance(entry, brief, ruleFor(compliance.rules, scopes, place));
  }
}

/** The collections that hold a host as such, whatever starts there. */
function kindOf(host: string, collections: readonly Collection[]): string {
  const alone = { host, images: [], labels: {} };
  const holding = collections.filter(({ selects }) => isInCollection({ selects: { hosts: selects.hosts } }, alone));
  return holding.map(({ id }) => id).join(' ');
}

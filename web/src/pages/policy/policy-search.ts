import type { Exception } from '#policy/contract.ts';
import { countOf, keyOf, textOf, wordOf } from '../../app/search-text.ts';
import { parseTimeRange, type TimeRange } from '../../app/time-range.ts';

export const ruleTabs = ['yaml', 'versions'] as const;
export type RuleTab = (typeof ruleTabs)[number];

/** What the address of the rule editor holds. */
export interface RuleSearch {
  /** Missing: the form. */
  readonly tab?: RuleTab | undefined;
  /** Versions that are compared. */
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  /** Days of past builds that a change is tried on. */
  readonly days?: number | undefined;
}

export function parseRuleSearch(raw: Readonly<Record<string, unknown>>): RuleSearch {
  const days = countOf(raw['days']);
  return {
    tab: wordOf(raw['tab'], ruleTabs),
    from: countOf(raw['from']),
    to: countOf(raw['to']),
    days: days !== undefined && days >= 1 && days <= 365 ? days : undefined,
  };
}

export const exceptionStates = ['requested', 'approved', 'denied', 'cancelled', 'expired'] as const;

/** Their words are fetched with the page. */
const reasons: Readonly<Record<Exception['reason'], true>> = {
  'false-positive': true,
  mitigated: true,
  'risk-accepted': true,
  'not-reachable': true,
  'fix-planned': true,
  other: true,
};

/** What the address of the list of exceptions holds. */
export interface ExceptionsSearch extends TimeRange {
  readonly state?: (typeof exceptionStates)[number] | undefined;
  /** In the advisory, the package, the explanation or the name of who requested it. */
  readonly search?: string | undefined;
  readonly reason?: Exception['reason'] | undefined;
  readonly advisory?: string | undefined;
  /** Id of the one whose detail is open. */
  readonly exception?: string | undefined;
}

export function parseExceptionsSearch(raw: Readonly<Record<string, unknown>>): ExceptionsSearch {
  return {
    ...parseTimeRange(raw),
    state: wordOf(raw['state'], exceptionStates),
    search: textOf(raw['search']),
    reason: keyOf(raw['reason'], reasons),
    advisory: textOf(raw['advisory']),
    exception: textOf(raw['exception'], 36),
  };
}

/** What an exception is asked for; a finding's page fills it. */
export interface AskSearch {
  readonly advisory?: string | undefined;
  readonly type?: string | undefined;
  readonly package?: string | undefined;
  readonly version?: string | undefined;
}

export function parseAskSearch(raw: Readonly<Record<string, unknown>>): AskSearch {
  return {
    advisory: textOf(raw['advisory']),
    type: textOf(raw['type'], 16),
    package: textOf(raw['package'], 512),
    version: textOf(raw['version'], 512),
  };
}

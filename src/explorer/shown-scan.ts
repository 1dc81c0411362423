import type { ScanId } from '#base/index.ts';
import { compareEnvironments } from '#inventory/index.ts';

/** What decides which scan of an image pages show. */
export interface ShownFacts {
  /** The one that the catalog names: the first that counts where the most depends. */
  readonly first: ScanId;
  /** Scans that count, by environment; empty: none. */
  readonly counting: readonly { readonly scan: ScanId; readonly environment: string }[];
  /** Verdicts that hold, by environment; missing: none. */
  readonly verdicts: readonly { readonly scan: ScanId; readonly environment?: string }[];
}

/**
 * The scan whose verdict holds in the environment on which the most depends, of those where a scan counts; the first that
 * counts there while it is not judged. Pure.
 */
export function shownScan({ first, counting, verdicts }: ShownFacts): ScanId {
  const environments = counting.filter(({ environment }) => environment !== '+' && environment !== '*');
  const [critical] = environments.toSorted((left, right) => compareEnvironments(named(left), named(right)));
  if (critical === undefined) return first;
  const holding = verdicts.find(({ environment = '' }) => environment === critical.environment);
  const counts = environments.some(
    ({ scan, environment }) => scan === holding?.scan && environment === critical.environment,
  );
  return holding !== undefined && counts ? holding.scan : first;
}

function named({ environment }: { readonly environment: string }): string | undefined {
  return environment === '' ? undefined : environment;
}

import type { Finding } from '#vulnerability/index.ts';
import type { ScanResult } from './result.ts';

/** Tells whether an exception keeps a finding from counting; the finding is still there and is shown. */
export function exceptions({
  verdict,
}: Pick<ScanResult, 'verdict'>): (finding: Pick<Finding, 'id' | 'purl'>) => boolean {
  const excepted = new Set((verdict.excepted ?? []).map(({ finding, purl }) => JSON.stringify([finding, purl])));
  return ({ id, purl }) => excepted.has(JSON.stringify([id, purl]));
}

/**
 * Why a finding does not count although it is true: an exception, or a file of whoever scans. `undefined`: it counts, or
 * something speaks against it.
 */
export function acceptances(result: Pick<ScanResult, 'verdict'>): (finding: Finding) => string | undefined {
  const isExcepted = exceptions(result);
  return (finding) => {
    const { suppressed } = finding;
    if (suppressed?.kind === 'ignored') return `Ignored by ${suppressed.by}: ${suppressed.reason}`;
    return isExcepted(finding) ? 'An exception keeps it from counting.' : undefined;
  };
}

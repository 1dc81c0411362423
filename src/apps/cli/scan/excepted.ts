import type { Finding } from '#vulnerability/index.ts';
import type { ScanResult } from './result.ts';

/** Tells whether an exception keeps a finding from counting; the finding is still there and is shown. */
export function exceptions({
  verdict,
}: Pick<ScanResult, 'verdict'>): (finding: Pick<Finding, 'id' | 'purl'>) => boolean {
  const excepted = new Set((verdict.excepted ?? []).map(({ finding, purl }) => JSON.stringify([finding, purl])));
  return ({ id, purl }) => excepted.has(JSON.stringify([id, purl]));
}

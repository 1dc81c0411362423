import type { Policy, Threshold } from './contract.ts';
import { nameThreshold } from './threshold.ts';

export interface PolicyOptions {
  /** `scan`: a bare scan, where old feeds are shown; `production`: what is deployed, where they withhold the verdict. */
  readonly kind: 'scan' | 'production';
  readonly threshold?: Threshold;
  /** Findings without a fix do not count. */
  readonly onlyFixed?: boolean;
  /** Age in days that feeds may reach. */
  readonly staleDays?: number;
}

const medium: Threshold = { by: 'severity', severity: 'medium' };
const version = 1;

/**
 * Nothing with CVSS Medium or higher, what nobody rates included; a scan that is missing or incomplete, a package that
 * could not be judged, or a feed that is older than a week in production, gives no verdict.
 */
export function defaultPolicy(kind: PolicyOptions['kind']): Policy {
  return policyFor({ kind });
}

/** The default with those changes that the command line and settings allow. A changed policy carries another id. */
export function policyFor({ kind, threshold = medium, onlyFixed = false, staleDays = 7 }: PolicyOptions): Policy {
  const isDefault = threshold.by === 'severity' && threshold.severity === 'medium' && !onlyFixed && staleDays === 7;
  return {
    id: isDefault ? `default-${kind}` : `custom-${kind}`,
    version,
    name: `Nothing rated ${nameThreshold(threshold)} or higher${onlyFixed ? ' that has a fix' : ''}`,
    rules: [
      { kind: 'severity', threshold, onlyFixed, unrated: 'block', effect: 'block' },
      { kind: 'incomplete-scan', effect: 'cannot-judge' },
      { kind: 'not-judged', effect: 'cannot-judge' },
      { kind: 'unscanned', effect: 'cannot-judge' },
      { kind: 'stale-feed', days: staleDays, effect: kind === 'production' ? 'cannot-judge' : 'alert' },
    ],
  };
}

import { type ComplianceRule, lastComplianceRule } from '#compliance/contract.ts';
import type { CheckSeverity } from '#compliance/index.ts';
import type { PolicyFacts, Policy } from '#policy/index.ts';
import { imageChecks, judge, policyImage, openRulebook, publishedPlace } from '#policy/index.ts';
import { matchCatalog, upgradesOf, type VulnerabilityDatabase } from '#vulnerability/index.ts';
import { answersOfScan } from '../compliance/answers.ts';
import type { ScanResult } from './result.ts';
import type { Scanned } from './scan-target.ts';

/** Without a console the rule that comes with the product judges images: it alerts; from `limit` on, failed checks block. */
export function complianceRuleHere(limit?: CheckSeverity): ComplianceRule {
  const blocks = limit === undefined ? [] : [{ checks: { by: 'severity', severity: limit }, effect: 'block' } as const];
  return { ...lastComplianceRule, id: 'default', version: 1, lines: [...blocks, ...lastComplianceRule.lines] };
}

/** Matches and judges on this machine. Without a database nothing is matched and the policy is told why. */
export async function judgeHere(scanned: Scanned, database: DatabaseHere, options: Rules): Promise<ScanResult> {
  const matched =
    database.state === 'ready' ? matchCatalog(scanned.catalog, database.open) : { findings: [], feeds: [], faults: [] };
  const faults = [...scanned.catalog.faults, ...matched.faults];
  const facts: PolicyFacts = {
    scan: { state: 'done', scannedAt: options.now.toISOString(), faults },
    database:
      database.state === 'ready'
        ? { state: 'ready', builtAt: database.open.info.builtAt, feeds: matched.feeds }
        : database,
    image: policyImage(scanned.subject, scanned.catalog),
    findings: matched.findings,
    ...imageChecks(scanned.subject, scanned.catalog),
  };
  const rulebook = await openRulebook({
    policies: [options.policy],
    complianceRules: [options.complianceRule],
    collections: [],
    exceptions: [],
  });
  const compliance = answersOfScan(scanned.catalog, { now: options.now });
  return {
    ...scanned,
    catalog: { ...scanned.catalog, faults },
    findings: matched.findings,
    upgrades: upgradesOf(matched.findings),
    feeds: matched.feeds,
    verdict: judge(facts, rulebook, { ...options, where: [publishedPlace(scanned.subject)] }),
    ...(compliance === undefined ? {} : { compliance }),
    rules: options.policy.rules.map((rule) => rule.kind),
    ...(database.state === 'ready' ? { database: database.open.info } : {}),
    judgedBy: { kind: 'this-machine' },
  };
}

interface Rules {
  readonly policy: Policy;
  readonly complianceRule: ComplianceRule;
  readonly now: Date;
  /** The option by which only findings with a fix count, where it was given. */
  readonly onlyFixedName?: string;
}

export type DatabaseHere =
  | { readonly state: 'ready'; readonly open: VulnerabilityDatabase }
  | { readonly state: 'missing'; readonly reason: string };

import { type ComplianceRule, lastComplianceRule } from '#compliance/contract.ts';
import type { CheckSeverity } from '#compliance/index.ts';
import type { PolicyFacts, Policy } from '#policy/index.ts';
import { documentChecks, judge, policyImage, openRulebook, publishedPlace } from '#policy/index.ts';
import type { Statements, VulnerabilityDatabase } from '#vulnerability/index.ts';
import { answersOfDocument } from '../compliance/answers.ts';
import { againstBaseline, type Baseline, countedFindings, withBaseline } from './baseline.ts';
import type { ScanResult } from './result.ts';
import type { Matched, MatchedScan } from './scan-target.ts';

/** Without a console the rule that comes with the product judges images: it alerts; from `limit` on, failed checks block. */
export function complianceRuleHere(limit?: CheckSeverity): ComplianceRule {
  const blocks = limit === undefined ? [] : [{ checks: { by: 'severity', severity: limit }, effect: 'block' } as const];
  return { ...lastComplianceRule, id: 'default', version: 1, lines: [...blocks, ...lastComplianceRule.lines] };
}

/** Judges on this machine what was matched here. Without a database nothing is matched and the policy is told why. */
export async function judgeHere(scanned: MatchedScan, database: DatabaseHere, options: Rules): Promise<ScanResult> {
  const matched = await stated(scanned, options);
  const { findings } = matched;
  const faults = [...scanned.catalog.faults, ...matched.faults];
  const against = options.baseline && againstBaseline(findings, options.baseline);
  const facts: PolicyFacts = {
    scan: { state: 'done', scannedAt: options.now.toISOString(), faults },
    database:
      database.state === 'ready'
        ? { state: 'ready', builtAt: database.open.info.builtAt, feeds: matched.feeds }
        : database,
    image: policyImage(scanned.subject, scanned.catalog),
    findings: against === undefined ? findings : countedFindings(findings, against),
    ...documentChecks(scanned.subject, matched.document),
  };
  const rulebook = await openRulebook({
    policies: [options.policy],
    complianceRules: [options.complianceRule],
    collections: [],
    exceptions: [],
  });
  const compliance = answersOfDocument(matched.document, { now: options.now });
  const verdict = judge(facts, rulebook, { ...options, where: [publishedPlace(scanned.subject)] });
  const { target, subject } = scanned;
  return {
    target,
    subject,
    catalog: { ...scanned.catalog, faults },
    findings,
    upgrades: matched.upgrades,
    feeds: matched.feeds,
    verdict: against === undefined ? verdict : withBaseline(verdict, against),
    ...(against === undefined ? {} : { baseline: against }),
    ...(compliance === undefined ? {} : { compliance }),
    rules: options.policy.rules.map((rule) => rule.kind),
    ...(database.state === 'ready' ? { database: database.open.info } : {}),
    judgedBy: { kind: 'this-machine' },
  };
}

/** What was matched, with what statements say of it. */
async function stated({ subject, catalog, matched }: MatchedScan, options: Rules): Promise<Matched> {
  const { statements = [], now, onNote } = options;
  if (statements.length === 0) return matched;
  const { applyStatements, upgradesOf } = await import('./analyze-here.ts');
  const around = { subject, distribution: catalog.distribution, now };
  const { findings, notes } = applyStatements(matched.findings, statements, around);
  for (const note of notes) onNote?.(note);
  return { ...matched, findings, upgrades: upgradesOf(findings) };
}

interface Rules {
  readonly policy: Policy;
  readonly complianceRule: ComplianceRule;
  readonly now: Date;
  /** What the user ignores, and what others say of vulnerabilities. */
  readonly statements?: readonly Statements[];
  /** Told of what in these files says nothing (any more). */
  readonly onNote?: (note: string) => void;
  /** Earlier result whose findings do not count. */
  readonly baseline?: Baseline | undefined;
  /** The option by which only findings with a fix count, where it was given. */
  readonly onlyFixedName?: string;
}

export type DatabaseHere =
  | { readonly state: 'ready'; readonly open: VulnerabilityDatabase }
  | { readonly state: 'missing'; readonly reason: string };

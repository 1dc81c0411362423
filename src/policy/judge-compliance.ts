import type { ComplianceRule } from '#compliance/contract.ts';
import {
  type ExceptedCheck,
  type RuleContext,
  type RuleFinding,
  ruleFindings,
  scanDocument,
  unseenFinding,
} from '#compliance/index.ts';
import type { Verdict, Violation } from './contract.ts';
import type { PolicyFacts } from './facts.ts';

/** What a compliance rule says of an image, and what exceptions keep it from saying. */
export interface ImageCompliance {
  readonly violations: readonly Violation[];
  readonly excepted: NonNullable<Verdict['exceptedChecks']>;
}

/** What a compliance rule says of an image by the facts of its scan. Files of hosts and folders are no image. */
export function judgeCompliance(
  { checks, image }: Pick<PolicyFacts, 'checks' | 'image'>,
  rule: ComplianceRule | undefined,
  context: RuleContext,
): ImageCompliance {
  if (rule === undefined || image.isHost === true) return { violations: [], excepted: [] };
  const { findings, excepted } = findingsOf(checks, rule, context);
  const violations = findings.map(
    ({ effect, check, message, remedy }): Violation => ({
      rule: 'compliance',
      effect,
      message,
      remedy,
      check: { ...check, by: rule.name },
    }),
  );
  return { violations, excepted: excepted.map(({ until, ...one }) => ({ ...one, until: until.toISOString() })) };
}

interface Found {
  readonly findings: readonly RuleFinding[];
  readonly excepted: readonly ExceptedCheck[];
}

function findingsOf(facts: PolicyFacts['checks'], rule: ComplianceRule, context: RuleContext): Found {
  switch (facts?.state) {
    case 'read': {
      const documents = [{ kind: scanDocument, text: facts.text }];
      return ruleFindings(rule, { kind: 'image', documents, asker: 'dockerfile' }, context);
    }
    case undefined: {
      const finding = unseenFinding(rule, 'image', { ...olderScan, ...(context.custom && { custom: context.custom }) });
      return { findings: finding === undefined ? [] : [finding], excepted: [] };
    }
    case 'none':
      return { findings: [], excepted: [] };
    default:
      return facts satisfies never;
  }
}

const olderScan = {
  reason: 'the scan is older than compliance facts.',
  remedy: 'Scan the image again; hosts do so by themselves.',
};

import type { ComplianceRule } from '#compliance/contract.ts';
import { type RuleFinding, ruleFindings, scanDocument, unseenFinding } from '#compliance/index.ts';
import type { Violation } from './contract.ts';
import type { PolicyFacts } from './facts.ts';

/** What a compliance rule says of an image by the facts of its scan. Files of hosts and folders are no image. */
export function complianceViolations(
  { checks, image }: Pick<PolicyFacts, 'checks' | 'image'>,
  rule: ComplianceRule | undefined,
  now: Date,
): readonly Violation[] {
  if (rule === undefined || image.isHost === true) return [];
  return findingsOf(checks, rule, now).map(({ effect, check, message, remedy }) => ({
    rule: 'compliance',
    effect,
    message,
    remedy,
    check: { ...check, by: rule.name },
  }));
}

function findingsOf(facts: PolicyFacts['checks'], rule: ComplianceRule, now: Date): readonly RuleFinding[] {
  switch (facts?.state) {
    case 'read': {
      const documents = [{ kind: scanDocument, text: facts.text }];
      return ruleFindings(rule, { kind: 'image', documents, asker: 'dockerfile' }, { now, lists: {} });
    }
    case undefined: {
      const finding = unseenFinding(rule, 'image', olderScan);
      return finding === undefined ? [] : [finding];
    }
    case 'none':
      return [];
    default:
      return facts satisfies never;
  }
}

const olderScan = {
  reason: 'the scan is older than compliance facts.',
  remedy: 'Scan the image again; hosts do so by themselves.',
};

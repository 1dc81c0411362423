import { checks, type About } from '#compliance/index.ts';
import { levelOfCheck, ruleOf } from '../../compliance/sarif.ts';
import { acceptances } from '../../scan/excepted.ts';
import type { ScanResult } from '../../scan/result.ts';
import { message } from './message.ts';
import { uriOf } from './place.ts';

const about: ReadonlyMap<string, About> = new Map(checks.image.map((check: About) => [check.id, check]));

/** Violations of checks that this version knows, in the order of the verdict, each check once. */
function broken({ verdict }: ScanResult) {
  const byCheck = Map.groupBy(
    verdict.violations.filter(({ rule, check }) => rule === 'compliance' && about.has(check?.id ?? '')),
    ({ check }) => check?.id ?? '',
  );
  return [...byCheck].flatMap(([id, violations]) => {
    const check = about.get(id);
    return check === undefined ? [] : [{ check, violations }];
  });
}

/** A rule for each check that a compliance rule blocks or alerts on. */
export function checkRules(result: ScanResult): readonly object[] {
  return broken(result).map(ruleOf);
}

interface Among {
  /** Place of their first rule in the list. */
  readonly first: number;
  /** Findings of the same run: once one is suppressed, all others say that they are not. */
  readonly findings: ScanResult['findings'];
}

/** A result for each of them. */
export function checkResults(result: ScanResult, { first, findings }: Among): readonly object[] {
  const acceptanceOf = acceptances(result);
  const hasAccepted = findings.some((finding) => acceptanceOf(finding) !== undefined);
  return broken(result).map(({ check, violations }, at) => ({
    ruleId: check.id,
    ruleIndex: first + at,
    level: violations.some(({ effect }) => effect === 'block') ? levelOfCheck(check) : 'note',
    message: message(violations.map((one) => `${one.message} ${one.remedy}`).join(' ')),
    locations: [
      { physicalLocation: { artifactLocation: { uri: uriOf(undefined, result.target) }, region: { startLine: 1 } } },
    ],
    partialFingerprints: { primaryLocationLineHash: check.id, 'seawallCheck/v1': check.id },
    ...(hasAccepted ? { suppressions: [] } : {}),
  }));
}

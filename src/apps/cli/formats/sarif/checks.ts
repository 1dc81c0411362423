import { checks, type About } from '#compliance/index.ts';
import { levelOfCheck, ruleOf } from '../../compliance/sarif.ts';
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

/** A result for each of them; `first`: place of their first rule in the list. */
export function checkResults(result: ScanResult, first: number): readonly object[] {
  return broken(result).map(({ check, violations }, at) => ({
    ruleId: check.id,
    ruleIndex: first + at,
    level: violations.some(({ effect }) => effect === 'block') ? levelOfCheck(check) : 'note',
    message: message(violations.map((one) => `${one.message} ${one.remedy}`).join(' ')),
    locations: [
      { physicalLocation: { artifactLocation: { uri: uriOf(undefined, result.target) }, region: { startLine: 1 } } },
    ],
    partialFingerprints: { primaryLocationLineHash: check.id, 'seawallCheck/v1': check.id },
  }));
}

import { plainJson } from '../../plain.ts';
import type { ResultFormat, ScanResult } from '../../scan/result.ts';
import { version } from '../../version.ts';
import { invocationOf, notificationKinds } from './invocation.ts';
import { checkResults, checkRules } from './checks.ts';
import { nameOf } from './place.ts';
import { toResults } from './results.ts';
import { toRules } from './rules.ts';

/** Results that GitHub accepts in one run; a file with more is refused whole. */
const mostResults = 25_000;

/**
 * SARIF 2.1.0 (OASIS) within the limits of GitHub's code scanning: one rule for each vulnerability, one result for each finding
 * that counts. What an exception speaks for is marked as suppressed, which GitLab and Jenkins leave out and GitHub does
 * not look at. Findings that are none, because the distribution fixed or owns them, are left out.
 */
export const sarif: ResultFormat = {
  id: 'sarif',
  version: 2,
  summary: 'SARIF 2.1.0 for code scanning: one rule for each vulnerability, one result for each finding.',
  render: (result) => `${plainJson(JSON.stringify(documentOf(result)))}\n`,
  remark: (result) => cutOf(result, counted(result).length),
};

function documentOf(result: ScanResult): object {
  const all = counted(result);
  const checks = checkRules(result);
  const findings = all.slice(0, mostResults - checks.length);
  const rules = toRules(findings);
  const places = new Map(rules.map((rule, index) => [rule.id, index]));
  const { target, subject, verdict } = result;
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: 'Seawall', version, rules: [...rules, ...checks], notifications: notificationKinds(result) },
        },
        // GitHub replaces the results of an earlier upload of the same id.
        automationDetails: { id: `seawall/${nameOf(target)}/` },
        invocations: [invocationOf(result, cutOf(result, all.length))],
        results: [...toResults(findings, { ...result, places }), ...checkResults(result, rules.length)],
        properties: {
          target,
          ...(subject.kind === 'image' ? { imageDigest: subject.digest } : { path: subject.path }),
          verdict: verdict.kind,
          reason: verdict.reason,
          policy: verdict.policy.name,
          suppressedFindings: result.findings.length - all.length,
          exceptedFindings: verdict.excepted?.length ?? 0,
        },
      },
    ],
  };
}

function counted({ findings }: ScanResult): ScanResult['findings'] {
  return findings.filter((finding) => finding.suppressed === undefined);
}

/** Findings stand worst first, so the least are cut off. */
function cutOf({ target }: ScanResult, all: number): string | undefined {
  return all <= mostResults
    ? undefined
    : `The SARIF file of ${target} holds the worst ${mostResults} of ${all} findings, as many as GitHub accepts; the JSON result holds all.`;
}

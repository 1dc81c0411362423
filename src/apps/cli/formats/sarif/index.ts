import { plainJson } from '../../plain.ts';
import { platformName } from '../../scan/platform-results.ts';
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
 * that counts, and the same for each check that a compliance rule blocks or alerts on. What an exception or a file of
 * the user speaks for is marked as suppressed, which GitLab and Jenkins leave out and GitHub does not look at. Findings that
 * are none, because the distribution fixed or owns them or a VEX document says so, are left out.
 */
export const sarif: ResultFormat = {
  id: 'sarif',
  version: 3,
  summary: 'SARIF 2.1.0 for code scanning: one rule for each vulnerability and check, one result for each finding.',
  render: (result) => `${plainJson(JSON.stringify(documentOf([runOf(result)])))}\n`,
  renderAll: ({ target, results, unscanned }) => {
    const runs = [
      ...results.map((one) => runOf(one, platformName(one))),
      ...unscanned.map(({ platform, reason }) => runWithout(target, platform, reason)),
    ];
    return `${plainJson(JSON.stringify(documentOf(runs)))}\n`;
  },
  remark: (result) => cutOf(result, { all: counted(result).length, most: mostResults - checkRules(result).length }),
};

function documentOf(runs: readonly object[]): object {
  return { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs };
}

/** GitHub replaces the results of an earlier upload of the same id, and refuses two runs of one id in a file. */
function idOf(target: string, platform: string | undefined): string {
  return `seawall/${nameOf(target)}/${platform === undefined ? '' : `${platform.replaceAll('/', '-')}/`}`;
}

/** The run of a platform that was not scanned, which did not succeed. */
function runWithout(target: string, platform: string, reason: string): object {
  const notified = { level: 'error', message: { text: `${platform} was not scanned: ${reason}` } };
  return {
    tool: { driver: { name: 'Seawall', version } },
    automationDetails: { id: idOf(target, platform) },
    invocations: [{ executionSuccessful: false, toolExecutionNotifications: [notified] }],
    results: [],
    properties: { target, platform },
  };
}

function runOf(result: ScanResult, platform?: string): object {
  const all = counted(result);
  const checks = checkRules(result);
  const most = mostResults - checks.length;
  const findings = all.slice(0, most);
  const rules = toRules(findings);
  const places = new Map(rules.map((rule, index) => [rule.id, index]));
  const { target, subject, verdict } = result;
  return {
    tool: {
      driver: { name: 'Seawall', version, rules: [...rules, ...checks], notifications: notificationKinds(result) },
    },
    automationDetails: { id: idOf(target, platform) },
    invocations: [invocationOf(result, cutOf(result, { all: all.length, most }))],
    results: [
      ...toResults(findings, { ...result, places }),
      ...checkResults(result, { first: rules.length, findings }),
    ],
    properties: {
      target,
      ...(platform === undefined ? {} : { platform }),
      ...(subject.kind === 'image' ? { imageDigest: subject.digest } : { path: subject.path }),
      verdict: verdict.kind,
      reason: verdict.reason,
      policy: verdict.policy.name,
      suppressedFindings: result.findings.length - all.length,
      exceptedFindings: verdict.excepted?.length ?? 0,
    },
  };
}

function counted({ findings }: ScanResult): ScanResult['findings'] {
  return findings.filter(({ suppressed }) => suppressed === undefined || suppressed.kind === 'ignored');
}

/** Findings stand worst first, so the least are cut off. */
function cutOf(
  { target }: ScanResult,
  { all, most }: { readonly all: number; readonly most: number },
): string | undefined {
  return all <= most
    ? undefined
    : `The SARIF file of ${target} holds the worst ${most} of ${all} findings, as many as GitHub accepts; the JSON result holds all.`;
}

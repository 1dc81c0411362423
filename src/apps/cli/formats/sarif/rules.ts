import type { Finding, Severity } from '#vulnerability/index.ts';
import { advisoryPage } from '../advisory-page.ts';
import { message } from './message.ts';

/** A `reportingDescriptor`. */
export interface SarifRule {
  readonly id: string;
  readonly shortDescription: { readonly text: string };
  readonly fullDescription: { readonly text: string };
  readonly help: { readonly text: string };
  readonly helpUri: string;
  readonly defaultConfiguration: { readonly level: Level };
  readonly properties: Readonly<Record<string, unknown>>;
}

export type Level = 'error' | 'warning' | 'note';

/** One rule for each vulnerability, in the order of its first finding. */
export function toRules(findings: readonly Finding[]): readonly SarifRule[] {
  return [...Map.groupBy(findings, (finding) => finding.id)].map(([id, of]) => toRule(id, of));
}

/** What nobody has rated warns: it is no note until it is known to be one. */
export function levelOf(severity: Severity): Level {
  switch (severity) {
    case 'critical':
    case 'high':
      return 'error';
    case 'medium':
    case 'unrated':
      return 'warning';
    case 'low':
    case 'negligible':
      return 'note';
    default:
      return severity satisfies never;
  }
}

function toRule(id: string, findings: readonly Finding[]): SarifRule {
  const packages = [...new Set(findings.map((finding) => finding.package))];
  const [worst] = findings.toSorted((left, right) => (right.score ?? -1) - (left.score ?? -1));
  const summary = findings.find((finding) => finding.summary)?.summary ?? `${id} in ${packages.join(', ')}`;
  const score = worst?.score;
  const severity = worst?.severity ?? 'unrated';
  return {
    id,
    shortDescription: message(`${id}: ${summary}`, 200),
    fullDescription: message(summary),
    help: message(helpOf(id, findings), 4000),
    helpUri: advisoryPage(id),
    defaultConfiguration: { level: levelOf(severity) },
    properties: {
      // GitHub reads this number as the severity; without one it shows the level.
      ...(score === undefined || score === 0 ? {} : { 'security-severity': score.toFixed(1) }),
      precision: 'very-high',
      // GitLab takes names of vulnerabilities from them.
      tags: ['security', 'vulnerability', severity, ...namesOf(id, findings)],
    },
  };
}

/** CVEs of the vulnerability; GitHub takes ten tags at most. */
function namesOf(id: string, findings: readonly Finding[]): readonly string[] {
  const names = [id, ...findings.flatMap(({ aliases }) => aliases)];
  return [...new Set(names.filter((name) => /^CVE-\d{4}-\d+$/.test(name)))].slice(0, 5);
}

function helpOf(id: string, findings: readonly Finding[]): string {
  const aliases = [...new Set(findings.flatMap((finding) => finding.aliases))].filter((alias) => alias !== id);
  const [first] = findings;
  const lines = [
    first?.summary ?? `No feed describes ${id}.`,
    aliases.length === 0 ? '' : `Also known as ${aliases.slice(0, 20).join(', ')}.`,
    ...[...new Set(findings.map(fixOf))].slice(0, 20),
    first?.kev === undefined ? '' : `In CISA's catalogue of known exploited vulnerabilities since ${first.kev.added}.`,
    first?.epss === undefined
      ? ''
      : `Probability of exploitation within 30 days (EPSS): ${(first.epss.score * 100).toFixed(1)} %.`,
    ...(first?.cvss ?? []).map(({ source, score, vector }) => `CVSS of ${source}: ${score.toFixed(1)} (${vector}).`),
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function fixOf({ package: name, installed, fixed, status }: Finding): string {
  return fixed === undefined
    ? `${name} ${installed}: no fixed version is known (${status}).`
    : `${name} ${installed}: upgrade to ${fixed}.`;
}

import { createHash } from 'node:crypto';
import type { Finding, Severity } from '#vulnerability/index.ts';
import { plainJson } from '../../plain.ts';
import { exceptions } from '../../scan/excepted.ts';
import type { RenderOptions, ResultFormat, ScanResult } from '../../scan/result.ts';
import { version } from '../../version.ts';
import { advisoryPage } from '../advisory-page.ts';
import { messagesOf } from './messages.ts';

/**
 * GitLab's report of container scanning, schema 15.0.4 (gitlab-org/security-products/security-report-schemas). The format
 * has no verdict: it stands in the messages of the scan, with what was not seen and what does not count.
 */
export const gitlab: ResultFormat = {
  id: 'gitlab',
  version: 1,
  summary: 'Container scanning report of GitLab: findings that count; verdict and faults as messages.',
  render: (result, options) => `${plainJson(JSON.stringify(documentOf(result, options), undefined, 2))}\n`,
};

function documentOf(result: ScanResult, { now }: RenderOptions): object {
  const time = now.toISOString().slice(0, 19);
  const tool = { id: 'seawall', name: 'Seawall', version, vendor: { name: 'Seawall' } };
  const isExcepted = exceptions(result);
  const counted = result.findings.filter((finding) => finding.suppressed === undefined && !isExcepted(finding));
  return {
    version: '15.0.4',
    scan: {
      type: 'container_scanning',
      // A report without findings looks clean, so a scan without any answer counts as failed.
      status: result.verdict.kind === 'cannot-judge' && counted.length === 0 ? 'failure' : 'success',
      start_time: time,
      end_time: time,
      analyzer: tool,
      scanner: tool,
      messages: messagesOf(result),
    },
    vulnerabilities: counted.map((finding) => vulnerabilityOf(finding, result)),
  };
}

function vulnerabilityOf(finding: Finding, { target, catalog }: ScanResult): object {
  const { id, summary, severity, fixed, status, package: name, installed, purl, layer } = finding;
  return {
    id: idOf([id, purl, String(layer)]),
    name: cut(`${id} in ${name}`, 255),
    description: cut(summary ?? `${id} in ${name} ${installed}.`, 2000),
    severity: severityWords[severity],
    solution: cut(
      fixed === undefined ? `No fixed version is known (${status}).` : `Upgrade ${name} to ${fixed}.`,
      7000,
    ),
    identifiers: [id, ...finding.aliases.filter((alias) => alias !== id)].slice(0, mostIdentifiers).map(identifierOf),
    links: [{ url: advisoryPage(id) }],
    location: {
      dependency: { package: { name }, version: installed },
      operating_system: systemOf(catalog.distribution),
      image: target === '' ? 'unknown' : target,
    },
  };
}

/** Names of one finding that are written; an advisory may have hundreds. */
const mostIdentifiers = 20;

function identifierOf(id: string): object {
  const type = /^[A-Za-z]+/.exec(id)?.[0].toLowerCase() ?? 'unknown';
  return { type, name: id, value: id, url: advisoryPage(id) };
}

function systemOf(distribution: ScanResult['catalog']['distribution']): string {
  if (distribution === undefined) return 'unknown';
  return `${distribution.id} ${distribution.version ?? ''}`.trim();
}

/** The same finding has the same id in every report. */
function idOf(parts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40);
}

function cut(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

const severityWords: Readonly<Record<Severity, string>> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  negligible: 'Info',
  unrated: 'Unknown',
};

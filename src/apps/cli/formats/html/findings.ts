import type { Finding } from '#vulnerability/index.ts';
import { partOf } from '../../scan/by-base.ts';
import { exceptions } from '../../scan/excepted.ts';
import type { ScanResult } from '../../scan/result.ts';
import { html, type Markup } from './markup.ts';
import { severityMark } from './severity-mark.ts';
import { wholeRisk } from '../whole-risk.ts';

/** Findings that one page shows; browsers take long over more. */
export const mostFindings = 5000;

/** What counts, worst first. Without a database nothing was matched, which is no list without entries. */
export function findingsSection(result: ScanResult): Markup {
  const { findings, database } = result;
  const counted = findings.filter((finding) => finding.suppressed === undefined);
  if (database === undefined && findings.length === 0)
    return html`<section>
<h2>Findings</h2>
<div class="unknown"><p>Unknown: nothing was matched.</p></div>
</section>`;
  return html`<section>
<h2>Findings: ${counted.length}</h2>
${cutLine(counted)}
${counted.length === 0 ? html`<p class="quiet">None.</p>` : tableOf(counted.slice(0, mostFindings), { ...result, isExcepted: exceptions(result) })}
</section>`;
}

/** What something speaks against, with the reason. */
export function suppressedSection({ findings }: ScanResult): Markup {
  const suppressed = findings.filter((finding) => finding.suppressed !== undefined);
  if (suppressed.length === 0) return html``;
  return html`<section>
<h2>Not counted: ${suppressed.length}</h2>
${cutLine(suppressed)}
<table>
<thead><tr><th>Severity</th><th>Finding</th><th>Package</th><th>Reason</th><th>By</th></tr></thead>
<tbody>
${suppressed.slice(0, mostFindings).map(suppressedRow)}</tbody>
</table>
</section>`;
}

function tableOf(findings: readonly Finding[], around: Around): Markup {
  return html`<table>
<thead><tr><th>Severity</th><th>Finding</th><th>Package</th><th>Installed</th><th>Fixed in</th><th class="number">Risk</th><th class="number">EPSS</th></tr></thead>
<tbody>
${findings.map((finding) => findingRow(finding, around))}</tbody>
</table>`;
}

interface Around {
  readonly isExcepted: (finding: Finding) => boolean;
  readonly subject: ScanResult['subject'];
  readonly base?: ScanResult['base'];
}

/** `layer 3 of the base, usr/lib/x.jar`; a folder has no layers. */
function placeOf(finding: Finding, { subject, base }: Around): Markup | undefined {
  const part = base === undefined ? '' : partOf(finding, base) === 'base' ? ' of the base' : ', own';
  const layer = subject.kind === 'image' ? [`layer ${finding.layer + 1}${part}`] : [];
  const words = [...layer, ...(finding.path === undefined ? [] : [finding.path])];
  return words.length === 0 ? undefined : html`<br><span class="quiet">${words.join(', ')}</span>`;
}

function findingRow(finding: Finding, around: Around): Markup {
  const waiver = around.isExcepted(finding) ? html` <span class="quiet">excepted</span>` : html``;
  const { id, severity, score, kev, epss, summary, fixed, status, risk } = finding;
  const exploited = kev === undefined ? undefined : html` <strong class="stops">KEV</strong>`;
  return html`<tr><td data-label="">${severityMark(severity)}${score === undefined ? undefined : html` ${score.toFixed(1)}`}</td><td data-label="">${id}${exploited}${waiver}${summary === undefined ? undefined : html`<br><span class="quiet">${summary.slice(0, 300)}</span>`}</td><td data-label="Package">${finding.package}${placeOf(finding, around)}</td><td data-label="Installed"><code>${finding.installed}</code></td><td data-label="Fixed in">${fixed === undefined ? html`<span class="quiet">${status.replaceAll('-', ' ')}</span>` : html`<code>${fixed}</code>`}</td><td class="number" data-label="Risk">${wholeRisk(risk.score)}</td><td class="number" data-label="EPSS">${epss === undefined ? '' : `${(epss.score * 100).toFixed(1)} %`}</td></tr>
`;
}

function suppressedRow({ id, severity, package: name, installed, suppressed }: Finding): Markup {
  return html`<tr><td data-label="">${severityMark(severity)}</td><td data-label="">${id}</td><td data-label="Package">${name} <code>${installed}</code></td><td data-label="Reason">${suppressed?.reason}</td><td data-label="By">${suppressed?.by}</td></tr>
`;
}

function cutLine(all: readonly Finding[]): Markup | undefined {
  return all.length <= mostFindings
    ? undefined
    : html`<div class="unknown"><p>The first ${mostFindings} of ${all.length}; the JSON result holds all.</p></div>`;
}

import type { ImportedResult } from '../../contract-imported.ts';
import type { Assessment } from '../assessment.ts';
import { type Html, html } from './html.ts';
import { day } from './report-words.ts';

/** Files of an imported result, by their paths in the package; missing: it is not in there. */
export type ImportLinks = (result: ImportedResult) => { readonly rules?: string; readonly file?: string };

/** Results that the report shows, the newest scans. */
const shownImports = 200;

/** What people imported of other tools, in the words of these tools; nothing where there is none. */
export function importsOf({ imports = [] }: Assessment, links: ImportLinks): Html {
  if (imports.length === 0) return html``;
  const more = imports.length - shownImports;
  return html`<section class="control" id="imported-results">
<h2>Imported results</h2>
<p>Results of OpenSCAP that people imported. Each says what its file says: Seawall proved none of it. The outcomes are those of XCCDF; no control of this report counts them.</p>
<table><thead><tr><th>Target</th><th>Benchmark</th><th>Outcomes</th><th>Scanned</th><th>Imported</th><th>Evidence</th></tr></thead><tbody>
${imports.slice(0, shownImports).map((one) => rowOf(one, links(one)))}
</tbody></table>
${more > 0 ? html`<p class="quiet">${more} older results are not shown.</p>` : undefined}
</section>
`;
}

function rowOf(result: ImportedResult, { rules, file }: ReturnType<ImportLinks>): Html {
  const { target, name, benchmark, profile, counts, endedAt, tool, importedAt, importedBy, age, targets } = result;
  const outcomes = Object.entries(counts).flatMap(([outcome, count]) => (count === 0 ? [] : [`${count} ${outcome}`]));
  return html`<tr><td>${target.kind} ${name}<br><span class="quiet">in the file: ${targets.join(', ')}</span></td><td>${profile?.title ?? profile?.id ?? 'Default profile'}<br><span class="quiet">${benchmark.title ?? benchmark.id}${benchmark.version === undefined ? '' : `, version ${benchmark.version}`}</span></td><td>${outcomes.join(', ')}</td><td>${day(endedAt)}${age === 'stale' ? html` <span class="state incomplete">Stale</span>` : undefined}<br><span class="quiet">${tool ?? 'tool not named'}</span></td><td>${day(importedAt)} by ${importedBy}</td><td>${link(rules, 'all rules')}${link(file, 'file')}<span class="quiet">SHA-256 <code>${result.file.sha256}</code></span></td></tr>
`;
}

function link(href: string | undefined, text: string): Html | undefined {
  return href === undefined ? undefined : html`<a href="${href}">${text}</a> `;
}

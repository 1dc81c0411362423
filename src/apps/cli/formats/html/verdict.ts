import { type RankedUpgrade, rankedUpgrades, upgradeKey } from '../../scan/ranked.ts';
import type { ScanResult } from '../../scan/result.ts';
import { html, type Markup } from './markup.ts';
import { severityMark } from './severity-mark.ts';
import { wholeRisk } from '../whole-risk.ts';

const words: Readonly<Record<ScanResult['verdict']['kind'], string>> = {
  pass: '✓ Pass',
  fail: '✕ Fail',
  'cannot-judge': '? Cannot judge',
};

/** The answer in one sentence, and where to read more. */
export function verdictSection({ verdict, judgedBy }: ScanResult): Markup {
  return html`<section class="verdict" data-kind="${verdict.kind}">
<strong>${words[verdict.kind]}</strong>
<p>${verdict.reason}</p>
<p class="quiet">Policy: ${verdict.policy.name}.${consoleLink(judgedBy)}</p>
</section>`;
}

/** Broken rules that are told one by one; a page of more than this is read by nobody. */
const mostRules = 500;

/** Everything that removes a violation: broken rules about the image itself, then one line for each upgrade. Faults stand apart. */
export function changesSection(result: ScanResult): Markup {
  const others = result.verdict.violations.filter(({ finding, fault }) => finding === undefined && fault === undefined);
  if (result.upgrades.length === 0 && others.length === 0) return html``;
  const needed = neededBy(result);
  const ranked = rankedUpgrades(result);
  const [first, then] = [
    ranked.filter(({ upgrade }) => needed.has(upgradeKey(upgrade))),
    ranked.filter(({ upgrade }) => !needed.has(upgradeKey(upgrade))),
  ];
  const more = others.length - mostRules;
  return html`<section>
<h2>What to change</h2>
${others.length === 0 ? undefined : html`<ul>${others.slice(0, mostRules).map(otherItem)}${more > 0 ? html`<li>… and ${more} more; the JSON result holds all.</li>` : undefined}</ul>`}
${
  ranked.length === 0
    ? undefined
    : html`<table>
<thead><tr><th>Verdict</th><th class="number">Risk</th><th>Worst</th><th>Package</th><th>Installed</th><th>Upgrade to</th><th class="number">Removes</th><th class="number">Remain</th></tr></thead>
<tbody>
${first.map((one) => upgradeRow(one, true))}${then.map((one) => upgradeRow(one, false))}</tbody>
</table>`
}
</section>`;
}

function consoleLink(judgedBy: ScanResult['judgedBy']): Markup | undefined {
  if (judgedBy.kind !== 'console') return undefined;
  return /^https?:\/\//i.test(judgedBy.page)
    ? html` <a href="${judgedBy.page}" rel="noreferrer">Open it in the console</a>`
    : html` In the console: ${judgedBy.page}`;
}

function otherItem({ message, remedy }: ScanResult['verdict']['violations'][number]): Markup {
  return html`<li>${message} <strong>${remedy}</strong></li>`;
}

function upgradeRow(one: RankedUpgrade, stops: boolean): Markup {
  const { upgrade, risk, worst } = one;
  const exploited = worst?.kev === undefined ? undefined : html` <strong class="stops">KEV</strong>`;
  return html`<tr><td class="word stops" data-label="">${stops ? 'blocks' : ''}</td><td class="number" data-label="Risk">${wholeRisk(risk)}</td><td data-label="">${severityMark(upgrade.worst)}${exploited}</td><td data-label="">${upgrade.package}${placeOf(one)}</td><td data-label="Installed"><code>${upgrade.installed}</code></td><td data-label="Upgrade to">${upgrade.to === undefined ? html`<span class="quiet">no fix yet</span>` : html`<code>${upgrade.to}</code>`}</td><td class="number" data-label="Removes">${upgrade.removes}</td><td class="number" data-label="Remain">${upgrade.remains}</td></tr>
`;
}

/** Of rows that would look alike. */
function placeOf({ upgrade, paths: [path, ...others], isAlike }: RankedUpgrade): Markup | undefined {
  if (!isAlike) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return html`<br><span class="quiet">${upgrade.type}, layer ${upgrade.layer + 1}${path === undefined ? '' : `, ${path}`}${more}</span>`;
}

/** Upgrades without which the verdict stays as it is. */
function neededBy({ verdict, findings }: ScanResult): ReadonlySet<string> {
  const blocking = new Set(
    verdict.violations
      .filter(({ effect }) => effect === 'block')
      .map(({ finding }) => JSON.stringify([finding?.id, finding?.purl])),
  );
  return new Set(findings.filter(({ id, purl }) => blocking.has(JSON.stringify([id, purl]))).map(upgradeKey));
}

import { type OnBase, partOf } from '../../scan/by-base.ts';
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
  const more = others.length - mostRules;
  return html`<section>
<h2>What to change</h2>
${others.length === 0 ? undefined : html`<ul>${[...Map.groupBy(others.slice(0, mostRules), ({ remedy }) => remedy)].map(otherItem)}${more > 0 ? html`<li>… and ${more} more; the JSON result holds all.</li>` : undefined}</ul>`}
${upgradesOf(result)}
</section>`;
}

/** What a base brings stands apart: a newer one of it changes that. */
function upgradesOf(result: ScanResult): Markup | undefined {
  const ranked = rankedUpgrades(result);
  const needed = neededBy(result);
  const { base } = result;
  if (base === undefined) return tableOf(ranked, needed);
  const [own, inherited] = (['own', 'base'] as const).map((part) =>
    ranked.filter(({ upgrade }) => partOf(upgrade, base) === part),
  );
  return html`<h3>In own layers</h3>
${own?.length ? tableOf(own, needed) : html`<p class="quiet">Nothing.</p>`}
<h3>In the base ${base.name}: rebuild on a newer one</h3>
${newerLine(base)}
${inherited?.length ? tableOf(inherited, needed) : html`<p class="quiet">Nothing.</p>`}`;
}

function newerLine({ newer }: OnBase): Markup | undefined {
  if (newer === undefined) return undefined;
  const { name, gone, kept, worse, added } = newer;
  return html`<p>On ${name} instead: ${gone.length} findings gone, ${kept.length + worse.length} left, ${added.length} new.</p>`;
}

function tableOf(ranked: readonly RankedUpgrade[], needed: ReadonlySet<string>): Markup | undefined {
  if (ranked.length === 0) return undefined;
  const isNeeded = ({ upgrade }: RankedUpgrade): boolean => needed.has(upgradeKey(upgrade));
  const [first, then] = [ranked.filter(isNeeded), ranked.filter((one) => !isNeeded(one))];
  return html`<table>
<thead><tr><th>Verdict</th><th class="number">Risk</th><th>Worst</th><th>Package</th><th>Installed</th><th>Upgrade to</th><th class="number">Removes</th><th class="number">Remain</th></tr></thead>
<tbody>
${first.map((one) => upgradeRow(one, true))}${then.map((one) => upgradeRow(one, false))}</tbody>
</table>`;
}

function consoleLink(judgedBy: ScanResult['judgedBy']): Markup | undefined {
  if (judgedBy.kind !== 'console') return undefined;
  return /^https?:\/\//i.test(judgedBy.page)
    ? html` <a href="${judgedBy.page}" rel="noreferrer">Open it in the console</a>`
    : html` In the console: ${judgedBy.page}`;
}

type Violation = ScanResult['verdict']['violations'][number];

/** What one change ends. */
function otherItem([remedy, violations]: readonly [remedy: string, violations: readonly Violation[]]): Markup {
  const messages = violations.map(({ message }, at) => (at === 0 ? html`${message}` : html`<br>${message}`));
  return html`<li>${messages} <strong>${remedy}</strong></li>`;
}

function upgradeRow(one: RankedUpgrade, stops: boolean): Markup {
  const { upgrade, risk, worst } = one;
  const exploited = worst?.kev === undefined ? undefined : html` <strong class="stops">KEV</strong>`;
  return html`<tr><td class="word stops" data-label="">${stops ? 'blocks' : ''}</td><td class="number" data-label="Risk">${wholeRisk(risk)}</td><td data-label="">${severityMark(upgrade.worst)}${exploited}</td><td data-label="">${upgrade.package}${placeOf(one)}</td><td data-label="Installed"><code>${upgrade.installed}</code></td><td data-label="Upgrade to">${upgrade.to === undefined ? html`<span class="quiet">no fix yet</span>` : html`<code>${upgrade.to}</code>`}</td><td class="number" data-label="Removes">${upgrade.removes}</td><td class="number" data-label="Remain">${upgrade.remains}</td></tr>
`;
}

/** Of rows that would look alike. */
function placeOf({ origin, paths: [path, ...others], isAlike }: RankedUpgrade): Markup | undefined {
  if (!isAlike) return undefined;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  return html`<br><span class="quiet">${origin}${path === undefined ? '' : `, ${path}`}${more}</span>`;
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

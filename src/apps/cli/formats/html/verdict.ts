import type { Upgrade } from '#vulnerability/index.ts';
import type { ScanResult } from '../../scan/result.ts';
import { html, type Markup } from './markup.ts';
import { severityMark } from './severity-mark.ts';

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

/** Everything that removes a violation: broken rules about the scan itself, then one line for each upgrade. */
export function changesSection(result: ScanResult): Markup {
  const others = result.verdict.violations.filter(({ finding }) => finding === undefined);
  if (result.upgrades.length === 0 && others.length === 0) return html``;
  const needed = neededBy(result);
  const [first, then] = [
    result.upgrades.filter((upgrade) => needed.has(keyOf(upgrade))),
    result.upgrades.filter((upgrade) => !needed.has(keyOf(upgrade))),
  ];
  return html`<section>
<h2>What to change</h2>
${others.length === 0 ? undefined : html`<ul>${others.map(otherItem)}</ul>`}
${
  result.upgrades.length === 0
    ? undefined
    : html`<table>
<thead><tr><th>Verdict</th><th>Worst</th><th>Package</th><th>Installed</th><th>Upgrade to</th><th class="number">Removes</th><th class="number">Remain</th></tr></thead>
<tbody>
${first.map((upgrade) => upgradeRow(upgrade, true))}${then.map((upgrade) => upgradeRow(upgrade, false))}</tbody>
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

function upgradeRow(upgrade: Upgrade, stops: boolean): Markup {
  return html`<tr><td class="word stops" data-label="">${stops ? 'blocks' : ''}</td><td data-label="">${severityMark(upgrade.worst)}</td><td data-label="">${upgrade.package}</td><td data-label="Installed"><code>${upgrade.installed}</code></td><td data-label="Upgrade to">${upgrade.to === undefined ? html`<span class="quiet">no fix yet</span>` : html`<code>${upgrade.to}</code>`}</td><td class="number" data-label="Removes">${upgrade.removes}</td><td class="number" data-label="Remain">${upgrade.remains}</td></tr>
`;
}

/** Upgrades without which the verdict stays as it is. */
function neededBy({ verdict, findings }: ScanResult): ReadonlySet<string> {
  const blocking = new Set(
    verdict.violations
      .filter(({ effect }) => effect === 'block')
      .map(({ finding }) => JSON.stringify([finding?.id, finding?.purl])),
  );
  return new Set(findings.filter(({ id, purl }) => blocking.has(JSON.stringify([id, purl]))).map(keyOf));
}

function keyOf(one: Pick<Upgrade, 'type' | 'package' | 'installed' | 'layer'>): string {
  return JSON.stringify([one.type, one.package, one.installed, one.layer]);
}

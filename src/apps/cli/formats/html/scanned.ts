import {
  type FaultGroup,
  type FaultSection,
  faultGroups,
  faultPlace,
  faultSections,
  moreFaults,
} from '../../scan/fault-groups.ts';
import type { ScanResult } from '../../scan/result.ts';
import { html, type Markup } from './markup.ts';

/** Faults of one code that are told one by one, and codes. */
const mostOfOne = 500;
const mostCodes = 50;

/** What was not seen, not judged, not identified: by kind, each with what removes it. */
export function faultsSection(result: ScanResult): Markup {
  return html`${faultSections(result).map(sectionOf)}`;
}

function sectionOf({ title, faults }: FaultSection): Markup {
  const groups = faultGroups(faults, mostOfOne);
  const hidden = groups.slice(mostCodes).reduce((sum, { shown, more }) => sum + shown.length + more, 0);
  return html`<section>
<h2>${title}</h2>
<div class="unknown"><ul>
${groups.slice(0, mostCodes).map(groupItem)}${hidden > 0 ? html`<li>… and ${hidden} of other kinds; the JSON result holds all.</li>` : undefined}</ul></div>
</section>`;
}

function groupItem(group: FaultGroup): Markup {
  return html`<li><code>${group.code}</code> <strong>${group.remedy}</strong><ul>
${group.shown.map(faultItem)}${group.more > 0 ? html`<li>${moreFaults(group, 'the JSON result holds')}</li>` : undefined}</ul></li>
`;
}

function faultItem(fault: FaultGroup['shown'][number]): Markup {
  const place = faultPlace(fault);
  return html`<li>${fault.message}${place === '' ? undefined : html` <code>${place}</code>`}</li>
`;
}

/** Identity of what was scanned, and how old the knowledge behind the findings is. */
export function scannedSection(result: ScanResult, now: Date): Markup {
  const { subject, catalog } = result;
  const rows: readonly Row[] = [
    ...subjectRows(subject),
    { name: 'Operating system', value: html`${catalog.distribution?.name ?? 'none found'}` },
    ...contentSetRows(catalog.distribution),
    { name: 'Packages', value: html`${catalog.packages.length}` },
    { name: 'Scanned', value: html`${moment(now.toISOString())}` },
    ...databaseRows(result, now),
  ];
  return html`<section>
<h2>What was scanned</h2>
<dl>
${rows.map(
  ({ name, value }) => html`<dt>${name}</dt><dd>${value}</dd>
`,
)}</dl>
</section>`;
}

/** What tells which product's fixes an image of Red Hat gets. */
function contentSetRows(distribution: ScanResult['catalog']['distribution']): readonly Row[] {
  const sets = distribution?.contentSets ?? [];
  if (sets.length === 0) return [];
  const more = sets.length > mostSets ? ` and ${sets.length - mostSets} more, which the JSON result holds` : '';
  return [{ name: 'Content sets', value: html`${sets.slice(0, mostSets).join(', ')}${more}` }];
}

const mostSets = 20;

interface Row {
  readonly name: string;
  readonly value: Markup;
}

function subjectRows(subject: ScanResult['subject']): readonly Row[] {
  if (subject.kind === 'file-system') return [{ name: 'Folder', value: html`<code>${subject.path}</code>` }];
  const { os, architecture, variant } = subject.platform;
  return [
    { name: 'Image', value: html`<code>${subject.digest}</code>` },
    { name: 'Platform', value: html`${[os, architecture, variant].filter((part) => part !== undefined).join('/')}` },
    ...(subject.created === undefined ? [] : [{ name: 'Created', value: html`${moment(subject.created)}` }]),
    { name: 'Layers', value: html`${subject.layers.length}` },
  ];
}

function databaseRows({ database, feeds }: ScanResult, now: Date): readonly Row[] {
  if (database === undefined) return [{ name: 'Vulnerability database', value: html`none` }];
  const dated = feeds.length > 0 ? feeds.map(({ ecosystem, asOf }) => ({ id: ecosystem, asOf })) : database.sources;
  return [
    { name: 'Vulnerability database', value: html`built ${moment(database.builtAt)}` },
    {
      name: 'Feeds',
      value: html`${dated.map(({ id, asOf }, index) => html`${index === 0 ? '' : ', '}${id} ${ageOf(asOf, now)}`)}`,
    },
  ];
}

/** Age by the date that the feed itself states. */
function ageOf(asOf: string | undefined, now: Date): Markup {
  if (asOf === undefined) return html`<strong>of unknown age</strong>`;
  const days = Math.floor((now.getTime() - Date.parse(asOf)) / 86_400_000);
  const words = days < 1 ? 'of today' : `${days} ${days === 1 ? 'day' : 'days'} old`;
  return days > 7 ? html`<strong class="stops">stale, ${words}</strong>` : html`${words}`;
}

function moment(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? text : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

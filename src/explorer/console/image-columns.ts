import type { ScanRecord } from '#catalog/console/index.ts';
import { buildName } from '#catalog/contract.ts';
import { countFaults, faultKindOf, type Subject } from '#image/index.ts';
import { severities } from '#vulnerability/contract.ts';
import type { Finding } from '#vulnerability/index.ts';
import type { SeverityCounts } from '../contract.ts';
import { searchText, storable, storableJson } from './search.ts';
import { countFindings } from './severity-counts.ts';
import type { SubjectFacts } from './subject-facts.ts';
import type { ImageTable } from './tables.ts';

/** Columns that the subject's own documents decide. */
export type ContentColumns = Omit<ImageTable, 'number' | PlacedColumn | CatalogColumn | JsonColumn> & {
  readonly counts: string;
  readonly labels: string;
};
/** Columns that hosts have a say in. */
export type PlacedColumn = 'names' | 'hosts' | 'label' | 'name_search' | 'search';
/** Columns that only the catalog of a scan tells. */
export type CatalogColumn = 'distribution' | 'packages';
type JsonColumn = 'counts' | 'labels';

/** Columns of an image's row out of what the domains say of it. Pure. */
export function contentColumns(facts: SubjectFacts, findings: readonly Finding[], differs: boolean): ContentColumns {
  const { subject, document, shown, content, match } = facts;
  const counts = countFindings(findings);
  return {
    subject,
    kind: document.kind,
    scan: shown.scan,
    content_scan: content.scan,
    content_version: match?.version ?? 0,
    own_names: (document.kind === 'image' ? document.names : [document.name]).map(storable),
    platform: platformOf(document),
    size: document.kind === 'image' ? document.layers.reduce((sum, layer) => sum + layer.size, 0) : 0,
    counts: JSON.stringify(counts),
    impact: worstOf(counts),
    faults:
      content.faults + countFaults(match?.faults.filter(({ code }) => faultKindOf(code) !== 'unidentified') ?? []),
    reason: waitingFor(facts),
    job: jobOf(shown),
    build: buildOf(shown),
    created: createdOf(document),
    application: applicationOf(shown),
    labels: storableJson(document.kind === 'image' ? document.settings.labels : {}),
    differs,
    scanned_at: new Date(shown.scannedAt),
  };
}

/** Names that hosts use now come before those of the scan. Pure. */
export function placedColumns(
  image: Pick<ImageTable, 'subject' | 'own_names' | 'distribution' | 'build'>,
  presences: readonly { readonly host: string; readonly names: readonly string[] }[],
): Pick<ImageTable, PlacedColumn> {
  const byHost = presences.toSorted((left, right) => (left.host < right.host ? -1 : 1));
  const names = [...new Set([...byHost.flatMap((presence) => presence.names.map(storable)), ...image.own_names])];
  const hosts = byHost.map((presence) => storable(presence.host));
  const known = [...names, image.subject];
  return {
    names,
    hosts,
    label: names[0] ?? shortName(image.subject),
    name_search: searchText(known),
    search: searchText([...known, ...hosts, ...[image.distribution, image.build].filter((one) => one !== null)]),
  };
}

/** `sha256:` and twelve digits, as engines shorten a digest. */
function shortName(subject: string): string {
  return subject.startsWith('sha256:') ? subject.slice(0, 19) : subject;
}

function platformOf(document: Subject): string | null {
  if (document.kind === 'file-system') return null;
  const { os, architecture, variant } = document.platform;
  return storable([os, architecture, ...(variant === undefined ? [] : [variant])].join('/'));
}

function createdOf(document: Subject): Date | null {
  if (document.kind === 'file-system' || document.created === undefined) return null;
  const created = new Date(document.created);
  return Number.isNaN(created.getTime()) ? null : created;
}

function jobOf({ job }: ScanRecord): string | null {
  return job === undefined ? null : storable(job.name);
}

function buildOf({ job }: ScanRecord): string | null {
  return job === undefined ? null : storable(buildName(job));
}

function applicationOf(record: ScanRecord & { readonly application?: string }): string | null {
  return record.application === undefined ? null : storable(record.application);
}

function worstOf(counts: SeverityCounts): number | null {
  const worst = severities.findIndex((severity) => counts[severity] > 0);
  return worst < 0 ? null : worst;
}

function waitingFor({ match, shown, content }: SubjectFacts): string {
  if (match === undefined) return 'Not matched with a vulnerability database yet.';
  if (match.scan === shown.scan) return 'Not judged yet.';
  return `The newest scan is not matched yet; the findings are those of the scan of ${content.scannedAt}.`;
}

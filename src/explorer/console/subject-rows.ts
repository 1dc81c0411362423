import type { Subject } from '#image/index.ts';
import type { ImageDetail, SeverityCounts } from '../contract.ts';
import { type FindingEntry, findingRows } from './finding-rows.ts';
import { type PackageEntry, packageRows } from './package-rows.ts';
import { countFindings } from './severity-counts.ts';
import type { SubjectFacts } from './subject-facts.ts';
import type { ImageDocument, ImageTable } from './tables.ts';
import { subjectMass, type UpgradeEntry, upgradeRows } from './upgrade-rows.ts';

/** Columns of `image_row` that the subject's own documents decide; hosts decide the others. */
type OwnImageColumns = Omit<ImageTable, 'names' | 'hosts' | 'label' | 'name_search' | 'search' | 'counts' | 'state'> & {
  readonly counts: SeverityCounts;
};

/** Everything that the tables hold of one subject. */
export interface SubjectRows {
  readonly image: OwnImageColumns;
  readonly document: ImageDocument;
  readonly findings: readonly FindingEntry[];
  readonly packages: readonly PackageEntry[];
  readonly upgrades: readonly UpgradeEntry[];
}

/** Makes the rows of a subject out of what the domains say of it. Pure: the same facts give the same rows. */
export function rowsOf(facts: SubjectFacts): SubjectRows {
  const findings = findingRows(facts.subject, facts.match?.findings ?? []);
  const all = findings.map((entry) => entry.finding);
  const counting = all.filter((finding) => finding.suppressed === undefined);
  const packages = packageRows(facts.content.catalog.packages, all);
  const upgrades = upgradeRows(counting);
  return {
    image: {
      ...describe(facts),
      packages: packages.length,
      counts: countFindings(all),
      worst: counting.reduce<number | null>((most, { risk }) => Math.max(most ?? 0, risk.score), null),
      mass: subjectMass(counting),
    },
    document: documentOf(facts, { findings, packages, upgrades }),
    findings,
    packages,
    upgrades,
  };
}

function describe(facts: SubjectFacts): Omit<OwnImageColumns, 'packages' | 'counts' | 'worst' | 'mass'> {
  const { subject, document, newest, content, verdict } = facts;
  return {
    subject,
    kind: document.kind,
    scan: newest.scan,
    own_names: document.kind === 'image' ? document.names : [document.name],
    distribution: content.catalog.distribution?.name ?? null,
    platform: platformOf(document),
    size: document.kind === 'image' ? document.layers.reduce((sum, layer) => sum + layer.size, 0) : 0,
    faults: faultsOf(facts).length,
    verdict: verdict?.verdict.kind ?? null,
    reason: verdict?.verdict.reason ?? waitingFor(facts),
    scanned_at: new Date(newest.scannedAt),
    judged_at: verdict === undefined ? null : new Date(verdict.judgedAt),
  };
}

function faultsOf({ content, match }: SubjectFacts): ImageDetail['faults'] {
  return [...content.catalog.faults, ...(match?.faults ?? [])];
}

function platformOf(document: Subject): string | null {
  if (document.kind === 'file-system') return null;
  const { os, architecture, variant } = document.platform;
  return [os, architecture, ...(variant === undefined ? [] : [variant])].join('/');
}

function waitingFor({ match, newest, content }: SubjectFacts): string {
  if (match === undefined) return 'Not matched with a vulnerability database yet.';
  if (match.scan === newest.scan) return 'Not judged yet.';
  return `The newest scan is not matched yet; the findings are those of the scan of ${content.scannedAt}.`;
}

function documentOf(facts: SubjectFacts, made: Pick<SubjectRows, 'findings' | 'packages' | 'upgrades'>): ImageDocument {
  const { newest, verdict } = facts;
  return {
    subject: facts.document,
    target: newest.target,
    ...(newest.job === undefined ? {} : { job: newest.job }),
    scanner: newest.scanner,
    ...(verdict === undefined ? {} : { verdict: verdict.verdict }),
    faults: faultsOf(facts),
    upgrades: made.upgrades.map(({ upgrade }) => upgrade),
    layers: layersOf(facts.document, made),
    scans: facts.history.map(scanLine),
  };
}

function layersOf(
  document: Subject,
  { findings, packages }: Pick<SubjectRows, 'findings' | 'packages'>,
): ImageDetail['layers'] {
  const indexes = document.kind === 'image' ? document.layers.map((layer) => layer.index) : [0];
  return indexes.map((index) => ({
    index,
    packages: packages.filter((entry) => entry.package.layer === index).length,
    counts: countFindings(findings.flatMap(({ finding }) => (finding.layer === index ? [finding] : []))),
  }));
}

function scanLine(record: SubjectFacts['history'][number]): ImageDetail['scans'][number] {
  return {
    scan: record.scan,
    scannedAt: record.scannedAt,
    target: record.target,
    ...(record.verdict === undefined ? {} : { verdict: record.verdict.verdict.kind }),
    ...(record.job === undefined ? {} : { job: record.job }),
    scanner: `${record.scanner.name} ${record.scanner.version} on ${record.scanner.host}`,
  };
}

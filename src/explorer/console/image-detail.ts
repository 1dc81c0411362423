import { AppError, type SubjectId } from '#base/index.ts';
import { previousBuild, type ScanRecord } from '#catalog/console/index.ts';
import type { Package } from '#catalog/contract.ts';
import { managersAmong } from '#ecosystems/contract.ts';
import { packageKey, requiredBy } from '#ecosystems/index.ts';
import { readVerdict } from '#policy/console/index.ts';
import { type Finding, upgradesOf } from '#vulnerability/index.ts';
import type { Queries } from '#store/index.ts';
import type { ImageDetail } from '../contract.ts';
import { readImageRow } from './images.ts';
import { packageRows } from './package-rows.ts';
import { environmentOf } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { maySee, type Viewer } from './scope.ts';
import { countFindings } from './severity-counts.ts';
import type { EstateSources } from './sources.ts';
import { readSubjectFacts, type SubjectFacts } from './subject-facts.ts';

/** What an image's page needs besides the tables of lists. */
export interface DetailContext {
  readonly queries: Queries;
  readonly sources: EstateSources;
  readonly viewer: Viewer;
}

/** Answers `getImage`: the row as lists have it, the rest from the domains' own documents. Throws `not-found`. */
export async function readImage(context: DetailContext, subject: SubjectId): Promise<ImageDetail> {
  const { queries, sources, viewer } = context;
  const row = (await maySee(queries, viewer, subject)) ? await readImageRow(queries, subject) : undefined;
  const facts = row === undefined ? undefined : await readSubjectFacts(queries, subject, { sources });
  if (row === undefined || facts === undefined) throw unknownSubject(subject);
  const { shown, match } = facts;
  const verdicts = await sources.verdictsOf(queries, subject);
  const own = verdicts.find((verdict) => verdict.environment === undefined) ?? verdicts[0];
  const findings = match?.findings ?? [];
  const previous = await readPrevious(context, shown);
  return {
    row,
    subject: facts.document,
    target: shown.target,
    ...(shown.job === undefined ? {} : { job: shown.job }),
    scanner: shown.scanner,
    ...(own === undefined ? {} : { verdict: own.verdict }),
    faults: [...(facts.scan?.catalog.faults ?? []), ...(match?.faults ?? [])],
    upgrades: withEvidence(upgradesOf(findings), facts),
    layers: layersOf(facts, findings),
    scans: await scanLines(context, facts),
    verdicts: verdicts.map(({ environment, scan, verdict, judgedAt }) => ({
      ...environmentOf(environment ?? ''),
      scan,
      verdict,
      judgedAt,
    })),
    differences: await sources.differencesOf(queries, subject),
    ...(previous === undefined ? {} : { previous }),
  };
}

/**
 * Says of each upgrade where its package was found and through which direct dependency it came in, as far as the image
 * shows that.
 */
function withEvidence(
  upgrades: ReturnType<typeof upgradesOf>,
  { scan, document }: SubjectFacts,
): ImageDetail['upgrades'] {
  const packages = scan?.catalog.packages ?? [];
  const found = Map.groupBy(packages, evidenceKey);
  const types = new Set(upgrades.map(({ type }) => type));
  const chains = new Map([...types].map((type) => [type, requiredBy(type, packages)]));
  const held =
    document.kind === 'image' && scan?.catalog.faults.length === 0 ? managersOf(packages, types) : nobodyKnows;
  return upgrades.map((upgrade) => {
    const { type, package: name, installed: version } = upgrade;
    const via = chains.get(type)?.get(packageKey({ name, version }));
    const ones = found.get(evidenceKey({ type, name, version, layer: upgrade.layer })) ?? [];
    const purl = ones[0]?.purl;
    const managers = held.get(type);
    return {
      ...upgrade,
      ...(via === undefined ? {} : { via: [...via] }),
      paths: someOf(ones.flatMap(({ paths }) => paths)),
      ...(purl === undefined ? {} : { purl }),
      ...(managers === undefined ? {} : { managers: [...managers] }),
      findings: [...upgrade.findings],
    };
  });
}

type Managers = ReadonlyMap<string, readonly string[] | undefined>;
const nobodyKnows: Managers = new Map();

/** Where something could not be read, a manager may be in it. */
function managersOf(packages: readonly Package[], types: ReadonlySet<string>): Managers {
  const named = Map.groupBy(packages, ({ type }) => type);
  const namesOf = (type: string): readonly string[] => (named.get(type) ?? []).map(({ name }) => name);
  return new Map([...types].map((type) => [type, managersAmong(type, namesOf(type))]));
}

function evidenceKey({ type, name, version, layer }: Pick<Package, 'type' | 'name' | 'version' | 'layer'>): string {
  return JSON.stringify([type, name, version, layer]);
}

/** Paths of lock files stand behind those of what is installed. */
function someOf(paths: readonly string[]): string[] {
  const ends = 5;
  return [...new Set([...paths.slice(0, ends), ...paths.slice(-ends)])];
}

export function unknownSubject(subject: SubjectId): AppError {
  return new AppError(
    'not-found',
    `No scan of ${subject} can be shown: nothing was published of it, or only by agents and tokens that count no more.`,
  );
}

function layersOf(facts: SubjectFacts, findings: readonly Finding[]): ImageDetail['layers'] {
  const { document, scan } = facts;
  const indexes = document.kind === 'image' ? document.layers.map((layer) => layer.index) : [0];
  const packages = packageRows(scan?.catalog.packages ?? []);
  return indexes.map((index) => ({
    index,
    packages: packages.filter((one) => one.layer === index).length,
    counts: countFindings(findings.filter((finding) => finding.layer === index)),
  }));
}

async function scanLines(
  { queries, sources }: DetailContext,
  { subject, records, shown }: SubjectFacts,
): Promise<ImageDetail['scans']> {
  const counting = await sources.countingOf(queries, subject);
  const silenced = await sources.silencedOf(queries, subject);
  const lines = [];
  for (const record of records) {
    const { kind, name, environment } = record.publisher as ImageDetail['scans'][number]['publisher'];
    const judged = await readVerdict(queries, record.scan);
    lines.push({
      scan: record.scan,
      scannedAt: record.scannedAt,
      target: record.target,
      ...(judged === undefined ? {} : { verdict: judged.verdict.kind }),
      ...(record.job === undefined ? {} : { job: record.job }),
      scanner: `${record.scanner.name} ${record.scanner.version} on ${record.scanner.host}`,
      publisher: { kind, name, ...(environment === undefined ? {} : { environment }) },
      counts: counting
        .filter(({ scan }) => scan === record.scan)
        .map(({ environment, rank, why }) => ({ ...countingIn(environment), rank, why })),
      ...silencedBy(silenced.get(record.scan)),
      shown: record.scan === shown.scan,
    });
  }
  return lines;
}

function countingIn(
  environment: string,
): Pick<ImageDetail['scans'][number]['counts'][number], 'environment' | 'coming'> {
  return environment === '+' ? { coming: true } : environmentOf(environment === '*' ? '' : environment);
}

function silencedBy(
  silenced: ImageDetail['scans'][number]['silenced'],
): Pick<ImageDetail['scans'][number], 'silenced'> {
  return silenced === undefined ? {} : { silenced };
}

/** The build before this one, as far as the viewer may know of it. */
async function readPrevious(
  { queries, viewer }: DetailContext,
  shown: ScanRecord,
): Promise<ImageDetail['previous'] | undefined> {
  const build = await previousBuild(queries, shown);
  if (build === undefined || !(await maySee(queries, viewer, build.subject))) return undefined;
  const row = await queries
    .query(explorerSchema)
    .selectFrom('image_row')
    .select('label')
    .where('subject', '=', build.subject)
    .executeTakeFirst();
  return row === undefined ? undefined : { subject: build.subject, name: row.label, scannedAt: build.scannedAt };
}

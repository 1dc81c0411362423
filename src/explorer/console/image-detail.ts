import { sql } from 'kysely';
import { AppError, type SubjectId } from '#base/index.ts';
import { repositoryOf } from '#access/index.ts';
import { readVerdict } from '#policy/console/index.ts';
import { type Finding, upgradesOf } from '#vulnerability/index.ts';
import type { Queries } from '#store/index.ts';
import type { ImageDetail } from '../contract.ts';
import { readImageRow } from './images.ts';
import { packageRows } from './package-rows.ts';
import { environmentOf } from './placements.ts';
import { explorerSchema } from './schema.ts';
import { maySee, type Viewer, visible } from './scope.ts';
import { countFindings } from './severity-counts.ts';
import type { EstateSources } from './sources.ts';
import { readSubjectFacts, type SubjectFacts } from './subject-facts.ts';
import { all } from './findings.ts';
import type { ImageNumber } from './tables.ts';

/** What an image's page needs besides the tables of lists. */
export interface DetailGround {
  readonly queries: Queries;
  readonly sources: EstateSources;
  readonly viewer: Viewer;
}

/** Answers `getImage`: the row as lists have it, the rest from the domains' own documents. Throws `not-found`. */
export async function readImage({ queries, sources, viewer }: DetailGround, subject: SubjectId): Promise<ImageDetail> {
  const found = (await maySee(queries, viewer, subject)) ? await readImageRow(queries, subject) : undefined;
  const facts = found === undefined ? undefined : await readSubjectFacts(queries, subject, { sources });
  if (found === undefined || facts === undefined) throw unknownSubject(subject);
  const { speaking, match } = facts;
  const verdicts = await sources.verdictsOf(queries, { subject, scan: speaking.scan });
  const own = verdicts.find((verdict) => verdict.environment === undefined) ?? verdicts[0];
  const findings = match?.findings ?? [];
  const previous = await readPrevious(queries, found.number, viewer);
  return {
    row: found.row,
    subject: facts.document,
    target: speaking.target,
    ...(speaking.job === undefined ? {} : { job: speaking.job }),
    scanner: speaking.scanner,
    ...(own === undefined ? {} : { verdict: own.verdict }),
    faults: [...(facts.scan?.catalog.faults ?? []), ...(match?.faults ?? [])],
    upgrades: upgradesOf(findings),
    layers: layersOf(facts, findings),
    scans: await scanLines(queries, facts),
    verdicts: verdicts.map(({ environment, verdict, judgedAt }) => ({
      ...environmentOf(environment ?? ''),
      verdict,
      judgedAt,
    })),
    disagreements: await sources.disagreementsOf(queries, subject),
    ...(previous === undefined ? {} : { previous }),
  };
}

export function unknownSubject(subject: SubjectId): AppError {
  return new AppError('not-found', `Nothing was ever published of ${subject}.`);
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

async function scanLines(queries: Queries, { records, speaking }: SubjectFacts): Promise<ImageDetail['scans']> {
  const lines = [];
  for (const record of records) {
    const { kind, name, environment } = record.witness as ImageDetail['scans'][number]['witness'];
    const judged = await readVerdict(queries, record.scan);
    lines.push({
      scan: record.scan,
      scannedAt: record.scannedAt,
      target: record.target,
      ...(judged === undefined ? {} : { verdict: judged.verdict.kind }),
      ...(record.job === undefined ? {} : { job: record.job }),
      scanner: `${record.scanner.name} ${record.scanner.version} on ${record.scanner.host}`,
      witness: { kind, name, ...(environment === undefined ? {} : { environment }) },
      speaks: record.scan === speaking.scan,
    });
  }
  return lines;
}

interface Build {
  readonly number: ImageNumber;
  readonly subject: SubjectId;
  readonly label: string;
  readonly names: readonly string[];
  readonly job: string | null;
  readonly scanned_at: Date;
}

/** The newest image before this one that the same job built; without a job, one of the same repository. */
async function readPrevious(
  queries: Queries,
  number: ImageNumber,
  viewer: Viewer,
): Promise<ImageDetail['previous'] | undefined> {
  const { rows } = await sql<Build>`
    select number, subject, label, names, job, coalesce(created, scanned_at) as built, scanned_at
    from explorer.image_row where kind = 'image' and ${all([...visible(viewer), sql`true`])}
    order by built desc, number desc`.execute(queries.query(explorerSchema));
  const at = rows.findIndex((row) => row.number === number);
  const own = rows[at];
  if (own === undefined) return undefined;
  const repositories = new Set(own.names.map(repositoryOf));
  const before = rows
    .slice(at + 1)
    .find((row) =>
      own.job === null ? row.names.some((name) => repositories.has(repositoryOf(name))) : row.job === own.job,
    );
  if (before === undefined) return undefined;
  return { subject: before.subject, name: before.label, scannedAt: before.scanned_at.toISOString() };
}

import { holdsRepository, repositoryOf } from '#access/index.ts';
import { AppError, type SubjectId } from '#base/index.ts';
import { countFaults, faultKindOf, type Subject, withoutSecrets } from '#image/index.ts';
import { packJson } from '#store/packed-json.ts';
import { contentsOf, isWhole } from '../contents.ts';
import type { ScanPublication } from '../contract.ts';
import { documentDigest, sharedSubject } from '../document-digest.ts';
import { contradictionsIn } from './consistency.ts';
import { layersDigest, packDocument } from './document.ts';
import type { Publisher } from './publisher.ts';
import { excessesIn } from './quota.ts';
import { subjectIdOf } from './subject-id.ts';

/** A publication that is sound, ready to be stored: small values and bytes alone, so that another process may make it. */
export interface PackedPublication {
  readonly subject: SubjectId;
  readonly kind: Subject['kind'];
  /** Columns of the scan; what is JSON there is its text here. */
  readonly columns: PackedColumns;
  /** See `documentDigest`; the documents of scans that found the same are stored once. */
  readonly digest: string;
  readonly document: Buffer;
  /** Missing: it does not list executables. */
  readonly executables?: Buffer;
}

/** What a scan row takes from its publication. */
export interface PackedColumns {
  readonly target: string;
  readonly scanned_at: Date;
  readonly scanner: string;
  readonly job: string | null;
  readonly job_name: string | null;
  readonly application: string | null;
  readonly described: string;
  readonly repositories: readonly string[];
  readonly aliases: readonly string[];
  readonly analyzers: string;
  readonly packages: number;
  readonly faults: number;
  readonly contents: string;
  readonly whole: boolean;
  readonly layers: string | null;
}

/**
 * Everything that needs the parsed publication, with no I/O. Secrets that a scanner of a release before left in are taken
 * out. Names outside of a token's repositories are left out. Throws
 * `bad-request` when the publication contradicts itself or holds more than one image may, and `outside-repositories` when a token publishes an image that
 * none of its repositories names.
 */
export async function packPublication(
  publication: ScanPublication,
  publisher: Pick<Publisher, 'kind' | 'repositories'>,
): Promise<PackedPublication> {
  const excesses = excessesIn(publication.catalog);
  if (excesses.length > 0) throw new AppError('bad-request', excesses.join('; '));
  const contradictions = contradictionsIn(publication);
  if (contradictions.length > 0) throw new AppError('bad-request', contradictions.join('; '));
  const { subject: named, target } = withinRepositories(publication, publisher);
  const subject = withoutSecrets(named);
  const { catalog } = publication;
  const { executables, ...rest } = catalog;
  return {
    subject: subjectIdOf(subject),
    kind: subject.kind,
    columns: columnsOf({ ...publication, subject, target }),
    digest: documentDigest(subject, catalog),
    document: await packDocument({ subject: sharedSubject(subject), catalog: rest }),
    ...(executables && { executables: await packJson(executables) }),
  };
}

/** A token names images of its own repositories; what it says of others is not kept. */
function withinRepositories(
  { subject, target }: ScanPublication,
  { kind, repositories = [] }: Pick<Publisher, 'kind' | 'repositories'>,
): Pick<ScanPublication, 'subject' | 'target'> {
  if (kind !== 'token' || subject.kind !== 'image') return { subject, target };
  const isOwn = (name: string) => holdsRepository(repositories, repositoryOf(name));
  const names = subject.names.filter(isOwn);
  const [first] = names;
  if (first === undefined)
    throw new AppError('outside-repositories', outside(repositories, subject.names.map(repositoryOf)));
  return { subject: { ...subject, names }, target: subject.names.includes(target) && !isOwn(target) ? first : target };
}

function outside(own: readonly string[], named: readonly string[]): string {
  if (own.length === 0) return 'This token publishes for no repository.';
  const reported = named.length === 0 ? 'the image has no name' : `the image is called ${named.slice(0, 5).join(', ')}`;
  return `This token publishes for ${own.slice(0, 5).join(', ')}, and ${reported}.`;
}

function columnsOf({ subject, catalog, job, application, ...rest }: ScanPublication): PackedColumns {
  return {
    target: rest.target,
    scanned_at: new Date(rest.scannedAt),
    scanner: JSON.stringify(rest.scanner),
    job: job === undefined ? null : JSON.stringify(job),
    job_name: job?.name ?? null,
    application: application ?? null,
    described: JSON.stringify(subject),
    repositories: subject.kind === 'image' ? [...new Set(subject.names.map(repositoryOf))] : [],
    aliases: aliasesOf(subject),
    analyzers: JSON.stringify(catalog.analyzers),
    packages: catalog.packages.length,
    faults: countFaults(catalog.faults.filter(({ code }) => faultKindOf(code) !== 'unidentified')),
    contents: JSON.stringify(contentsOf(subject, catalog)),
    whole: isWhole(subject, catalog),
    layers: layersDigest(subject) ?? null,
  };
}

function aliasesOf(subject: Subject): readonly string[] {
  if (subject.kind !== 'image') return [];
  return [subject.manifestDigest, subject.indexDigest].filter((digest) => digest !== undefined);
}

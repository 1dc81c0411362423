import { repositoryOf } from '#access/index.ts';
import { AppError, type SubjectId } from '#base/index.ts';
import type { Subject } from '#image/index.ts';
import { packJson } from '#store/packed-json.ts';
import type { ScanPublication } from '../contract.ts';
import { contradictionsIn } from './consistency.ts';
import { contentDigests } from './content.ts';
import { packDocument } from './document.ts';
import { subjectIdOf } from './subject-id.ts';

/** A publication that is sound, ready to be stored: small values and bytes, so that a child process may make it. */
export interface PackedPublication {
  readonly subject: SubjectId;
  readonly described: Subject;
  /** Of the scan's row. */
  readonly columns: ReturnType<typeof columnsOf>;
  readonly document: Buffer;
  /** Missing: it does not tell of executables. */
  readonly executables?: Buffer;
}

/** Throws `bad-request` when the publication contradicts itself. */
export async function packPublication(publication: ScanPublication): Promise<PackedPublication> {
  const contradictions = contradictionsIn(publication);
  if (contradictions.length > 0) throw new AppError('bad-request', contradictions.join('; '));
  const { subject, catalog } = publication;
  const { executables, ...rest } = catalog;
  return {
    subject: subjectIdOf(subject),
    described: subject,
    columns: columnsOf(publication),
    document: await packDocument({ subject, catalog: rest }),
    ...(executables && { executables: await packJson(executables) }),
  };
}

function columnsOf({ target, scannedAt, scanner, subject, catalog, job, application }: ScanPublication) {
  return {
    target,
    scanned_at: new Date(scannedAt),
    scanner: JSON.stringify(scanner),
    job: job === undefined ? null : JSON.stringify(job),
    job_name: job?.name ?? null,
    application: application ?? null,
    repositories: repositoriesOf(subject),
    aliases: aliasesOf(subject),
    analyzers: JSON.stringify(catalog.analyzers),
    packages: catalog.packages.length,
    faults: catalog.faults.length,
    ...contentDigests(catalog),
  };
}

function repositoriesOf(subject: Subject): readonly string[] {
  return subject.kind === 'image' ? [...new Set(subject.names.map(repositoryOf))] : [];
}

function aliasesOf(subject: Subject): readonly string[] {
  if (subject.kind !== 'image') return [];
  return [subject.manifestDigest, subject.indexDigest].filter((digest) => digest !== undefined);
}

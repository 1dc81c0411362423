import { oneLine } from '#base/index.ts';
import { comparableName } from '../comparable-name.ts';
import type { CodeStatement, MappedFile } from '../../contract.ts';
import { type SensorClock, timeOf } from '../behaviour/sighting-of.ts';
import type { ContainerRecord } from '../containers/container-record.ts';
import type { MappingFrame } from '../wire/frames.ts';
import { feature } from '../wire/words.ts';
import type { FoundMappings } from './code-asker.ts';

/** What the scan of an image says of one of its files. */
export interface ScannedFile {
  readonly sha256: string;
  readonly package?: string | undefined;
  /** Index of the layer that holds it. */
  readonly layer?: number | undefined;
}

export interface StatementTerms {
  readonly host: string;
  readonly record: ContainerRecord;
  readonly clock: SensorClock;
  /** Of the sensor. */
  readonly features: number;
  readonly find: (path: string) => Promise<ScannedFile | undefined>;
  /** Question that is answered. */
  readonly request?: string | undefined;
}

/** Files that a statement lists, and characters of them as JSON: a container chooses the names of its files. */
const most = 500;
const mostText = 256 * 1024;

/** What runs in a container, from what its sensor found and its image's scan holds. */
export async function statementOf({ files, end }: FoundMappings, terms: StatementTerms): Promise<CodeStatement> {
  const { host, record, clock, features, request } = terms;
  const { id, name, digest } = record.seen();
  const all = await Promise.all(files.map((file) => mappedFile(file, terms)));
  const listed = fitting(all.toSorted(byStanding));
  return {
    form: 1,
    host,
    container: id,
    name: oneLine(name, 255),
    ...(digest === undefined ? {} : { image: digest }),
    at: momentOf(end.time, clock),
    ...(end.since === 0n ? {} : { since: momentOf(end.since, clock) }),
    mechanism: mechanismOf(features),
    processes: end.processes,
    mappings: end.mappings,
    anonymous: end.anonymous,
    passed: Number(end.passed),
    stopped: Number(end.stopped),
    unjudged: Number(end.unjudged),
    counts: countsOf(all),
    files: listed,
    omitted: all.length - listed.length,
    untold: Math.max(0, end.files - files.length),
    ...(request === undefined ? {} : { request }),
  };
}

/** The first of them, as many as a statement takes. */
function fitting(sorted: readonly MappedFile[]): readonly MappedFile[] {
  let text = 0;
  const beyond = sorted.findIndex((file, at) => at >= most || (text += JSON.stringify(file).length) > mostText);
  return beyond === -1 ? sorted : sorted.slice(0, beyond);
}

async function mappedFile(frame: MappingFrame, { find }: StatementTerms): Promise<MappedFile> {
  const { path, mappings, processes } = frame;
  const scanned = frame.origin === 'image' ? await find(path) : undefined;
  return {
    path: comparableName(path),
    ...standingOf(frame, scanned),
    mappings,
    processes,
    ...(scanned?.layer === undefined ? {} : { layer: scanned.layer }),
    ...(scanned?.package === undefined ? {} : { package: oneLine(scanned.package, 1024) }),
    ...(scanned === undefined ? {} : { sha256: scanned.sha256 }),
  };
}

/** A file that the kernel finds as the scan recorded it has the scan's hash. */
function standingOf(
  { origin, listing, allowed }: MappingFrame,
  scanned: ScannedFile | undefined,
): Pick<MappedFile, 'standing' | 'why'> {
  switch (origin) {
    case 'image':
      if (listing === 'changed') return { standing: 'other', why: 'changed' };
      return { standing: listing === 'same' && scanned !== undefined ? 'image' : 'unlisted' };
    case 'upper':
      return { standing: standingOutside(allowed), why: 'written' };
    case 'other':
      return { standing: standingOutside(allowed), why: 'mount' };
    case 'memory':
      return { standing: standingOutside(allowed), why: 'memory' };
    case 'deleted':
      return { standing: standingOutside(allowed), why: 'deleted' };
    case 'host':
    case 'unknown':
      return { standing: 'other', why: 'unknown' };
    default:
      return origin satisfies never;
  }
}

function standingOutside(allowed: number): 'allowed' | 'other' {
  return allowed === 1 ? 'allowed' : 'other';
}

function mechanismOf(features: number): CodeStatement['mechanism'] {
  if ((features & feature.codeLsm) !== 0) return 'refused';
  return (features & feature.codeKill) === 0 ? 'none' : 'killed';
}

function countsOf(files: readonly MappedFile[]): CodeStatement['counts'] {
  const counts = { image: 0, unlisted: 0, allowed: 0, other: 0 };
  for (const { standing } of files) counts[standing] += 1;
  return counts;
}

const order: readonly MappedFile['standing'][] = ['other', 'allowed', 'unlisted', 'image'];

function byStanding(one: MappedFile, other: MappedFile): number {
  const first = order.indexOf(one.standing) - order.indexOf(other.standing);
  return first === 0 ? Number(one.path > other.path) - Number(one.path < other.path) : first;
}

function momentOf(time: bigint, clock: SensorClock): string {
  return new Date(timeOf(time, clock)).toISOString();
}

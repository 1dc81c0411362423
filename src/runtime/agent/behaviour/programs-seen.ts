import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerRecord } from '../containers/container-record.ts';
import type { FileHasher } from '../hash-file.ts';
import type { ImagePrograms } from '../image-programs.ts';
import type { CodeFrame, ExecFrame, MoveFrame } from '../wire/frames.ts';
import type { WireFile } from '../wire/structs.ts';
import { moveFlag } from '../wire/words.ts';
import type { ProgramFile } from './sighting-of.ts';

/** Milliseconds that an alert waits for hashes. */
const patience = 5000;

/** Says what is known of the files that events are about: of the image's by its scan, of others by reading them. */
export class ProgramsSeen {
  readonly #programs: ImagePrograms;
  readonly #hasher: FileHasher;

  constructor(programs: ImagePrograms, hasher: FileHasher) {
    this.#programs = programs;
    this.#hasher = hasher;
  }

  /** The program that an event names as running. */
  async program(frame: ExecFrame | CodeFrame, record: ContainerRecord): Promise<ProgramFile | undefined> {
    if (frame.kind === 'code') return this.#ofImage(record, frame.openerPath);
    if (frame.origin === 'image' && frame.reason !== 'modified') return this.#ofImage(record, frame.path);
    if (frame.origin === 'host') return undefined;
    return this.#hashed(frame.file, placesOf(frame, record, frame.path), record);
  }

  /** The program of the container that a move is about. */
  async mover(frame: MoveFrame, record: ContainerRecord): Promise<ProgramFile | undefined> {
    return this.#ofImage(record, (frame.flags & moveFlag.byOther) === 0 ? frame.moverPath : frame.path);
  }

  /** Whether the image has a program at this path: then one that was written there is the image's, changed. */
  async isOfImage(frame: ExecFrame, record: ContainerRecord): Promise<boolean> {
    return (await this.#ofImage(record, frame.path)) !== undefined;
  }

  /** The code file that a program opened. */
  async code(frame: CodeFrame, record: ContainerRecord): Promise<ProgramFile | undefined> {
    if (frame.sha256 !== '') return undefined;
    return this.#hashed(frame.file, placesOf(frame, record, frame.path).slice(1), record);
  }

  async #ofImage({ digest }: ContainerRecord, path: string): Promise<ProgramFile | undefined> {
    const known = digest === undefined ? undefined : await this.#programs.find(digest, path);
    if (known === undefined) return undefined;
    const { sha256, md5, package: owner } = known;
    return { sha256, md5, ...(owner === undefined ? {} : { package: owner }) };
  }

  async #hashed(
    file: WireFile,
    places: readonly string[],
    { kept }: ContainerRecord,
  ): Promise<ProgramFile | undefined> {
    const late = new AbortController();
    const timer = wait(patience, undefined, { signal: late.signal }).catch(() => undefined);
    return Promise.race([this.#hasher.of(places, file, kept.id), timer]).finally(() => late.abort());
  }
}

/** Where the file may still be found: as the process itself, as the process sees it, and in the container's root. */
function placesOf({ pid }: { readonly pid: number }, record: ContainerRecord, path: string): readonly string[] {
  const { root } = record.kept;
  const first = record.described?.pid ?? 0;
  const inside = path.startsWith('/') ? path : `/${path}`;
  return [
    `/proc/${pid}/exe`,
    `/proc/${pid}/root${inside}`,
    ...(first > 0 ? [`/proc/${first}/root${inside}`] : []),
    ...(root === '' ? [] : [`${root}${inside}`]),
  ];
}

import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { StoredContainers } from '../schema.ts';
import type { ContainerFrame } from '../wire/frames.ts';
import { writeSafely } from '#link/agent/index.ts';
import type { SaveFaults } from '../saves/save-faults.ts';
import { type SavePace, Saves } from '../saves/saves.ts';
import { ContainerRecord, type KeptContainer } from './container-record.ts';

export interface ContainersOptions {
  /** Where what the sensor said is kept. */
  readonly file: string;
  /** Asks the engine. */
  readonly describe: (id: string) => Promise<DescribedContainer | undefined>;
  /** The config digest behind an engine's id of an image. */
  readonly identify: (imageId: string) => Promise<ImageDigest | undefined>;
  readonly now: () => number;
  readonly faults: SaveFaults;
  readonly log: Log;
  readonly pace?: SavePace;
  /** Milliseconds for which something seen waits until it is known whose it is. */
  readonly patience?: number;
}

/** Milliseconds for which a container is remembered after its end: what it did last comes late. */
const memory = 5 * 60_000;
/** Milliseconds between two questions about one that the engine does not know yet. */
const again = 100;

/** As the file is called in logs. */
const what = 'containers';
const patientPace: SavePace = { firstPause: 250, longestPause: 5000, patience: Number.POSITIVE_INFINITY };

/** Whose cgroup is whose: what the sensor says joined to what the engine says, in whatever order both come. */
export class RuntimeContainers {
  readonly #options: ContainersOptions;
  readonly #byCgroup = new Map<string, ContainerRecord>();
  readonly #byId = new Map<string, ContainerRecord>();
  /** Descriptions of containers that the sensor has not told of yet. */
  readonly #early = new Map<string, DescribedContainer>();
  readonly #resolving = new Map<string, Promise<void>>();
  readonly #saves: Saves;

  constructor(options: ContainersOptions) {
    this.#options = options;
    for (const kept of readKept(options.file, options.log)) this.#add(new ContainerRecord(kept));
    const { file, faults, pace = patientPace } = options;
    this.#saves = new Saves({ what, write: () => writeSafely(file, this.#text()), faults, lag: 0, pace });
  }

  /**
   * Takes in what the sensor says of a container. Resolves when it is kept, however long the disk takes: without it nothing
   * that the container does could be told after a new start of the agent. `time` in milliseconds since 1970.
   */
  async take(frame: ContainerFrame, time: number): Promise<void> {
    const known = this.#byId.get(frame.id);
    if (frame.state === 'gone') {
      if (known !== undefined) known.kept = { ...known.kept, goneAt: time };
    } else if (known === undefined || known.kept.cgroup !== String(frame.cgroup)) {
      this.#add(new ContainerRecord(keptOf(frame, time)));
    }
    this.#forgetOld();
    await this.#save();
  }

  /** Takes in what the engine says of a container. */
  describe(container: DescribedContainer): void {
    const { id, state } = container.fact;
    const record = this.#byId.get(id);
    if (record !== undefined) this.#know(record, container);
    else if (state === 'removed') this.#early.delete(id);
    else this.#early.set(id, container);
  }

  async listens(record: ContainerRecord, time: number): Promise<void> {
    if (record.kept.firstListenAt !== undefined && record.kept.firstListenAt <= time) return;
    record.kept = { ...record.kept, firstListenAt: time };
    await this.#save();
  }

  async #save(): Promise<void> {
    this.#saves.touch(what);
    await this.#saves.saved(what);
  }

  /** Tries a last time to write what is not written yet. */
  async close(): Promise<void> {
    await this.#saves.close();
  }

  /** The container of a cgroup. */
  of(cgroup: bigint): ContainerRecord | undefined {
    return this.#byCgroup.get(String(cgroup));
  }

  byId(id: string): ContainerRecord | undefined {
    return this.#byId.get(id);
  }

  /** Those that run. */
  running(): readonly ContainerRecord[] {
    return [...this.#byId.values()].filter(({ kept }) => kept.goneAt === undefined);
  }

  /** Those that run, or ended a moment ago. */
  recent(): readonly ContainerRecord[] {
    return [...this.#byCgroup.values()];
  }

  /** Resolves when the engine said whose it is, or does not say so in time. Nothing to wait for: `undefined`. */
  known(record: ContainerRecord): Promise<void> | undefined {
    if (record.isKnown) return undefined;
    const { id } = record.kept;
    const resolving = this.#resolving.get(id) ?? this.#resolve(record).finally(() => this.#resolving.delete(id));
    this.#resolving.set(id, resolving);
    return resolving;
  }

  async #resolve(record: ContainerRecord): Promise<void> {
    const { describe, identify, now, log, patience = 10_000 } = this.#options;
    const { id, imageId } = record.kept;
    const end = now() + patience;
    while (!record.isKnown && now() < end && record.kept.goneAt === undefined) {
      try {
        record.digest ??= await within(end - now(), identify(imageId));
        const container = record.described ?? (await within(end - now(), describe(id)));
        if (container !== undefined) this.#know(record, container);
      } catch (error) {
        log.debug({ container: id, error: messageOf(error) }, 'The engine could not be asked about a container.');
      }
      if (!record.isKnown) await wait(again);
    }
  }

  #know(record: ContainerRecord, container: DescribedContainer): void {
    const { fact } = container;
    // A container that was too quick for the engine is described by its events alone.
    if (fact.incomplete === true && record.described !== undefined) return;
    record.described = container;
    if (fact.subject !== undefined) record.digest = fact.subject as string as ImageDigest;
  }

  #add(record: ContainerRecord): void {
    const { id, cgroup } = record.kept;
    this.#byId.set(id, record);
    this.#byCgroup.set(cgroup, record);
    const early = this.#early.get(id);
    if (early === undefined) return;
    this.#early.delete(id);
    this.#know(record, early);
  }

  #forgetOld(): void {
    const before = this.#options.now() - memory;
    for (const [cgroup, { kept }] of this.#byCgroup) {
      if (kept.goneAt === undefined || kept.goneAt > before) continue;
      this.#byCgroup.delete(cgroup);
      if (this.#byId.get(kept.id)?.kept.cgroup === cgroup) this.#byId.delete(kept.id);
    }
  }

  #text(): string {
    const containers = [...this.#byCgroup.values()].map(({ kept }) => kept);
    return JSON.stringify({ form: 1, containers });
  }
}

function keptOf({ id, cgroup, image, root, state }: ContainerFrame, time: number): KeptContainer {
  return { id, cgroup: String(cgroup), imageId: image, root, bornAt: time, found: state === 'found' };
}

function readKept(file: string, log: Log): readonly KeptContainer[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  try {
    return StoredContainers.parse(JSON.parse(text)).containers.map(({ firstListenAt, goneAt, ...kept }) => ({
      ...kept,
      ...(firstListenAt !== undefined && { firstListenAt }),
      ...(goneAt !== undefined && { goneAt }),
    }));
  } catch (error) {
    log.warn({ file, error: messageOf(error) }, 'What was kept of containers cannot be read.');
    return [];
  }
}

async function within<Value>(milliseconds: number, work: Promise<Value>): Promise<Value | undefined> {
  const late = new AbortController();
  const timer = wait(Math.max(0, milliseconds), undefined, { signal: late.signal }).catch(() => undefined);
  return Promise.race([work, timer]).finally(() => late.abort());
}

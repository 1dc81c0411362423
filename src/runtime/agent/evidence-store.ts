import { readFileSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { zstdCompress, zstdDecompressSync } from 'node:zlib';
import { type ImageDigest, type Log, messageOf } from '#base/index.ts';
import type { BehaviourFact, ModelKey } from '../contract.ts';
import { emptyEvidence } from '../evidence.ts';
import { type Learner, learnerOf } from '../learn.ts';
import { wantedIdOf } from '../model-id.ts';
import type { SaveFaults } from './saves/save-faults.ts';
import { type Saved, type SavePace, Saves } from './saves/saves.ts';
import { StoredEvidence } from './schema.ts';
import { writeSafely } from '#link/agent/index.ts';

const compress = promisify(zstdCompress);

export interface EvidenceStoreOptions {
  /** One file for each model. */
  readonly folder: string;
  readonly bucketSeconds: () => number;
  /** Resolves when the fact is safe on this disk. */
  readonly send: (fact: BehaviourFact) => Promise<void>;
  readonly faults: SaveFaults;
  readonly log: Log;
  /** Milliseconds for which changes are gathered before they are written. */
  readonly lag?: number;
  readonly pace?: SavePace;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** Of whom something is learned. */
export interface LearningOf {
  readonly neverLearn?: readonly string[] | undefined;
  readonly container?: string;
  /** Environment that the container's label chose: evidence of each is kept and told apart. */
  readonly chosen?: string | undefined;
}

interface KeptModel {
  readonly key: ModelKey;
  readonly bucketSeconds: number;
  neverLearn: readonly string[];
  /** Containers that it is of, with when each was seen last. */
  readonly containers: Map<string, number>;
  learner: Learner;
  /** The console may lack some of it. */
  isUnreported: boolean;
  /** It is on its way to the console, and not safe yet. */
  isOnItsWay: boolean;
  /** Everything is to be told, not only what changed. */
  reportWhole: boolean;
}

const ending = '.json.zst';

/** Milliseconds for which the evidence of an image that is gone is kept, and for which any evidence says something. */
const day = 24 * 3_600_000;
const week = 7 * day;
const memory = 6 * week;

/** Containers that one report names. */
const mostContainers = 200;

/** Longest evidence that is read. */
const longest = 64 * 1024 * 1024;

/** What this agent saw of each model, in memory and on the disk. */
export class EvidenceStore {
  readonly #options: EvidenceStoreOptions;
  readonly #entries = new Map<string, KeptModel>();
  /** What `prune` has read of files that nobody works with. */
  readonly #old = new Map<string, Pick<StoredEvidence, 'key' | 'untold'>>();
  readonly #saves: Saves;
  #reporting: Promise<void> = Promise.resolve();

  constructor(options: EvidenceStoreOptions) {
    const { faults, lag = 1000, pace } = options;
    this.#options = options;
    const write = (id: string): Promise<void> => this.#write(id);
    this.#saves = new Saves({ what: 'evidence', write, faults, lag, ...(pace !== undefined && { pace }) });
  }

  /** Who learns for a model. What it is told is safe when `saved` resolves. */
  learner(key: ModelKey, { neverLearn = [], container, chosen }: LearningOf = {}): Learner {
    const id = wantedIdOf({ ...key, chosen });
    const bucketSeconds = this.#options.bucketSeconds();
    const known = this.#entries.get(id);
    const entry = known?.bucketSeconds === bucketSeconds ? known : this.#read(id, key, bucketSeconds);
    this.#entries.set(id, entry);
    this.#old.delete(id);
    if (entry.neverLearn.join('\0') !== neverLearn.join('\0')) {
      entry.reportWhole ||= entry.isUnreported;
      entry.learner = learnerOf(entry.learner.evidence(), { bucketSeconds, neverLearn });
      entry.neverLearn = neverLearn;
    }
    if (container !== undefined) entry.containers.set(container, this.#now());
    this.#saves.touch(id);
    entry.isUnreported = true;
    return entry.learner;
  }

  /**
   * Resolves when all that was learned so far of a model is safe on the disk; `failing` when the disk does not take it for
   * some seconds: it is tried again and again, and nobody waits for it.
   */
  saved(key: ModelKey, { chosen }: Pick<LearningOf, 'chosen'> = {}): Promise<Saved> {
    return this.#saves.saved(wantedIdOf({ ...key, chosen }));
  }

  /** Writes what is not written yet, and ends. */
  async close(): Promise<void> {
    await this.#saves.close();
  }

  /** Tells the console what it may lack, one call after the other; that it was told is written soon after. */
  report(): Promise<void> {
    this.#reporting = this.#reporting.then(() => this.#reportAll());
    return this.#reporting;
  }

  async #reportAll(): Promise<void> {
    for (const [id, entry] of this.#entries) {
      if (!entry.isUnreported) continue;
      const changes = entry.learner.changes();
      const evidence = entry.reportWhole ? entry.learner.evidence() : changes;
      entry.isUnreported = false;
      entry.isOnItsWay = true;
      const isWhole = entry.reportWhole;
      entry.reportWhole = false;
      try {
        if (evidence === undefined) continue;
        const containers = this.#containersOf(entry);
        await this.#options.send({ key: entry.key, evidence, ...(containers.length === 0 ? {} : { containers }) });
      } catch (error) {
        entry.isUnreported = true;
        entry.reportWhole = true;
        this.#options.log.error({ isWhole, error: messageOf(error) }, 'Evidence could not be kept for the console.');
      } finally {
        entry.isOnItsWay = false;
        this.#saves.touch(id);
      }
    }
    this.#saves.saveSoon();
  }

  /** Those of the last day, the newest: the console forgets older ones that ended. */
  #containersOf({ containers }: KeptModel): readonly string[] {
    const newest = [...containers].toSorted(([, left], [, right]) => right - left).slice(0, mostContainers);
    const kept = newest.filter(([, at], place) => place === 0 || at > this.#now() - day);
    containers.clear();
    for (const [id, at] of kept.toReversed()) containers.set(id, at);
    return kept.map(([id]) => id);
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  /** The console may have lost what it was told. */
  repeat(): void {
    for (const entry of this.#entries.values()) {
      entry.isUnreported = true;
      entry.reportWhole = true;
    }
  }

  /** Gives up the memory for models that nothing runs of. */
  async release(isUsed: (id: string) => boolean): Promise<void> {
    await this.#saves.flush();
    for (const [id, { isUnreported, isOnItsWay }] of this.#entries)
      if (!this.#saves.isPending(id) && !isUnreported && !isOnItsWay && !isUsed(id)) this.#entries.delete(id);
  }

  /**
   * Removes the evidence of models of images that this host does not hold, a week after the last was learned. What the
   * console was not told waits until it says nothing any more.
   */
  async prune(isHeld: (digest: ImageDigest) => boolean, now: number): Promise<void> {
    for (const name of await readdir(this.#options.folder).catch(() => [])) {
      const id = name.endsWith(ending) ? name.slice(0, -ending.length) : undefined;
      if (id === undefined || this.#entries.has(id)) continue;
      const written = await stat(this.#file(id)).catch(() => undefined);
      const age = now - (written?.mtimeMs ?? now);
      if (age < week) continue;
      const known = this.#old.get(id) ?? this.#stored(id);
      if (known !== undefined) this.#old.set(id, { key: known.key, untold: known.untold });
      if (known !== undefined && (isHeld(known.key.digest) || (known.untold && age < memory))) continue;
      this.#old.delete(id);
      await rm(this.#file(id), { force: true });
    }
  }

  async #write(id: string): Promise<void> {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    const { key, bucketSeconds, isUnreported, isOnItsWay, learner } = entry;
    const untold = isUnreported || isOnItsWay;
    const text = JSON.stringify({ form: 1, key, bucketSeconds, untold, evidence: learner.evidence() });
    await writeSafely(this.#file(id), await compress(text));
  }

  #read(id: string, key: ModelKey, bucketSeconds: number): KeptModel {
    const stored = this.#stored(id);
    // Hours of another length say nothing.
    const isUsable = stored?.bucketSeconds === bucketSeconds;
    const evidence = isUsable ? stored.evidence : emptyEvidence;
    const isUnreported = isUsable && stored.untold;
    const learner = learnerOf(evidence, { bucketSeconds });
    const fresh = { neverLearn: [], containers: new Map<string, number>(), isOnItsWay: false };
    return { key, bucketSeconds, ...fresh, learner, isUnreported, reportWhole: isUnreported };
  }

  #stored(id: string): StoredEvidence | undefined {
    let bytes: Buffer;
    try {
      bytes = readFileSync(this.#file(id));
    } catch {
      return undefined;
    }
    try {
      const text = zstdDecompressSync(bytes, { maxOutputLength: longest }).toString('utf8');
      return StoredEvidence.parse(JSON.parse(text));
    } catch (error) {
      this.#options.log.warn({ id, error: messageOf(error) }, 'Evidence of a model cannot be read; it begins again.');
      return undefined;
    }
  }

  #file(id: string): string {
    return join(this.#options.folder, `${id}${ending}`);
  }
}

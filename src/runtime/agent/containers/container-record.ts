import type { ImageDigest } from '#base/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { modelKeyOf, type SeenContainer } from '../../event.ts';
import { modelIdOf } from '../../model-id.ts';
import type { ModelKey, Phase, Session } from '../../contract.ts';
import type { CodeFrame, ExecFrame } from '../wire/frames.ts';
import { execFlag } from '../wire/words.ts';

/** What outlives the agent: the sensor says it once. Times in milliseconds since 1970. */
export interface KeptContainer {
  readonly id: string;
  /** Of its cgroup, by which the sensor names it; decimal. */
  readonly cgroup: string;
  /** As the engine names its image. */
  readonly imageId: string;
  /** Where its root file system is mounted. */
  readonly root: string;
  readonly bornAt: number;
  /** It was there before anybody watched. */
  readonly found: boolean;
  readonly firstListenAt?: number;
  readonly goneAt?: number;
}

/** Milliseconds after its start in which a container that listens nowhere starts up. */
const longestBoot = 60_000;

/** Health checks that run at once are few; older ones are forgotten. */
const mostHealthChecks = 32;

/** The model of an image and entrypoint, whatever environment a label chose. */
export interface ModelOfContainer {
  readonly id: string;
  readonly key: ModelKey;
}

/** A container as the agent knows it by now. */
export class ContainerRecord {
  kept: KeptContainer;
  described: DescribedContainer | undefined;
  digest: ImageDigest | undefined;
  /** Processes that the engine started as its health check: number and start. */
  readonly #healthChecks = new Set<string>();
  /** The model, and what was known when it was made. */
  #made: Pick<ContainerRecord, 'described' | 'digest' | 'model'> | undefined;

  constructor(kept: KeptContainer) {
    this.kept = kept;
  }

  get isKnown(): boolean {
    return this.described !== undefined && this.digest !== undefined;
  }

  /** Model that speaks for it; `undefined` while image and entrypoint are not known. */
  get modelKey(): ModelKey | undefined {
    return this.model?.key;
  }

  /** The same with its id. Made once: hosts with many short containers ask for those of all of them again and again. */
  get model(): ModelOfContainer | undefined {
    const { described, digest } = this;
    if (this.#made?.described !== described || this.#made?.digest !== digest) {
      const key = described === undefined ? undefined : modelKeyOf(this.seen());
      this.#made = { described, digest, model: key && { id: modelIdOf(key), key } };
    }
    return this.#made?.model;
  }

  seen(): SeenContainer {
    const { id, imageId } = this.kept;
    const { fact } = this.described ?? {};
    return {
      id,
      name: fact?.name ?? id.slice(0, 12),
      image: fact?.image.name || imageId,
      ...(this.digest === undefined ? {} : { digest: this.digest }),
      entrypoint: fact?.command ?? [],
    };
  }

  phaseAt(time: number): Phase {
    const { bornAt, found, firstListenAt } = this.kept;
    if (found) return 'run';
    return time <= Math.min(firstListenAt ?? Number.POSITIVE_INFINITY, bornAt + longestBoot) ? 'boot' : 'run';
  }

  /** How a program came in. A session of the engine is the health check when its first program has the check's words. */
  sessionOf(frame: ExecFrame | CodeFrame): Session {
    if (frame.session === 'entry') return 'entry';
    const self = `${frame.pid} ${frame.start}`;
    const isFirst = frame.kind === 'exec' && (frame.flags & execFlag.first) !== 0;
    if (isFirst && this.#isHealthCheck(frame.argv)) this.#remember(self);
    const line = [self, ...frame.ancestors.map(({ pid, start }) => `${pid} ${start}`)];
    return line.some((one) => this.#healthChecks.has(one)) ? 'health-check' : 'exec';
  }

  #isHealthCheck(argv: string): boolean {
    const words = this.described?.healthCheck;
    return words !== undefined && words.join('\0') === argv.replace(/\0$/, '');
  }

  #remember(process: string): void {
    this.#healthChecks.add(process);
    if (this.#healthChecks.size <= mostHealthChecks) return;
    const [oldest] = this.#healthChecks;
    if (oldest !== undefined) this.#healthChecks.delete(oldest);
  }
}

import { type Log, messageOf } from '#base/index.ts';
import type { Detection, Dimension, LossFact, RuntimeRule } from '../../contract.ts';
import { detect } from '../../detect.ts';
import { hourOf } from '../../hours.ts';
import type { ModelIndex } from '../../model-index.ts';
import type { ContainerRecord } from '../containers/container-record.ts';
import type { RuntimeContainers } from '../containers/containers.ts';
import type { EvidenceStore } from '../evidence-store.ts';
import type { CodeFrame, ContainerFrame, ExecFrame, MoveFrame, SequencedFrame } from '../wire/frames.ts';
import { boundedDetection } from './bounded-detection.ts';
import { DetectionFolder } from './detection-folder.ts';
import type { ProgramsSeen } from './programs-seen.ts';
import { moveSightingOf, type SensorClock, sightingOf, timeOf } from './sighting-of.ts';
import { setTimeout as wait } from 'node:timers/promises';

export interface BehaviourOptions {
  readonly containers: RuntimeContainers;
  readonly evidence: EvidenceStore;
  readonly programs: ProgramsSeen;
  readonly bucketSeconds: () => number;
  readonly rule: (record: ContainerRecord) => RuntimeRule | undefined;
  /** The model that speaks for a container. */
  readonly index: (record: ContainerRecord) => ModelIndex | undefined;
  /** Environment that its label chose. */
  readonly chosen: (record: ContainerRecord) => string | undefined;
  /** Resolves when the fact is safe on this disk. */
  readonly send: (kind: 'detection' | 'loss', body: Detection | LossFact) => Promise<void>;
  /** Ends a container. */
  readonly stop: (id: string) => Promise<void>;
  /** A container came, went, or left its boot. */
  readonly changed: () => void;
  readonly log: Log;
}

/** Milliseconds that an event waits for the sensor to say whose cgroup it is of. */
const patience = 3000;
const again = 50;
const mostLostHours = 10_000;

interface Moment {
  readonly dimension: Dimension;
  /** Milliseconds since 1970. */
  readonly time: number;
}

interface Loss extends Moment {
  readonly count: bigint;
  /** Missing: not known whose. */
  readonly record?: ContainerRecord;
}

/** Makes of each event of the sensor what it means: evidence, detections, losses. */
export class Behaviour {
  readonly #options: BehaviourOptions;
  /** Containers that were ended for what they did. */
  readonly #stopped = new Map<string, Promise<boolean>>();
  /** Container and dimension → hour that is told as lost. */
  readonly #lostHours = new Map<string, number>();

  readonly #folder: DetectionFolder;

  constructor(options: BehaviourOptions) {
    this.#options = options;
    this.#folder = new DetectionFolder({ send: (one) => options.send('detection', boundedDetection(one)) });
  }

  /** Resolves when everything that follows from the event is safe on the disk. */
  async take(frame: SequencedFrame, clock: SensorClock): Promise<void> {
    switch (frame.kind) {
      case 'container':
        return this.#takeContainer(frame, clock);
      case 'exec':
      case 'code':
        return this.#takeSeen(frame, clock);
      case 'move':
        return this.#takeMove(frame, clock);
      case 'listen': {
        const record = await this.#recordOf(frame.cgroup);
        if (record === undefined) return;
        await this.#options.containers.listens(record, timeOf(frame.time, clock));
        return this.#options.changed();
      }
      case 'loss':
        return this.#takeLoss(frame, frame.dimension, clock);
      case 'throttle':
        return this.#takeLoss(frame, 'process', clock);
    }
  }

  /**
   * Counts an event as lost that cannot be kept: what is wrong with it must not hold up the others. Resolves when that is
   * safe on the disk.
   */
  async giveUp(frame: SequencedFrame, clock: SensorClock): Promise<void> {
    const record = this.#options.containers.of(frame.cgroup);
    const count = frame.kind === 'loss' || frame.kind === 'throttle' ? frame.count : 1n;
    const dimension = frame.kind === 'loss' ? frame.dimension : frame.kind === 'code' ? 'file' : 'process';
    await this.#sendLoss({ count, dimension, time: timeOf(frame.time, clock), ...(record && { record }) });
  }

  /** Environment that a container's label chose. */
  chosen(record: ContainerRecord): string | undefined {
    return this.#options.chosen(record);
  }

  /** A container that runs counts as watched now. */
  expose(record: ContainerRecord, dimensions: readonly Dimension[], time: number): void {
    this.#learner(record)?.expose(dimensions, time);
  }

  async #takeContainer(frame: ContainerFrame, clock: SensorClock): Promise<void> {
    const { containers, changed } = this.#options;
    const time = timeOf(frame.time, clock);
    const isNew = containers.of(frame.cgroup) === undefined;
    await containers.take(frame, time);
    changed();
    const record = containers.of(frame.cgroup);
    if (frame.state === 'gone' || record === undefined) return;
    await containers.known(record);
    changed();
    const learner = this.#learner(record);
    if (learner === undefined || (!isNew && frame.state === 'found')) return;
    if (frame.state === 'born') learner.start(time);
    else learner.late();
    await this.#keep(record, { dimension: 'process', time });
  }

  async #takeSeen(frame: ExecFrame | CodeFrame, clock: SensorClock): Promise<void> {
    const record = await this.#recordOf(frame.cgroup);
    if (record === undefined) return this.#lose({ count: 1n, dimension: 'process', time: timeOf(frame.time, clock) });
    await this.#options.containers.known(record);
    const { programs, bucketSeconds, rule: ruleOf, index: indexOf } = this.#options;
    const program = await programs.program(frame, record);
    const code = frame.kind === 'code' ? await programs.code(frame, record) : undefined;
    const isChanged = frame.kind === 'exec' && frame.origin === 'upper' && (await programs.isOfImage(frame, record));
    const sighting = sightingOf(frame, { record, clock, program, code, isChanged });
    const rule = ruleOf(record);
    const index = indexOf(record);
    const { detections, grade } = detect(sighting, { bucketSeconds: bucketSeconds(), index, rule });
    this.#learner(record)?.learn(sighting, grade);
    const dimension = frame.kind === 'exec' ? 'process' : 'file';
    const kept = this.#keep(record, { dimension, time: sighting.time });
    await Promise.all([kept, ...detections.map((detection) => this.#report(detection))]);
  }

  /** Waits until what was learned of a model is on the disk. Where the disk does not take it, the hour counts as lost. */
  async #keep(record: ContainerRecord, { dimension, time }: Moment): Promise<void> {
    const { evidence, chosen } = this.#options;
    const key = record.modelKey;
    if (key === undefined || !record.isKnown) return;
    if ((await evidence.saved(key, { chosen: chosen(record) })) === 'saved') return;
    await this.#sendLoss({ count: 1n, dimension, time, record });
  }

  async #takeMove(frame: MoveFrame, clock: SensorClock): Promise<void> {
    const record = await this.#recordOf(frame.cgroup);
    if (record === undefined) return this.#lose({ count: 1n, dimension: 'process', time: timeOf(frame.time, clock) });
    await this.#options.containers.known(record);
    const { programs, bucketSeconds, rule } = this.#options;
    const program = await programs.mover(frame, record);
    const sighting = moveSightingOf(frame, { record, clock, program });
    const { detections } = detect(sighting, { bucketSeconds: bucketSeconds(), rule: rule(record) });
    await Promise.all(detections.map((detection) => this.#report(detection)));
  }

  async #report(detection: Detection): Promise<void> {
    const isStopped = detection.effect === 'block' && !detection.notice && (await this.#stop(detection.container.id));
    const reported = isStopped ? { ...detection, outcome: 'stopped' as const } : detection;
    await this.#folder.report(reported);
  }

  /** Whether the container was ended. */
  #stop(id: string): Promise<boolean> {
    const known = this.#stopped.get(id);
    if (known !== undefined) return known;
    const stopping = this.#options.stop(id).then(
      () => true,
      (error: unknown) => {
        this.#options.log.error({ container: id, error: messageOf(error) }, 'A container could not be ended.');
        return false;
      },
    );
    this.#stopped.set(id, stopping);
    // The same container may be started again.
    void stopping.then(() => wait(1000)).then(() => this.#stopped.delete(id));
    return stopping;
  }

  async #takeLoss(
    { cgroup, count, time }: { readonly cgroup: bigint; readonly count: bigint; readonly time: bigint },
    dimension: Dimension,
    clock: SensorClock,
  ): Promise<void> {
    const record = cgroup === 0n ? undefined : await this.#recordOf(cgroup);
    if (record !== undefined) await this.#options.containers.known(record);
    await this.#lose({ count, dimension, time: timeOf(time, clock), ...(record && { record }) });
  }

  async #lose(loss: Loss): Promise<void> {
    const { containers, evidence, chosen } = this.#options;
    const { record } = loss;
    const affected = record === undefined ? containers.running() : [record];
    const saved = affected.map(async (one) => {
      const { modelKey } = one;
      // The loss itself says what is missing while the disk does not take this.
      if (modelKey !== undefined) await evidence.saved(modelKey, { chosen: chosen(one) });
    });
    await Promise.all([this.#sendLoss(loss), ...saved]);
  }

  /** Tells it once for each hour of a container: a storm is throttled every second, and its hour is lost once. */
  async #sendLoss({ count, dimension, time, record }: Loss): Promise<void> {
    const { containers, send, bucketSeconds } = this.#options;
    const affected = record === undefined ? containers.running() : [record];
    for (const one of affected) this.#learner(one)?.lose(dimension, time);
    const hour = hourOf(time, bucketSeconds());
    const what = record && `${record.kept.id} ${dimension}`;
    if (what !== undefined && this.#lostHours.get(what) === hour) return;
    await send('loss', {
      ...(record === undefined ? {} : { container: record.kept.id }),
      dimension,
      count: Math.max(1, Number(count)),
      at: new Date(time).toISOString(),
    });
    if (what === undefined) return;
    if (this.#lostHours.size >= mostLostHours) this.#lostHours.clear();
    this.#lostHours.set(what, hour);
  }

  #learner(record: ContainerRecord) {
    const key = record.modelKey;
    if (key === undefined || !record.isKnown) return undefined;
    const { evidence, rule, chosen } = this.#options;
    return evidence.learner(key, {
      neverLearn: rule(record)?.neverLearn,
      container: record.kept.id,
      chosen: chosen(record),
    });
  }

  async #recordOf(cgroup: bigint): Promise<ContainerRecord | undefined> {
    const { containers, log } = this.#options;
    for (let waited = 0; waited < patience; waited += again) {
      const record = containers.of(cgroup);
      if (record !== undefined) return record;
      await wait(again);
    }
    log.warn({ cgroup: String(cgroup) }, 'The sensor reported an unknown container.');
    return undefined;
  }
}

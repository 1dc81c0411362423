import { type Log, messageOf } from '#base/index.ts';
import type { Detection, Dimension, LossFact, RuntimeRule } from '../../contract.ts';
import { detect } from '../../detect.ts';
import type { ModelIndex } from '../../model-index.ts';
import type { ContainerRecord } from '../containers/container-record.ts';
import type { RuntimeContainers } from '../containers/containers.ts';
import type { EvidenceStore } from '../evidence-store.ts';
import type { CodeFrame, ContainerFrame, ExecFrame, MoveFrame, SequencedFrame } from '../wire/frames.ts';
import { boundedDetection } from './bounded-detection.ts';
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

/** Makes of each event of the sensor what it means: evidence, detections, losses. */
export class Behaviour {
  readonly #options: BehaviourOptions;
  /** Containers that were ended for what they did. */
  readonly #stopped = new Map<string, Promise<boolean>>();

  constructor(options: BehaviourOptions) {
    this.#options = options;
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

  /** Environment that a container's label chose. */
  chosen(record: ContainerRecord): string | undefined {
    return this.#options.chosen(record);
  }

  /** A container that runs counts as watched now. */
  expose(record: ContainerRecord, dimensions: readonly Dimension[], time: number): void {
    this.#learner(record)?.expose(dimensions, time);
  }

  async #takeContainer(frame: ContainerFrame, clock: SensorClock): Promise<void> {
    const { containers, evidence, changed } = this.#options;
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
    await evidence.saved();
  }

  async #takeSeen(frame: ExecFrame | CodeFrame, clock: SensorClock): Promise<void> {
    const record = await this.#recordOf(frame.cgroup);
    if (record === undefined) return this.#lose({ count: 1n, dimension: 'process', time: timeOf(frame.time, clock) });
    await this.#options.containers.known(record);
    const { programs, bucketSeconds, rule: ruleOf, index: indexOf, evidence } = this.#options;
    const program = await programs.program(frame, record);
    const code = frame.kind === 'code' ? await programs.code(frame, record) : undefined;
    const isChanged = frame.kind === 'exec' && frame.origin === 'upper' && (await programs.isOfImage(frame, record));
    const sighting = sightingOf(frame, { record, clock, program, code, isChanged });
    const rule = ruleOf(record);
    const index = indexOf(record);
    const { detections, grade } = detect(sighting, { bucketSeconds: bucketSeconds(), index, rule });
    this.#learner(record)?.learn(sighting, grade);
    await Promise.all([evidence.saved(), ...detections.map((detection) => this.#tell(detection))]);
  }

  async #takeMove(frame: MoveFrame, clock: SensorClock): Promise<void> {
    const record = await this.#recordOf(frame.cgroup);
    if (record === undefined) return this.#lose({ count: 1n, dimension: 'process', time: timeOf(frame.time, clock) });
    await this.#options.containers.known(record);
    const { programs, bucketSeconds, rule } = this.#options;
    const program = await programs.mover(frame, record);
    const sighting = moveSightingOf(frame, { record, clock, program });
    const { detections } = detect(sighting, { bucketSeconds: bucketSeconds(), rule: rule(record) });
    await Promise.all(detections.map((detection) => this.#tell(detection)));
  }

  async #tell(detection: Detection): Promise<void> {
    const isStopped = detection.effect === 'block' && !detection.notice && (await this.#stop(detection.container.id));
    const told = isStopped ? { ...detection, outcome: 'stopped' as const } : detection;
    await this.#options.send('detection', boundedDetection(told));
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

  async #lose(loss: {
    readonly count: bigint;
    readonly dimension: Dimension;
    readonly time: number;
    readonly record?: ContainerRecord;
  }): Promise<void> {
    const { containers, evidence, send } = this.#options;
    const { count, dimension, time, record } = loss;
    const affected = record === undefined ? containers.running() : [record];
    for (const one of affected) this.#learner(one)?.lose(dimension, time);
    const fact: LossFact = {
      ...(record === undefined ? {} : { container: record.kept.id }),
      dimension,
      count: Math.max(1, Number(count)),
      at: new Date(time).toISOString(),
    };
    await Promise.all([send('loss', fact), evidence.saved()]);
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
    log.warn({ cgroup: String(cgroup) }, 'The sensor told of a container that nobody knows.');
    return undefined;
  }
}

import { setTimeout as wait } from 'node:timers/promises';
import type { ContainerFact } from '../../../contract.ts';
import type { DescribedContainer, RunningContainer } from '../../collector.ts';
import type { EnvironmentSettings } from '../../environment.ts';
import type { Reporter } from '../../reporter.ts';
import type { EngineClient, TimedEvent } from './client.ts';
import { containerFact } from './container-fact.ts';
import { healthCheckOf } from './health-check.ts';
import { type Ending, endingOf, factOfEvent, momentOf } from './event-fact.ts';
import { runs } from './run-state.ts';
import type { InspectedContainer, ListedContainer } from './schema.ts';
import type { Subjects } from './subjects.ts';
import { createTurns } from './turns.ts';

export interface ContainersOptions {
  readonly client: EngineClient;
  readonly reporter: Reporter;
  readonly subjects: Subjects;
  readonly settings: EnvironmentSettings;
  /** Told the image of each container, as the engine names it. */
  readonly usesImage: (id: string) => void;
  /** Told of each container that was asked about, and of its end. */
  readonly described: (container: DescribedContainer) => void;
}

/** What is known of one container since this agent met it. */
interface Known {
  fact?: ContainerFact;
  pid: number;
  healthCheck?: readonly string[];
  /** The event of its birth, when this agent heard it. */
  created?: TimedEvent;
  ending: Ending;
  /** Set when the engine said that it is gone. */
  destroyed?: TimedEvent;
  work: 'none' | 'asking' | 'ask again';
  /** Counts what was heard of it, so that a list that is older than the last word does not count against it. */
  heard: number;
}

/** Inspections at once, and milliseconds after which a slow one no longer counts: a container whose start is held answers late. */
const atOnce = 8;
const slow = 1000;

/** The engine's containers, each asked about when something happened to it and told when it changed. */
export class Containers {
  readonly #options: ContainersOptions;
  readonly #known = new Map<string, Known>();
  readonly #turns = createTurns(atOnce, slow);
  #heard = 0;

  constructor(options: ContainersOptions) {
    this.#options = options;
  }

  /** Takes in an event of type `container`. */
  note(event: TimedEvent): void {
    const id = event.Actor.ID;
    if (event.Action === 'destroy') return this.#end(id, event);
    const known = this.#meet(id);
    if (event.Action === 'create') known.created = event;
    if (event.Action === 'die') known.ending = endingOf(event);
    this.refresh(id);
  }

  /** Asks the engine about a container, once for all that happens meanwhile. */
  refresh(id: string): void {
    const known = this.#meet(id);
    if (known.work !== 'none') known.work = 'ask again';
    else void this.#ask(id, known);
  }

  /** Compares with a list of the engine that was asked for after `since`; whatever it lacks and nobody spoke of since is gone. */
  reconcile(list: readonly ListedContainer[], since: number): void {
    const listed = new Set(list.map(({ Id }) => Id));
    for (const { Id, State, Names } of list) {
      const fact = this.#known.get(Id)?.fact;
      if (fact?.state !== State || !(Names ?? []).includes(`/${fact.name}`)) this.refresh(Id);
    }
    for (const [id, known] of this.#known) if (!listed.has(id) && known.heard <= since) this.#end(id, undefined);
  }

  /** A moment that `reconcile` can be told. */
  now(): number {
    return this.#heard;
  }

  has(id: string): boolean {
    return this.#known.has(id);
  }

  ids(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** Resolves when nothing is asked any more, or after so many milliseconds. */
  async settled(patience: number): Promise<void> {
    const end = performance.now() + patience;
    while (performance.now() < end && [...this.#known.values()].some(({ work }) => work !== 'none')) await wait(20);
  }

  running(): readonly RunningContainer[] {
    return [...this.#known.values()].flatMap(({ fact, pid }) =>
      fact !== undefined && runs(fact.state) && pid > 0 ? [{ id: fact.id, subject: fact.subject, pid }] : [],
    );
  }

  /** A container as it was last described; asked about where it never was. One that goes meanwhile is not kept. */
  async describe(id: string): Promise<DescribedContainer | undefined> {
    const before = describedOf(this.#known.get(id));
    if (before !== undefined) return before;
    const known = this.#meet(id);
    try {
      const found = await this.#options.client.inspectContainer(id);
      return found && (await this.#take(known, found));
    } finally {
      if (this.#known.get(id) === known && saysNothing(known)) this.#known.delete(id);
    }
  }

  /** Says everything again that was said and may have been forgotten, or that has an identity now. */
  reportAll(): void {
    for (const known of this.#known.values()) if (known.fact !== undefined) this.#report(known, known.fact);
  }

  /** Forgets all: another engine may stand behind the socket when it is there again. */
  clear(): void {
    for (const id of this.#known.keys()) this.#options.reporter.forget({ kind: 'container', id });
    this.#known.clear();
  }

  #meet(id: string): Known {
    const known = this.#known.get(id) ?? { pid: 0, ending: {}, work: 'none' as const, heard: 0 };
    this.#known.set(id, known);
    known.heard = ++this.#heard;
    return known;
  }

  async #ask(id: string, known: Known): Promise<void> {
    known.work = 'asking';
    try {
      const found = await this.#turns.run(() => this.#options.client.inspectContainer(id));
      if (this.#known.get(id) !== known) return;
      if (found === undefined) return this.#settle(id, known);
      await this.#take(known, found);
    } catch {
      // The engine is away or holds the container; the next event, list or connection asks again.
    } finally {
      this.#asked(id, known);
    }
  }

  /** Answers what the engine says; it is kept and told as long as the container is there. */
  async #take(known: Known, found: InspectedContainer): Promise<DescribedContainer> {
    const { subjects, settings, usesImage } = this.#options;
    usesImage(found.Image);
    const subject = await subjects.of(found.Image);
    const healthCheck = healthCheckOf(found.Config);
    const seen = {
      fact: containerFact(found, { ...settings, ...(subject && { subject }) }),
      pid: found.State.Pid,
      ...(healthCheck && { healthCheck }),
    };
    if (this.#known.get(found.Id) !== known) return seen;
    known.pid = seen.pid;
    if (healthCheck !== undefined) known.healthCheck = healthCheck;
    this.#report(known, seen.fact);
    return describedOf(known) ?? seen;
  }

  #asked(id: string, known: Known): void {
    const { work } = known;
    known.work = 'none';
    if (this.#known.get(id) !== known) return;
    if (known.destroyed !== undefined) this.#settle(id, known);
    else if (work === 'ask again') void this.#ask(id, known);
  }

  #report(known: Known, fact: ContainerFact): void {
    const subject = fact.subject ?? this.#options.subjects.known(fact.image.id);
    known.fact = subject === undefined ? fact : { ...fact, subject };
    this.#options.reporter.state({ kind: 'container', id: fact.id }, known.fact);
    this.#send(known);
  }

  #send(known: Known): void {
    const described = describedOf(known);
    if (described !== undefined) this.#options.described(described);
  }

  /** The engine says, or its list shows, that a container is gone. What it was like may still be on its way. */
  #end(id: string, event: TimedEvent | undefined): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    if (event !== undefined) known.destroyed = event;
    if (known.work === 'none' || event === undefined) this.#settle(id, known);
  }

  /** Tells the end of a container: as it was last seen, or by its events when it was too quick; `present` tells of others. */
  #settle(id: string, known: Known): void {
    this.#known.delete(id);
    const { reporter, settings } = this.#options;
    const at = known.destroyed === undefined ? {} : { finishedAt: momentOf(known.destroyed) };
    if (known.fact !== undefined) {
      const ending = runs(known.fact.state) || known.fact.finishedAt === undefined ? { ...at, ...known.ending } : {};
      known.fact = { ...known.fact, state: 'removed', ...ending };
      reporter.state({ kind: 'container', id }, known.fact);
      this.#send(known);
    } else if (known.created !== undefined) {
      reporter.state({ kind: 'container', id }, factOfEvent(known.created, { ...at, ...known.ending }, settings));
    }
    reporter.forget({ kind: 'container', id });
  }
}

function saysNothing({ fact, created, work }: Known): boolean {
  return fact === undefined && created === undefined && work === 'none';
}

function describedOf(known: Known | undefined): DescribedContainer | undefined {
  if (known?.fact === undefined) return undefined;
  const { fact, pid, healthCheck } = known;
  return { fact, pid, ...(healthCheck && { healthCheck }) };
}

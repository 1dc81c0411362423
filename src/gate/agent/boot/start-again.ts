import { type Log, messageOf, oneLine } from '#base/index.ts';
import { latestWriter, writeSafely } from '#link/agent/index.ts';
import type { EngineContainer } from '../host/engine-container.ts';
import type { StoredToStart } from '../schema.ts';
import { readToStart, type Trouble, troubleProblems } from './trouble.ts';

export interface StartAgainOptions {
  /** Keeps which containers wait, so that a restart of the agent forgets none. */
  readonly file: string;
  /** Missing: the engine has none of that id any more. While the engine itself is not there, nobody knows. */
  readonly container: (id: string) => Promise<EngineContainer | undefined | 'not-known' | 'too-long'>;
  /** What the gate would say now, without holding anything. */
  readonly outlook: (id: string) => Promise<'allow' | 'deny' | 'unknown'>;
  /** Asks the engine to start a container. It goes through the gate like any other. */
  readonly start: (id: string) => Promise<void>;
  readonly log: Log;
  /** In milliseconds, going on whatever the clock does. */
  readonly now?: () => number;
}

/** Containers that wait at most, and times that one is tried. */
const most = 10_000;
const mostTries = 10;
/** Milliseconds after the last try in which a refusal of the same container is the gate's answer to that try. */
const echo = 120_000;
/** Looks, some seconds apart, at one of which it is not known whether it may start, until that is told. */
const patientLooks = 24;

/** Starts again what was refused for nothing but the agent's absence: engines do not try a second time. */
export class StartAgain {
  readonly #options: StartAgainOptions;
  readonly #waiting: Set<string>;
  /** What could not be started, whether it is tried again or not. */
  readonly #trouble: Map<string, Trouble>;
  readonly #unknown = new Map<string, number>();
  /** When those that were tried often enough were tried last. */
  readonly #givenUp = new Map<string, number>();
  readonly #save: () => Promise<void>;
  #isFull = false;
  #working: Promise<void> = Promise.resolve();
  #saving: Promise<void> = Promise.resolve();

  constructor(options: StartAgainOptions) {
    this.#options = options;
    const { containers, trouble } = readToStart(options.file);
    this.#waiting = new Set(containers);
    this.#trouble = new Map(trouble.map((one) => [one.container, one]));
    this.#save = latestWriter(() => writeSafely(options.file, JSON.stringify(this.#stored())));
  }

  /** A container was refused because the agent was not there. */
  add(id: string): void {
    if (this.#waiting.has(id) || this.#isEcho(id)) return;
    this.#isFull = this.#waiting.size >= most;
    if (this.#isFull) return;
    this.#waiting.add(id);
    this.#trouble.delete(id);
    this.#keep();
    this.look();
  }

  /** Without this one that the gate refuses each time would be tried for ever. */
  #isEcho(id: string): boolean {
    const at = this.#givenUp.get(id);
    return at !== undefined && this.#now() - at < echo;
  }

  #now(): number {
    return (this.#options.now ?? (() => performance.now()))();
  }

  /** The engine came, or another ledger: what may start now is started. */
  look(): void {
    this.#working = this.#working.then(() => this.#lookAtAll());
  }

  /** Nothing is looked at any more, and what is known is on the disk. */
  async settled(): Promise<void> {
    await this.#working;
    await this.#saving;
  }

  /** What was refused for the agent's absence and does not start, with what to do. */
  problems(): readonly string[] {
    const full = `More than ${most} containers were refused while no agent was there: start those that do not run by hand.`;
    return [...troubleProblems([...this.#trouble.values()]), ...(this.#isFull ? [full] : [])];
  }

  async #lookAtAll(): Promise<void> {
    const before = JSON.stringify(this.#stored());
    for (const id of this.#waiting) {
      const isDone = await this.#lookAt(id).catch((error: unknown) => this.#failed(id, error));
      if (!isDone) continue;
      this.#waiting.delete(id);
      this.#unknown.delete(id);
    }
    for (const id of this.#trouble.keys()) if (!this.#waiting.has(id)) await this.#lookAtLost(id);
    if (JSON.stringify(this.#stored()) !== before) this.#keep();
  }

  /** Whether there is nothing more to do for it. */
  async #lookAt(id: string): Promise<boolean> {
    const { container: read, outlook, start, log } = this.#options;
    const container = await read(id);
    if (container === 'not-known') return false;
    if (container === 'too-long') throw new Error('what the engine keeps of it is too long to be read');
    if (container === undefined || !isMissed(container)) return this.#settle(id);
    const answer = await outlook(id);
    if (answer === 'unknown') return this.#notKnown(id, container);
    if (answer === 'deny') return this.#settle(id);
    await start(id);
    log.info({ container: id }, 'A container was started that had been refused because no agent was there.');
    return this.#settle(id);
  }

  #settle(id: string): true {
    this.#trouble.delete(id);
    return true;
  }

  #notKnown(id: string, { name }: EngineContainer): false {
    const looks = (this.#unknown.get(id) ?? 0) + 1;
    this.#unknown.set(id, looks);
    const error = 'whether its image may start is unknown';
    if (looks === patientLooks) this.#trouble.set(id, { container: id, name: oneLine(name, 255), tries: 0, error });
    return false;
  }

  /** One that is not tried any more is told of until somebody started or removed it, or stopped wanting it. */
  async #lookAtLost(id: string): Promise<void> {
    const container = await this.#options.container(id);
    if (container === undefined || (typeof container === 'object' && !isMissed(container))) this.#trouble.delete(id);
  }

  /** Whether it was tried often enough. */
  async #failed(id: string, error: unknown): Promise<boolean> {
    const tries = (this.#trouble.get(id)?.tries ?? 0) + 1;
    const read = await this.#options.container(id);
    const name = typeof read === 'object' ? oneLine(read.name, 255) : '';
    const why = oneLine(messageOf(error), 500);
    this.#trouble.set(id, { container: id, name, tries, error: why });
    this.#options.log.warn(
      { container: id, tries, error: why },
      'A container that had been refused because no agent was there could not be started.',
    );
    if (tries < mostTries) return false;
    for (const [other, at] of this.#givenUp) if (this.#now() - at >= echo) this.#givenUp.delete(other);
    this.#givenUp.set(id, this.#now());
    return true;
  }

  #stored(): StoredToStart {
    return { form: 1, containers: [...this.#waiting], trouble: [...this.#trouble.values()] };
  }

  #keep(): void {
    this.#saving = this.#save().catch((error: unknown) => {
      this.#options.log.error({ error: messageOf(error) }, 'Containers that are to be started cannot be kept.');
    });
  }
}

/** Whether it does not run although its restart policy wants it, as the engine reads it when it starts. */
function isMissed({ isRunning, restarts, isStopped }: EngineContainer): boolean {
  return !isRunning && (restarts === 'always' || (restarts !== 'never' && !isStopped));
}

import { readFileSync } from 'node:fs';
import { type Log, messageOf } from '#base/index.ts';
import { latestWriter, writeSafely } from '#link/agent/index.ts';
import type { EngineContainer } from '../engine-container.ts';
import { StoredToStart } from '../schema.ts';

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
}

/** Containers that wait at most, and times that one is tried. */
const most = 10_000;
const mostTries = 10;

/** Starts again what was refused for nothing but the agent's absence: engines do not try a second time. */
export class StartAgain {
  readonly #options: StartAgainOptions;
  readonly #waiting: Set<string>;
  readonly #save: () => Promise<void>;
  readonly #tries = new Map<string, number>();
  #working: Promise<void> = Promise.resolve();

  constructor(options: StartAgainOptions) {
    this.#options = options;
    this.#waiting = new Set(readStored(options.file));
    const text = (): string => JSON.stringify({ form: 1, containers: [...this.#waiting] } satisfies StoredToStart);
    this.#save = latestWriter(() => writeSafely(options.file, text()));
  }

  /** A container was refused because the agent was not there. */
  add(id: string): void {
    if (this.#waiting.has(id) || this.#waiting.size >= most) return;
    this.#waiting.add(id);
    this.#keep();
    this.look();
  }

  /** The engine came, or another ledger: what may start now is started. */
  look(): void {
    this.#working = this.#working.then(() => this.#lookAtAll());
  }

  async settled(): Promise<void> {
    await this.#working;
  }

  async #lookAtAll(): Promise<void> {
    const before = this.#waiting.size;
    for (const id of this.#waiting) {
      const isDone = await this.#lookAt(id).catch((error: unknown) => this.#failed(id, error));
      if (!isDone) continue;
      this.#waiting.delete(id);
      this.#tries.delete(id);
    }
    if (this.#waiting.size !== before) this.#keep();
  }

  /** Whether there is nothing more to do for it. */
  async #lookAt(id: string): Promise<boolean> {
    const { container: read, outlook, start, log } = this.#options;
    const container = await read(id);
    if (container === 'not-known') return false;
    if (container === 'too-long') throw new Error('what the engine keeps of it is too long to be read');
    if (container === undefined || container.isRunning || !wantsToRun(container)) return true;
    const answer = await outlook(id);
    if (answer !== 'allow') return answer === 'deny';
    await start(id);
    log.info({ container: id }, 'A container was started that had been refused because no agent was there.');
    return true;
  }

  /** Whether it was tried often enough. */
  #failed(id: string, error: unknown): boolean {
    const tries = (this.#tries.get(id) ?? 0) + 1;
    this.#tries.set(id, tries);
    const why = { container: id, tries, error: messageOf(error) };
    this.#options.log.warn(why, 'A container that had been refused because no agent was there could not be started.');
    return tries >= mostTries;
  }

  #keep(): void {
    this.#save().catch((error: unknown) => {
      this.#options.log.error({ error: messageOf(error) }, 'Containers that are to be started cannot be kept.');
    });
  }
}

/** By its restart policy, as the engine reads it when it starts. */
function wantsToRun({ restarts, isStopped }: EngineContainer): boolean {
  return restarts === 'always' || (restarts !== 'never' && !isStopped);
}

function readStored(file: string): readonly string[] {
  try {
    return StoredToStart.parse(JSON.parse(readFileSync(file, 'utf8'))).containers;
  } catch {
    return [];
  }
}

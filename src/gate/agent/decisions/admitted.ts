import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { type Log, messageOf } from '#base/index.ts';
import { latestWriter, writeSafely } from '#link/agent/index.ts';
import { StoredAdmitted } from '../schema.ts';

/** A start that the gate let through. */
interface Admitted {
  /** When it was let through. */
  readonly at: Date;
  /** Folder with its OCI spec, as long as it runs. */
  readonly bundle: string | undefined;
}

/**
 * Milliseconds for which an engine that can be read has to be without a container until its start is forgotten. An
 * engine that comes up lists nothing for a while, and the collector compares its lists ten minutes apart.
 */
const longAbsence = 30 * 60_000;

/** Containers whose last start the gate let through; kept on the disk, so that the sweep knows them after a restart. */
export class AdmittedContainers {
  readonly #byId: Map<string, Admitted>;
  /** Since when the engine has been without a container, by `performance.now()`. */
  readonly #absent = new Map<string, number>();
  #since: Date | undefined;
  readonly #save: () => Promise<void>;
  readonly #log: Log;
  #fault: string | undefined;

  constructor(file: string, log: Log) {
    this.#log = log;
    const { containers, since } = readStored(file, log);
    this.#byId = new Map(containers);
    this.#since = since;
    this.#save = latestWriter(() => this.#write(file));
  }

  of(id: string): Admitted | undefined {
    return this.#byId.get(id);
  }

  /** Starts from before may have been let through without being known here; `undefined`: none. */
  since(): Date | undefined {
    return this.#since;
  }

  /** What was let start until now is not all known any more. */
  beginAnew(): void {
    this.#since = new Date();
    void this.#keep();
  }

  /** Why a restart of the agent will not know what was let start before it; missing: it will. */
  fault(): string | undefined {
    return this.#fault;
  }

  /** Resolves when it is safe on the disk, or cannot be: nothing is forgotten by that as long as this agent runs. */
  async admit(id: string, admitted: Admitted): Promise<void> {
    this.#absent.delete(id);
    const known = this.#byId.get(id);
    if (known === undefined || known.at <= admitted.at) this.#byId.set(id, admitted);
    await this.#keep();
  }

  /**
   * Forgets containers that the engine has long been without. `present`: all that it holds; `undefined` while that is
   * not known, and then how long it is without one is counted from the start. `now`: milliseconds of a clock that nobody sets.
   */
  keepOnly(present: ReadonlySet<string> | undefined, now: number): void {
    if (present === undefined) return this.#absent.clear();
    const size = this.#byId.size;
    for (const id of this.#byId.keys()) {
      const since = this.#absent.get(id) ?? now;
      if (present.has(id)) this.#absent.delete(id);
      else if (now - since < longAbsence) this.#absent.set(id, since);
      else this.#forget(id);
    }
    if (this.#byId.size !== size) void this.#keep();
  }

  #forget(id: string): void {
    this.#byId.delete(id);
    this.#absent.delete(id);
  }

  async #keep(): Promise<void> {
    try {
      await this.#save();
      this.#fault = undefined;
    } catch (error) {
      this.#fault = `What the gate lets start cannot be kept: ${messageOf(error)}.`;
      this.#log.error({ error: messageOf(error) }, 'What the gate let start cannot be kept.');
    }
  }

  /** A file that lacks starts would make rogues of them after a restart of the agent; with none, nobody guesses. */
  async #write(file: string): Promise<void> {
    try {
      await writeSafely(file, this.#text());
    } catch (error) {
      await rm(file, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  #text(): string {
    const containers = [...this.#byId].map(([id, { at, bundle }]) => ({
      id,
      at: at.toISOString(),
      ...(bundle !== undefined && { bundle }),
    }));
    const since = this.#since && { since: this.#since.toISOString() };
    return JSON.stringify({ form: 1, ...since, containers } satisfies StoredAdmitted);
  }
}

interface Stored {
  readonly since: Date | undefined;
  readonly containers: readonly (readonly [string, Admitted])[];
}

/** Without a file that can be read nobody knows what was let start before: a new one begins now, and says so. */
function readStored(file: string, log: Log): Stored {
  try {
    const { since, containers } = StoredAdmitted.parse(JSON.parse(readFileSync(file, 'utf8')));
    return {
      since: since === undefined ? undefined : new Date(since),
      containers: containers.map(({ id, at, bundle }) => [id, { at: new Date(at), bundle }] as const),
    };
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    if (!isMissing) log.warn({ file, error: messageOf(error) }, 'What the gate let start before cannot be read.');
    return { since: new Date(), containers: [] };
  }
}

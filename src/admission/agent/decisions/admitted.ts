import { readFileSync } from 'node:fs';
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

/** Containers whose last start the gate let through; kept on the disk, so that the sweep knows them after a restart. */
export class AdmittedContainers {
  readonly #byId: Map<string, Admitted>;
  readonly #save: () => Promise<void>;
  readonly #log: Log;

  constructor(file: string, log: Log) {
    this.#log = log;
    this.#byId = new Map(readStored(file, log));
    this.#save = latestWriter(() => writeSafely(file, this.#text()));
  }

  of(id: string): Admitted | undefined {
    return this.#byId.get(id);
  }

  admit(id: string, admitted: Admitted): void {
    const known = this.#byId.get(id);
    if (known !== undefined && known.at > admitted.at) return;
    this.#byId.set(id, admitted);
    this.#keep();
  }

  /** Forgets containers that are gone, but those whose start may be under way. */
  keepOnly(ids: ReadonlySet<string>, now: Date): void {
    const before = now.getTime() - longestStart;
    const size = this.#byId.size;
    for (const [id, { at }] of this.#byId) if (!ids.has(id) && at.getTime() < before) this.#byId.delete(id);
    if (this.#byId.size !== size) this.#keep();
  }

  #keep(): void {
    this.#save().catch((error: unknown) => {
      this.#log.error({ error: messageOf(error) }, 'What the gate let start cannot be kept.');
    });
  }

  #text(): string {
    const containers = [...this.#byId].map(([id, { at, bundle }]) => ({
      id,
      at: at.toISOString(),
      ...(bundle !== undefined && { bundle }),
    }));
    return JSON.stringify({ form: 1, containers } satisfies StoredAdmitted);
  }
}

/** Milliseconds. */
const longestStart = 10 * 60_000;

function readStored(file: string, log: Log): readonly (readonly [string, Admitted])[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  try {
    const { containers } = StoredAdmitted.parse(JSON.parse(text));
    return containers.map(({ id, at, bundle }) => [id, { at: new Date(at), bundle }] as const);
  } catch (error) {
    log.warn({ file, error: messageOf(error) }, 'What the gate let start before cannot be read.');
    return [];
  }
}

import type { GateFact } from '../contract.ts';
import { answeringState, type EngineState, engineState } from './install/gate-status.ts';
import { readRecord } from './install/record.ts';
import { wrapperState } from './install/wrapper-state.ts';

/** How the gate is built into this host. */
export interface InstalledGate {
  readonly state: GateFact['wrapper'];
  /** The program that engines call; missing: it is not installed. */
  readonly place?: string;
  /** Whether the engine asks the authorization plugin. */
  readonly authorization: GateFact['authorization'];
  /** What is known against the engine; missing: it does not answer. */
  readonly engine?: NonNullable<GateFact['engine']>;
  /** When it was installed; missing: starts do not all go through it. */
  readonly since?: Date;
  readonly problems: readonly string[];
}

export interface InstallPlace {
  readonly gateFolder: string;
  readonly engineSocket: string;
  readonly instance: string;
}

/** Looks at how the gate is installed, as `seawall gate status` does, and keeps what was seen last. */
export class GateInstallation {
  readonly #place: InstallPlace;
  #engine: EngineState = { authorization: 'unknown', problems: [] };
  #answering: readonly string[] = [];
  #now: InstalledGate;

  constructor(place: InstallPlace) {
    this.#place = place;
    this.#now = this.#look();
  }

  now(): InstalledGate {
    return this.#now;
  }

  /** Looks at everything anew; the engine is asked, and may be held. */
  async refresh(): Promise<void> {
    const { engineSocket, instance } = this.#place;
    this.#engine = await engineState(engineSocket);
    this.#answering = (await answeringState({ instance, now: new Date() }, this.#engine.authorization)).problems;
    this.#now = this.#look();
  }

  #look(): InstalledGate {
    const { authorization, safety, problems } = this.#engine;
    const { state, place, problems: faults } = wrapperState(this.#place);
    const since = state === 'installed' ? readRecord(this.#place.gateFolder)?.at : undefined;
    return {
      state,
      ...(place !== undefined && { place }),
      authorization,
      ...(safety !== undefined && { engine: safety }),
      ...(since !== undefined && { since: new Date(since) }),
      problems: [...faults, ...problems, ...this.#answering],
    };
  }
}

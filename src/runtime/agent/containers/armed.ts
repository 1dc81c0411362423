import type { ReportedContainer } from './reported-container.ts';

/** Containers that are remembered: more than a sensor watches at once. */
const most = 10_000;

interface Heard {
  readonly reported: ReportedContainer;
  /** In milliseconds of `performance.now()`. */
  readonly at: number;
}

export interface ArmedOptions {
  /** Whether what is reported of a container is the policy that the configuration asks for, and whole. */
  readonly isArmed: (container: string, reported: ReportedContainer) => boolean;
  /** Called when something else is reported of a container, or asked for. */
  readonly changed: () => void;
}

/** What the sensor reported of each container, and who waits for one to be armed. */
export class ArmedContainers {
  readonly #options: ArmedOptions;
  /** Newest last. */
  readonly #heard = new Map<string, Heard>();
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(options: ArmedOptions) {
    this.#options = options;
  }

  /** A sensor was met: it reports every container anew, and what was reported before counts no more. */
  begin(): void {
    this.#heard.clear();
    this.#options.changed();
  }

  /** The sensor reported a container. */
  hear(id: string, reported: ReportedContainer): void {
    this.#heard.delete(id);
    this.#heard.set(id, { reported, at: performance.now() });
    this.#wake(id);
    this.#options.changed();
    if (this.#heard.size <= most) return;
    const [oldest] = this.#heard.keys();
    if (oldest !== undefined) this.#heard.delete(oldest);
  }

  /** The sensor said that the container of this cgroup is gone. It may be there anew already, in another cgroup. */
  forget(id: string, cgroup: bigint): void {
    if (this.#heard.get(id)?.reported.cgroup !== cgroup) return;
    this.#heard.delete(id);
    this.#options.changed();
  }

  /** Other policies are asked for. */
  askedAnew(): void {
    for (const id of this.#waiting.keys()) this.#wake(id);
    this.#options.changed();
  }

  reported(id: string): ReportedContainer | undefined {
    return this.#heard.get(id)?.reported;
  }

  /**
   * Whether the sensor has reported since that moment that the container is armed as the configuration asks; `false` when the
   * signal fires first.
   */
  async since(id: string, moment: number, signal: AbortSignal): Promise<boolean> {
    while (!this.#isArmed(id, moment) && !signal.aborted) await this.#next(id, signal);
    return this.#isArmed(id, moment);
  }

  #isArmed(id: string, moment: number): boolean {
    const heard = this.#heard.get(id);
    return heard !== undefined && heard.at >= moment && this.#options.isArmed(id, heard.reported);
  }

  #wake(id: string): void {
    for (const go of this.#waiting.get(id) ?? []) go();
  }

  #next(id: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting.get(id) ?? new Set();
    this.#waiting.set(id, waiting);
    return new Promise((resolve) => {
      const go = (): void => {
        signal.removeEventListener('abort', go);
        waiting.delete(go);
        if (waiting.size === 0) this.#waiting.delete(id);
        resolve();
      };
      waiting.add(go);
      signal.addEventListener('abort', go, { once: true });
    });
  }
}

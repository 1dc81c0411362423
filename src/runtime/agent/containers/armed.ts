import type { ContainerFrame } from '../wire/frames.ts';
import { armed } from '../wire/words.ts';

/** Containers that are remembered when nobody asked about them yet. */
const most = 10_000;

/** Which containers the sensor has armed, told from the moment it says so: whoever starts one waits for it. */
export class ArmedContainers {
  /** When the sensor said it of each, newest last, in milliseconds of `performance.now()`. */
  readonly #heard = new Map<string, number>();
  readonly #waiting = new Map<string, Set<() => void>>();

  /** Takes in what the sensor says of a container. */
  hear({ id, state, armed: how }: Pick<ContainerFrame, 'id' | 'state' | 'armed'>): void {
    // A container that is gone may be there anew already; what was heard of it before is told by its time.
    if (state === 'gone' || (how & armed.kernel) === 0) return;
    this.#heard.delete(id);
    this.#heard.set(id, performance.now());
    for (const go of this.#waiting.get(id) ?? []) go();
    if (this.#heard.size <= most) return;
    const [oldest] = this.#heard.keys();
    if (oldest !== undefined) this.#heard.delete(oldest);
  }

  /** Whether the sensor said since then that it is armed; `false` when the signal fires first. */
  async since(id: string, moment: number, signal: AbortSignal): Promise<boolean> {
    while (!this.#isHeard(id, moment) && !signal.aborted) await this.#next(id, signal);
    return this.#isHeard(id, moment);
  }

  #isHeard(id: string, moment: number): boolean {
    return (this.#heard.get(id) ?? Number.NEGATIVE_INFINITY) >= moment;
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

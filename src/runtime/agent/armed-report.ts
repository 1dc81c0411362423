import type { Reporter } from '#inventory/agent/index.ts';
import type { ArmedEvidence } from './containers/armed-fact.ts';
import { armedFactOf } from './containers/armed-fact.ts';

export interface ArmedReportOptions {
  readonly reporter: Reporter;
  /** Containers that run, by the engine's word. */
  readonly running: () => readonly string[];
  readonly evidence: (container: string) => ArmedEvidence;
  /** Milliseconds in which changes are gathered: a sensor that was met reports one container after the other. */
  readonly pauses?: { readonly first: number; readonly next: number };
}

/** Tells the console what is in force for each container, when that changes. */
export class ArmedReport {
  readonly #options: ArmedReportOptions;
  /** Containers of which something was told. */
  readonly #reported = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isMet = false;

  constructor(options: ArmedReportOptions) {
    this.#options = options;
  }

  /** Whether a sensor is there; while it is away, the fact of the sensor says all that is known. */
  met(contact: 'met' | 'away'): void {
    const { pauses: { first } = usualPauses } = this.#options;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#isMet = contact === 'met';
    this.#reportIn(first);
  }

  changed(): void {
    const { pauses: { next } = usualPauses } = this.#options;
    this.#reportIn(next);
  }

  #reportIn(milliseconds: number): void {
    if (!this.#isMet) return;
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.report();
    }, milliseconds);
  }

  /** Says it of all, unless it is said. */
  report(): void {
    if (!this.#isMet) return;
    const { reporter, running, evidence } = this.#options;
    const now = new Set(running());
    for (const id of this.#reported) {
      if (now.has(id)) continue;
      // It may run again before its sensor reports it: until then nothing is known of it.
      reporter.state({ kind: 'armed', id }, armedFactOf(id, nothing));
      reporter.forget({ kind: 'armed', id });
      this.#reported.delete(id);
    }
    for (const id of now) {
      reporter.state({ kind: 'armed', id }, armedFactOf(id, evidence(id)));
      this.#reported.add(id);
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#isMet = false;
  }
}

const usualPauses = { first: 1000, next: 500 };
const nothing: ArmedEvidence = { hasConfiguration: true, asked: undefined, reported: undefined };

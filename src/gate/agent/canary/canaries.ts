import { setTimeout as wait } from 'node:timers/promises';
import { type Log, oneLine } from '#base/index.ts';
import type { GateFact } from '../../contract.ts';
import type { Trial } from './trial.ts';

export interface CanaryOptions {
  /** The gates that stand now, each with how it is tried. */
  readonly trials: () => readonly (() => Promise<Trial>)[];
  /** Called after each round. */
  readonly tried: (canary: NonNullable<GateFact['canary']>) => void;
  readonly log: Log;
  /** Milliseconds between two rounds; the first comes at once. */
  readonly between?: number;
}

export interface Canaries {
  /** Another gate may stand than before: where one does, all are tried at once. */
  needed(): void;
  close(): Promise<void>;
}

/** Tries again and again whether the host's own gates refuse what they must refuse. */
export function startCanaries(options: CanaryOptions): Canaries {
  const { log, tried, between = 300_000 } = options;
  const ended = new AbortController();
  let woken = new AbortController();
  /** Gates that were tried last. */
  let count = 0;
  const keepTrying = async (): Promise<void> => {
    while (!ended.signal.aborted) {
      const trials = await Promise.all(options.trials().map((trial) => trial()));
      if (ended.signal.aborted) return;
      count = trials.length;
      if (count > 0) {
        const canary = canaryOf(trials);
        if (canary.passed) log.error(canary, 'A gate let a start through that it had to refuse.');
        tried(canary);
      }
      const waking = AbortSignal.any([ended.signal, woken.signal]);
      await wait(between, undefined, { signal: waking }).catch(() => undefined);
      woken = new AbortController();
    }
  };
  const working = keepTrying();
  return {
    needed() {
      // What was tried before says nothing of a gate that came since.
      if (options.trials().length !== count) woken.abort();
    },
    async close() {
      ended.abort();
      await working;
    },
  };
}

/** A gate that could not be tried has not let anything through; the sentence says that nothing is known of it. */
function canaryOf(trials: readonly Trial[]): NonNullable<GateFact['canary']> {
  const at = new Date().toISOString();
  const passed = trials.filter(({ kind }) => kind === 'passed');
  const faults = trials.flatMap((trial) => (trial.kind === 'refused' ? [] : [trial.message]));
  const refused = trials.length - faults.length;
  const untried = trials.filter(({ kind }) => kind === 'untried').length;
  const message =
    faults.length === 0 ? `${refused} of ${refused} gates refused what they must refuse.` : faults.join(' ');
  return { at, passed: passed.length > 0, untried, message: oneLine(message, 1000) };
}

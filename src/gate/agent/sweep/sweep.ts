import { createHash } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { type Log, messageOf } from '#base/index.ts';
import type { Decision } from '#admission/contract.ts';
import type { RoguesFact } from '../../contract.ts';
import { type Rogue, rogueOf, type SweepContext, type SweptContainer } from './rogue-of.ts';

export interface SweepOptions {
  /** Containers that run now; `undefined` while nobody can say: what was stated last then stands. */
  readonly containers: () => Promise<readonly SweptContainer[] | undefined>;
  readonly context: () => Promise<SweepContext>;
  /** States which containers run against the rules. */
  readonly report: (fact: RoguesFact) => void;
  /** Resolves when the fact is safe on this disk. */
  readonly reportDecision: (decision: Decision) => Promise<void>;
  /** Ends a container. */
  readonly stop: (id: string) => Promise<void>;
  readonly log: Log;
  readonly pace?: SweepPace;
}

/** Milliseconds. */
export interface SweepPace {
  /** Before the first sweep: what the gate let start meanwhile is collected first. */
  readonly first: number;
  readonly between: number;
  /** After something happened, within which one sweep is made for all that happens. */
  readonly soon: number;
}

const usualPace: SweepPace = { first: 10_000, between: 30_000, soon: 1000 };

export interface Sweep {
  /** Something happened to a container, or another ledger holds. */
  wake(): void;
  close(): Promise<void>;
}

/** Rogues that are told at most. */
const most = 10_000;

/** Looks again and again at what runs, tells what should not, and stops it where its rule says so. */
export function startSweep(options: SweepOptions): Sweep {
  const { log, pace = usualPace } = options;
  const ended = new AbortController();
  const nap = new Nap(ended.signal);
  const reported: Reported = { keys: new Set(), waiting: new Map() };
  const keepSweeping = async (): Promise<void> => {
    await wait(pace.first, undefined, { signal: ended.signal }).catch(() => undefined);
    while (!ended.signal.aborted) {
      await sweepOnce(options, reported).catch((error: unknown) => {
        log.error({ error: messageOf(error) }, 'What runs could not be compared with what may.');
      });
      await nap.sleep(pace);
    }
  };
  const working = keepSweeping();
  return {
    wake: () => nap.wake(),
    async close() {
      ended.abort();
      await working;
    },
  };
}

/** The pause between two sweeps, shortened when something happened. */
class Nap {
  readonly #ended: AbortSignal;
  #woken = new AbortController();

  constructor(ended: AbortSignal) {
    this.#ended = ended;
  }

  wake(): void {
    this.#woken.abort();
  }

  async sleep({ between, soon }: SweepPace): Promise<void> {
    await this.#pause(between - soon, AbortSignal.any([this.#ended, this.#woken.signal]));
    await this.#pause(soon, this.#ended);
    this.#woken = new AbortController();
  }

  async #pause(milliseconds: number, signal: AbortSignal): Promise<void> {
    await wait(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

/** What the sweep has said, and what it could not say yet: a container that was stopped is not found a second time. */
interface Reported {
  readonly keys: Set<string>;
  readonly waiting: Map<string, Decision>;
}

async function sweepOnce(options: SweepOptions, reported: Reported): Promise<void> {
  for (const [key, decision] of reported.waiting) await reportDecision(options, reported, { key, decision });
  const context = await options.context();
  const containers = await options.containers();
  if (containers === undefined) return;
  const found = containers.flatMap((container) => {
    const rogue = rogueOf(container, context);
    return rogue === undefined ? [] : [{ container, rogue }];
  });
  if (found.length > most)
    options.log.error({ found: found.length, most }, 'More rogue containers run than are reported.');
  const rogues: Rogue[] = [];
  for (const { container, rogue } of found.slice(0, most)) {
    const outcome = container.rule?.rogue === 'stop' ? await stopped(options, rogue.container) : 'reported';
    const complete: Rogue = { ...rogue, outcome };
    rogues.push(complete);
    const key = keyOf(complete);
    if (!reported.keys.has(key))
      await reportDecision(options, reported, { key, decision: decisionOf(complete, container) });
  }
  forget(reported.keys, new Set(rogues.map(keyOf)));
  options.report({ rogues });
}

interface Reporting {
  readonly key: string;
  readonly decision: Decision;
}

/** What cannot be told now holds up no other, nor what is stopped. */
async function reportDecision(
  options: SweepOptions,
  { keys, waiting }: Reported,
  { key, decision }: Reporting,
): Promise<void> {
  keys.add(key);
  try {
    await options.reportDecision(decision);
    waiting.delete(key);
  } catch (error) {
    waiting.set(key, decision);
    const why = { container: decision.container, error: messageOf(error) };
    options.log.error(why, 'Rogue containers could not be reported; the agent tries again.');
  }
}

/** What could not be stopped is tried again at the next sweep. */
async function stopped({ stop, log }: SweepOptions, id: string): Promise<Rogue['outcome']> {
  try {
    await stop(id);
    log.info({ container: id }, 'A container that should not run was stopped.');
    return 'stopped';
  } catch (error) {
    log.error({ container: id, error: messageOf(error) }, 'A container that should not run could not be stopped.');
    return 'reported';
  }
}

function keyOf({ container, since, cause, outcome }: Rogue): string {
  return [container, since, cause, outcome].join(' ');
}

function forget(reported: Set<string>, there: ReadonlySet<string>): void {
  for (const key of reported) if (!there.has(key)) reported.delete(key);
}

/** The same container found for the same reason has the same id, whichever run of the agent finds it. */
function decisionOf(rogue: Rogue, { environment, rule }: SweptContainer): Decision {
  const { image, container, digest, cause, reason, outcome } = rogue;
  return {
    id: createHash('sha256').update(keyOf(rogue)).digest('hex').slice(0, 32),
    time: new Date().toISOString(),
    gate: 'sweep',
    ring: 3,
    action: 'run',
    subject: image,
    container,
    ...(environment !== undefined && { environment }),
    ...(digest !== undefined && { digest }),
    answer: outcome === 'stopped' ? 'deny' : 'allow',
    effect: rule?.rogue === 'stop' ? 'block' : 'alert',
    cause,
    ...(rogue.rule && { rule: rogue.rule }),
    evidence: [],
    reason,
    milliseconds: 0,
    outcome,
  };
}

import { setTimeout as wait } from 'node:timers/promises';
import { isAppError, type Log, messageOf, type SubjectId } from '#base/index.ts';
import type { ScanNews, ScanPorts, ScanTarget } from './scan-target.ts';

export interface ScannerOptions {
  readonly ports: ScanPorts;
  readonly announce: (news: ScanNews) => void;
  readonly log: Log;
  readonly pace?: ScanPace;
}

/** Milliseconds. */
export interface ScanPace {
  /** After which the console is asked again what it wants: analyzers or its trust may have changed. */
  readonly ask: number;
  /** After which a console that did not answer is asked again. */
  readonly retry: number;
  /** After which a target that failed is tried again, doubled with each failure. */
  readonly firstPause: number;
  readonly longestPause: number;
}

const usualPace: ScanPace = { ask: 600_000, retry: 10_000, firstPause: 600_000, longestPause: 6 * 3_600_000 };

interface Failure {
  readonly target: ScanTarget;
  readonly tries: number;
  readonly until: number;
}

/**
 * Scans what the console wants of a host, and what the host itself needs: images one at a time, what runs first, and beside them the host's own file
 * system, for which no image waits. What fails is told and tried again later.
 */
export class Scanner {
  readonly #options: ScannerOptions;
  readonly #pace: ScanPace;
  readonly #ended = new AbortController();
  /** What the console said of each subject since it was last asked about all. */
  readonly #answers = new Map<SubjectId, 'wanted' | 'had'>();
  /** Keys of targets that were scanned by this agent, or that the console has. */
  readonly #done = new Set<string>();
  readonly #failures = new Map<string, Failure>();
  /** Keys of targets for which a start waits. */
  readonly #hurried = new Set<string>();
  /** The scan of the host's own file system, while it is under way. */
  #beside: { readonly target: ScanTarget; readonly ended: Promise<void> } | undefined;
  readonly #working: Promise<void>;
  #askedAt = performance.now();
  #reported = '';
  #wake: () => void = () => undefined;
  #isWoken = false;

  constructor(options: ScannerOptions) {
    this.#options = options;
    this.#pace = options.pace ?? usualPace;
    this.#working = this.#work();
  }

  /** Something may be new on the host. */
  wake(): void {
    this.#isWoken = true;
    this.#wake();
  }

  /** A start waits for what a scan of this target says: it comes before all others, also when it failed a moment ago. */
  hurry(key: string): void {
    this.#hurried.add(key);
    const failure = this.#failures.get(key);
    if (failure !== undefined) this.#failures.set(key, { ...failure, until: 0 });
    this.wake();
  }

  /** The console may want other scans than before. */
  askAgain(): void {
    this.#answers.clear();
    this.#askedAt = performance.now();
    this.wake();
  }

  /** Targets that could not be scanned. */
  unscanned(): readonly ScanTarget[] {
    return [...this.#failures.values()].map(({ target }) => target);
  }

  async close(): Promise<void> {
    this.#ended.abort();
    this.#wake();
    await this.#working;
    await this.#beside?.ended;
  }

  async #work(): Promise<void> {
    const { log } = this.#options;
    const { signal } = this.#ended;
    while (!signal.aborted) {
      this.#isWoken = false;
      const pause = await this.#round().catch((error: unknown) => {
        if (!signal.aborted) log.warn({ error: messageOf(error) }, 'What is to be scanned could not be asked.');
        return this.#pace.retry;
      });
      if (!this.#isWoken && !signal.aborted) await this.#sleep(pause);
    }
  }

  /** Scans until nothing is due. Answers how long there is nothing to do. */
  async #round(): Promise<number> {
    if (performance.now() - this.#askedAt >= this.#pace.ask) this.askAgain();
    let done = 0;
    for (;;) {
      const targets = this.#options.ports.targets();
      if (targets === undefined) return this.#pace.ask;
      this.#forgetGone(targets);
      const due = await this.#due(targets);
      this.#reportFound(targets, due.length + (this.#beside === undefined ? 0 : 1));
      const [target] = due;
      if (target === undefined || this.#ended.signal.aborted) break;
      this.#options.announce({ kind: 'scanning', target, done, total: done + due.length });
      if (target.kind === 'host') this.#scanBeside(target);
      else await this.#scan(target);
      done += 1;
      this.#reportBeside(target, done);
    }
    return this.#restUntil();
  }

  #reportFound(targets: readonly ScanTarget[], due: number): void {
    const words = `${targets.length} ${due > 0}`;
    const idle = { kind: 'idle', known: targets.length, unscanned: this.#failures.size } as const;
    if (words !== this.#reported && (due > 0 || this.#reported === ''))
      this.#options.announce({ kind: 'found', targets: targets.length });
    if (words !== this.#reported && due === 0) this.#options.announce(idle);
    this.#reported = words;
  }

  /** What is to be scanned now, the most pressing first. */
  async #due(targets: readonly ScanTarget[]): Promise<readonly ScanTarget[]> {
    const now = performance.now();
    const ready = targets.filter(
      ({ key }) => key !== this.#beside?.target.key && (this.#failures.get(key)?.until ?? 0) <= now,
    );
    const needed = ready.filter((target) => this.#options.ports.isNeeded(target));
    await this.#ask(ready).catch((error: unknown) => {
      if (needed.length === 0) throw error;
    });
    const due = ready.filter((target) => this.#isDue(target));
    return due.toSorted((one, other) => this.#rankOf(one) - this.#rankOf(other));
  }

  #isDue(target: ScanTarget): boolean {
    return this.#isToPublish(target) || this.#options.ports.isNeeded(target);
  }

  #isToPublish({ key, subject, hasChanged }: ScanTarget): boolean {
    if (subject !== undefined && this.#answers.get(subject) === 'wanted') return true;
    return (subject === undefined || hasChanged) && !this.#done.has(key);
  }

  async #ask(targets: readonly ScanTarget[]): Promise<void> {
    const subjects = new Set(targets.flatMap(({ subject }) => subject ?? []));
    const open = [...subjects].filter((subject) => !this.#answers.has(subject));
    if (open.length === 0) return;
    const wanted = new Set(await this.#options.ports.wanted(open));
    for (const subject of open) this.#answers.set(subject, wanted.has(subject) ? 'wanted' : 'had');
  }

  /** After an image, the scan that still goes on is the one to be shown. */
  #reportBeside(after: ScanTarget, done: number): void {
    const target = this.#beside?.target;
    if (target === undefined || target === after) return;
    this.#options.announce({ kind: 'scanning', target, done, total: done + 1 });
  }

  #scanBeside(target: ScanTarget): void {
    const ended = this.#scan(target).finally(() => {
      this.#beside = undefined;
      this.wake();
    });
    this.#beside = { target, ended };
  }

  #rankOf(target: ScanTarget): number {
    return this.#hurried.has(target.key) ? -1 : rankOf(target);
  }

  async #scan(target: ScanTarget): Promise<void> {
    const { ports, announce } = this.#options;
    this.#hurried.delete(target.key);
    try {
      const publication = await ports.scan(target, this.#ended.signal);
      if (this.#isToPublish(target)) {
        await ports.publish(publication, target);
        this.#finish(target);
      }
      if (this.#failures.delete(target.key)) announce({ kind: 'recovered', target });
      const { packages, faults } = publication.catalog;
      announce({ kind: 'scanned', target, packages: packages.length, faults: faults.length });
    } catch (error) {
      if (this.#ended.signal.aborted) return;
      this.#fail(target);
      announce({ kind: 'failed', target, code: isAppError(error) ? error.code : 'internal', reason: messageOf(error) });
    }
  }

  #finish(target: ScanTarget): void {
    this.#done.add(target.key);
    if (target.subject !== undefined) this.#answers.set(target.subject, 'had');
  }

  #fail(target: ScanTarget): void {
    const tries = (this.#failures.get(target.key)?.tries ?? 0) + 1;
    const pause = Math.min(this.#pace.firstPause * 2 ** (tries - 1), this.#pace.longestPause);
    this.#failures.set(target.key, { target, tries, until: performance.now() + pause });
  }

  #forgetGone(targets: readonly ScanTarget[]): void {
    const present = new Set(targets.map(({ key }) => key));
    for (const [key, { target }] of this.#failures) {
      if (present.has(key)) continue;
      this.#failures.delete(key);
      this.#options.announce({ kind: 'recovered', target });
    }
    for (const key of this.#done) if (!present.has(key)) this.#done.delete(key);
  }

  #restUntil(): number {
    const now = performance.now();
    const next = [...this.#failures.values()].map(({ until }) => until - now);
    return Math.max(0, Math.min(this.#askedAt + this.#pace.ask - now, ...next));
  }

  async #sleep(milliseconds: number): Promise<void> {
    const woken = new AbortController();
    this.#wake = () => woken.abort();
    await wait(milliseconds, undefined, { signal: woken.signal }).catch(() => undefined);
    this.#wake = () => undefined;
  }
}

/** What runs first; the host itself, whose files are the most, last. */
function rankOf({ kind, isRunning }: ScanTarget): number {
  if (isRunning) return 0;
  return kind === 'host' ? 2 : 1;
}

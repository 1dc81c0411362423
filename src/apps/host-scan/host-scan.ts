import { type ErrorCode, isAppError, messageOf, type SubjectId } from '#base/index.ts';
import type { HostReport, UnscannedTarget } from '#inventory/contract.ts';
import type { Identified, ScanPorts, Target } from './ports.ts';

/** What the scanner tells its terminal, one JSON object a line. */
export type HostScanNews =
  | { readonly kind: 'found'; readonly engine: HostReport['engine']; readonly targets: number }
  | { readonly kind: 'scanning'; readonly name: string; readonly done: number; readonly total: number }
  | { readonly kind: 'scanned'; readonly name: string; readonly packages: number; readonly faults: number }
  | { readonly kind: 'failed'; readonly name: string; readonly reason: string }
  | { readonly kind: 'idle'; readonly known: number; readonly unscanned: number };

/** What is known of a target since this scanner started; an engine's image id never changes its content. */
type Known =
  | { readonly kind: 'subject'; readonly subject: SubjectId }
  | { readonly kind: 'unscanned'; readonly why: UnscannedTarget };

/** What the console answers when it will take nothing at all now; no target is to blame, and all is asked again later. */
const consoleTrouble: ReadonlySet<ErrorCode> = new Set([
  'console-unreachable',
  'not-signed-in',
  'not-allowed',
  'too-many-requests',
  'store-unavailable',
]);

/**
 * Keeps the console's picture of one host true: what is present, what of it was scanned, what could not be.
 * Each round looks once; a target that failed is not tried again until it changes.
 */
export class HostScan {
  readonly #ports: ScanPorts;
  readonly #known = new Map<string, Known>();
  #lastReport = '';

  constructor(ports: ScanPorts) {
    this.#ports = ports;
  }

  /** One look at the host; answers whether anything was new. */
  async round(): Promise<boolean> {
    const { engine, targets } = await this.#ports.look();
    const fresh = targets.filter((target) => !this.#known.has(target.key));
    if (fresh.length > 0) this.#ports.tell({ kind: 'found', engine, targets: targets.length });
    for (const [index, target] of fresh.entries()) {
      const progress = { done: index, total: fresh.length, current: target.name };
      this.#ports.tell({ kind: 'scanning', name: target.name, done: index, total: fresh.length });
      await this.#report({ engine, targets, progress });
      this.#known.set(target.key, await this.#scan(target));
    }
    await this.#report({ engine, targets });
    if (fresh.length > 0)
      this.#ports.tell({ kind: 'idle', known: targets.length, unscanned: this.#unscanned(targets).length });
    return fresh.length > 0;
  }

  async #scan(target: Target): Promise<Known> {
    try {
      const identified = await this.#ports.identify(target);
      try {
        return { kind: 'subject', subject: await this.#scanWhenWanted(target, identified) };
      } finally {
        await identified.close();
      }
    } catch (error) {
      if (isConsoleTrouble(error)) throw error;
      const why = { name: target.name, code: isAppError(error) ? error.code : 'internal', reason: messageOf(error) };
      this.#ports.tell({ kind: 'failed', name: target.name, reason: why.reason });
      return { kind: 'unscanned', why };
    }
  }

  async #scanWhenWanted(target: Target, identified: Identified): Promise<SubjectId> {
    if (await this.#ports.isWanted(identified.subject)) {
      const { packages, faults } = await identified.scanAndPublish();
      this.#ports.tell({ kind: 'scanned', name: target.name, packages, faults });
    }
    return identified.subject;
  }

  /** Sends the picture when it differs from the last one sent. */
  async #report(seen: {
    readonly engine: HostReport['engine'];
    readonly targets: readonly Target[];
    readonly progress?: HostReport['progress'];
  }): Promise<void> {
    const report: HostReport = {
      name: this.#ports.hostName,
      engine: seen.engine,
      present: this.#present(seen.targets),
      unscanned: this.#unscanned(seen.targets),
      ...(seen.progress === undefined ? {} : { progress: seen.progress }),
    };
    const text = JSON.stringify(report);
    if (text === this.#lastReport) return;
    await this.#ports.report(report);
    this.#lastReport = text;
  }

  /** Several targets may be one image: their names come together. */
  #present(targets: readonly Target[]): HostReport['present'] {
    const names = new Map<SubjectId, Set<string>>();
    for (const target of targets) {
      const known = this.#known.get(target.key);
      if (known?.kind !== 'subject') continue;
      const merged = names.get(known.subject) ?? new Set();
      for (const name of target.names) merged.add(name);
      names.set(known.subject, merged);
    }
    return [...names].map(([subject, all]) => ({ subject, names: [...all] }));
  }

  #unscanned(targets: readonly Target[]): readonly UnscannedTarget[] {
    return targets.flatMap((target) => {
      const known = this.#known.get(target.key);
      return known?.kind === 'unscanned' ? [known.why] : [];
    });
  }
}

function isConsoleTrouble(error: unknown): boolean {
  return isAppError(error) && consoleTrouble.has(error.code);
}

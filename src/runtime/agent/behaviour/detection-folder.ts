import type { Detection } from '../../contract.ts';

export interface DetectionFolderOptions {
  /** Resolves when the detection is safe on this disk. */
  readonly send: (detection: Detection) => Promise<void>;
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number;
}

/** Milliseconds for which what repeats is gathered. */
const window = 1000;
/** Detections of one container that are sent by themselves: so many at once, then so many a second. */
const burst = 40;
const perSecond = 10;
/** Containers of which the allowance is remembered. */
const mostAllowances = 4096;

interface Fold {
  /** The first of those that wait; missing: none waits. */
  first: Detection | undefined;
  count: number;
  sent: PromiseWithResolvers<void>;
}

interface Allowance {
  left: number;
  at: number;
}

/**
 * Bounds what one container may send to the console, so that its storm holds up no alert of another. The first of its
 * kind goes at once; what repeats within a second is one detection with a count. Beyond the container's allowance what is
 * equally grave and ended alike is one, too. Nothing is left out of a count, and what was not stopped is never counted
 * among what was.
 */
export class DetectionFolder {
  readonly #options: DetectionFolderOptions;
  readonly #folds = new Map<string, Fold>();
  readonly #allowances = new Map<string, Allowance>();

  constructor(options: DetectionFolderOptions) {
    this.#options = options;
  }

  /** Resolves when it, or the one that counts it, is safe on the disk. */
  report(detection: Detection): Promise<void> {
    const kind = kindOf(detection);
    const same = this.#folds.get(kind);
    if (same !== undefined) return add(same, detection);
    if (!this.#mayReport(detection.container.id)) return this.#reportTogether(detection);
    this.#open(kind);
    return this.#options.send(detection);
  }

  #reportTogether(detection: Detection): Promise<void> {
    const group = groupOf(detection);
    return add(this.#folds.get(group) ?? this.#open(group), detection);
  }

  #open(key: string): Fold {
    const fold: Fold = { first: undefined, count: 0, sent: Promise.withResolvers() };
    this.#folds.set(key, fold);
    setTimeout(() => this.#close(key, fold), window).unref();
    return fold;
  }

  #close(key: string, { first, count, sent }: Fold): void {
    this.#folds.delete(key);
    if (first === undefined) return;
    const isTogether = key === groupOf(first);
    const folded = { ...first, count };
    if (!isTogether && !this.#mayReport(first.container.id)) {
      this.#reportTogether(folded).then(sent.resolve, sent.reject);
      return;
    }
    this.#open(key);
    this.#options.send(isTogether ? withOthers(folded) : folded).then(sent.resolve, sent.reject);
  }

  /** Takes one from the container's allowance. */
  #mayReport(container: string): boolean {
    const now = (this.#options.now ?? performance.now.bind(performance))();
    const known = this.#allowances.get(container) ?? { left: burst, at: now };
    const left = Math.min(burst, known.left + ((now - known.at) / 1000) * perSecond);
    if (this.#allowances.size >= mostAllowances) this.#allowances.clear();
    this.#allowances.set(container, { left: left < 1 ? left : left - 1, at: now });
    return left >= 1;
  }
}

function add(fold: Fold, detection: Detection): Promise<void> {
  fold.first ??= detection;
  fold.count += detection.count;
  return fold.sent.promise;
}

/** Those that say the same. */
function kindOf({ container, detector, process, file, session, ancestors, ...rest }: Detection): string {
  const how = [rest.severity, rest.outcome, rest.effect, rest.notice, session, rest.message];
  return JSON.stringify([container.id, detector, process.path, process.argv, file?.path, ancestors[0]?.path, how]);
}

/** Those of a container that are equally grave and ended alike. */
function groupOf({ container, severity, outcome, effect, notice }: Detection): string {
  return JSON.stringify([container.id, severity, outcome, effect, notice]);
}

function withOthers(detection: Detection): Detection {
  const others = detection.count - 1;
  if (others === 0) return detection;
  const note = `And ${others} more of this container within a second, as grave, which are counted and not listed.`;
  return { ...detection, message: `${detection.message} ${note}` };
}

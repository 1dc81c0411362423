import type { ImageDigest } from '#base/index.ts';
import type { ModelKey, Phase, SeenProcess, Session } from './contract.ts';
import { printableWords } from './printable.ts';

/** Where a file lies that is run. `image`: in the image, with no copy in the container's own layer. */
export type Origin = 'image' | 'upper' | 'other-mount' | 'memory' | 'deleted' | 'host';

/** What the sensor did by its own policy. `alerted`: against the policy, and let through. */
export type SensorVerdict = 'observed' | 'alerted' | 'refused' | 'killed';

/** Why the sensor objects. */
export type SensorReason = 'none' | 'drift' | 'modified' | 'loader' | 'unlearned' | 'code' | 'tool';

/** The container that something was seen in. */
export interface SeenContainer {
  readonly id: string;
  readonly name: string;
  /** Image as the container names it. */
  readonly image: string;
  /** Missing: its image is not known yet, so there is no model of it. */
  readonly digest?: ImageDigest;
  /** Entrypoint and command as it runs them. */
  readonly entrypoint: readonly string[];
}

interface Seen {
  /** Names the event: told again, it has the same id. */
  readonly id: string;
  /** Milliseconds since 1970, by the host's clock. */
  readonly time: number;
  readonly container: SeenContainer;
  readonly session: Session;
  readonly phase: Phase;
  readonly origin: Origin;
  /** Who runs it: the program that started, or that opened the code file. */
  readonly process: SeenProcess;
  /** Nearest first, within the container. */
  readonly ancestors: readonly SeenProcess[];
  readonly verdict: SensorVerdict;
  readonly reason: SensorReason;
  /** The file may be a copy of the image's own: it was not compared in time, which goes on. Missing: no. */
  readonly isLate?: true;
  /** How often the same came before within its hour and was not told. */
  readonly repeats: number;
}

/** A program that started, or was kept from it. */
export interface ExecSighting extends Seen {
  readonly kind: 'exec';
  /** Program that called exec; missing: the engine brought it in from outside. */
  readonly caller?: { readonly path: string; readonly origin: Origin };
  /** File name as it was given to exec: the script, when `isScript`. */
  readonly given: string;
  /** `process` is the interpreter of the script `given`. */
  readonly isScript: boolean;
  /** First program of the container, or of an exec session. */
  readonly isFirst: boolean;
}

/** A code file that is not the image's, or changed, opened by what runs it; `origin` is the file's. */
export interface CodeSighting extends Seen {
  readonly kind: 'code';
  readonly code: 'library' | 'java' | 'script';
  readonly file: { readonly path: string; readonly sha256?: string };
  /** Program that wrote the file, as far as it was seen. */
  readonly writer?: string;
}

/**
 * A process left the cgroup of its container. `process` is who moved it; where that is no program of the container, it is
 * the process that was moved.
 */
export interface MoveSighting extends Seen {
  readonly kind: 'move';
  readonly moved: { readonly pid: number; readonly path: string };
  /** Cgroup that it is in now, from the root of the hierarchy. */
  readonly to: string;
  /** That cgroup is another container's. */
  readonly isToContainer: boolean;
  /** It was started there, and was never in the container's cgroup. */
  readonly isBorn: boolean;
  /** Program that is not of the container and moved it; missing: a program of the container did. */
  readonly other?: string;
}

/** What a model can learn. */
export type LearnableSighting = ExecSighting | CodeSighting;

/** What the agent makes of one frame of the sensor once it knows whose it is. */
export type Sighting = LearnableSighting | MoveSighting;

/** Model that speaks for a container; `undefined` while its image is not known. */
export function modelKeyOf({ digest, entrypoint }: SeenContainer): ModelKey | undefined {
  return digest === undefined ? undefined : { digest, entrypoint: printableWords(entrypoint) };
}

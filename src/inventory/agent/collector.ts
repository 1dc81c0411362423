import type { Log, SubjectId } from '#base/index.ts';
import type { ContainerFact, Engine, ImageFact } from '../contract.ts';
import type { EnvironmentSettings } from './environment.ts';
import type { Reporter } from './reporter.ts';

/** Translates an engine's image id into the image's identity; `undefined` where there is no such image. */
export type IdentifyImage = (id: string) => Promise<SubjectId | undefined>;

/** A container whose processes may be looked at. */
export interface RunningContainer {
  readonly id: string;
  readonly subject: SubjectId | undefined;
  /** Its first process, as the host numbers it. */
  readonly pid: number;
}

/** Something of an engine that is neither an image nor a container, and was made, changed or removed. */
export interface EngineChange {
  /** `engine`: its settings or plugins. */
  readonly kind: 'engine' | 'network' | 'service';
  /** As the engine numbers it; of itself, any text. */
  readonly id: string;
  readonly name: string;
}

/** A container as its engine describes it, with what its fact does not carry. */
export interface DescribedContainer {
  readonly fact: ContainerFact;
  /** Its first process, as the host numbers it; 0 while there is none. */
  readonly pid: number;
  /** Words of its health check as the engine runs them. */
  readonly healthCheck?: readonly string[];
}

/** What a collector needs of the agent that it works for. */
export interface CollectorOptions {
  readonly socket: string;
  /** Where it keeps how far it has read. */
  readonly stateFolder: string;
  readonly settings: EnvironmentSettings;
  readonly reporter: Reporter;
  readonly identify: IdentifyImage;
  readonly log: Log;
  /** Told when the engine comes, changes or goes. */
  readonly onEngine: (engine: Engine) => void;
  /** Told when something else of the engine changed; of a network also when a container came or left. */
  readonly onChange: (change: EngineChange) => void;
  /** Told when images came, went or were named. */
  readonly onImages: () => void;
  /** Told of each container when the engine has made, changed or removed it: of a new one before it starts. */
  readonly onContainer: (container: DescribedContainer) => void;
}

/** A collector at work. */
export interface Collecting {
  readonly images: () => readonly ImageFact[];
  readonly running: () => readonly RunningContainer[];
  /** Every container that the engine holds, running or not; `undefined` while that is not known: it is away, or just came. */
  readonly present: () => ReadonlySet<string> | undefined;
  /** A container, asked of the engine where it is not known yet. Throws `docker-unavailable`. */
  describe(id: string): Promise<DescribedContainer | undefined>;
  /** Takes in an image by the engine's id, which may leave it out of its list. */
  useImage(id: string): void;
  /** Ends all processes of a container at once. Throws `docker-unavailable`. */
  kill(id: string): Promise<void>;
  /** Ends a container as its engine does by itself: it is asked first. Throws `docker-unavailable` with the engine's words. */
  stop(id: string): Promise<'stopped' | 'ended'>;
  /** Starts a container; one that runs, or is gone, is left as it is. Throws `docker-unavailable` with the engine's words. */
  start(id: string): Promise<void>;
  /** Says everything again, when what was said may be lost. */
  reportAll(): void;
  close(): Promise<void>;
}

/** Keeps what is told of an engine's images and containers true. A plug-in: one folder under `collectors/` each. */
export interface Collector {
  readonly id: string;
  readonly version: number;
  readonly summary: string;
  start(options: CollectorOptions): Collecting;
}

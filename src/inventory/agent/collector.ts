import type { Log, SubjectId } from '#base/index.ts';
import type { Engine, ImageFact } from '../contract.ts';
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
  /** Told when images came, went or were named. */
  readonly onImages: () => void;
}

/** A collector at work. */
export interface Collecting {
  readonly images: () => readonly ImageFact[];
  readonly running: () => readonly RunningContainer[];
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

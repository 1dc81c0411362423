import type { Environment, ImageDigest, Log } from '#base/index.ts';
import type { Engine } from '#inventory/contract.ts';
import type { Collecting, EnvironmentSettings, Reporter } from '#inventory/agent/index.ts';
import type { AgentLink } from '#link/agent/index.ts';

export interface GateOptions {
  /** Of this agent; `gate` lies in it. */
  readonly stateFolder: string;
  readonly instance: string;
  /** How this host is called everywhere. */
  readonly host: string;
  readonly settings: EnvironmentSettings;
  /** Where the wrapper finds all instances of the machine. */
  readonly gateFolder: string;
  /** Where the wrapper asks this instance. */
  readonly socket: string;
  readonly engineSocket: string;
  /** Images of the product itself. */
  readonly ownImages: readonly ImageDigest[];
  /** Milliseconds between two trials of the host's own gates; missing: a few minutes. */
  readonly canaryPause?: number;
  /** Serves the engine's authorization plugin, on a socket that this environment may name; missing: not asked for. */
  readonly authorization?: { readonly env: Environment };
  readonly link: Pick<AgentLink, 'send' | 'call' | 'authorities'>;
  readonly reporter: Reporter;
  readonly log: Log;
  /** Said to whoever started the agent. */
  readonly say: (sentence: string) => void;
  readonly collecting: Pick<Collecting, 'describe' | 'kill' | 'start' | 'images' | 'running' | 'present'>;
  /** `undefined` while there is no engine. */
  readonly engine: () => Engine | undefined;
  /** Scans an image before all others: a start waits for what becomes of it. */
  readonly hurry: (imageId: string) => void;
  /** Whether the sensor has armed a container since a moment of `performance.now()`; missing: no sensor watches. */
  readonly armed?: (container: string, since: number, signal: AbortSignal) => Promise<boolean>;
}

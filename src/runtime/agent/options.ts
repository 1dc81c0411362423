import type { ImageDigest, Log } from '#base/index.ts';
import type { Collecting, Reporter } from '#inventory/agent/index.ts';
import type { AgentLink } from '#link/agent/index.ts';

export interface RuntimeOptions {
  /** Of this agent; `runtime`, `models` and the `executables` of its scans lie in it. */
  readonly stateFolder: string;
  readonly instance: string;
  /** How this host is called everywhere. */
  readonly host: string;
  /** Of the host, as the agent says; missing: none. */
  readonly environment?: string | undefined;
  readonly isRoot: boolean;
  /** The container that this agent runs in; missing: it runs in none. */
  readonly ownContainer?: string | undefined;
  /** Where the sensor listens, and where its program may lie. */
  readonly sensor: {
    readonly socket: string;
    readonly places: readonly string[];
    /** Whether one that this agent started goes on without it. */
    readonly ends: 'never' | 'with-agent';
  };
  readonly link: Pick<AgentLink, 'send' | 'call' | 'sign'>;
  readonly reporter: Reporter;
  readonly log: Log;
  /** Said to whoever started the agent. */
  readonly say: (sentence: string) => void;
  readonly collecting: Pick<Collecting, 'describe' | 'kill' | 'images' | 'present'>;
  /** Folder of what the engine keeps; `undefined` while there is no engine. */
  readonly engineRoot: () => string | undefined;
  /** The config digest behind an engine's id of an image. */
  readonly identify: (imageId: string) => Promise<ImageDigest | undefined>;
  /** Folders of an image's layers, lowest first, as far as the engine's store says. */
  readonly layers: (imageId: string) => Promise<readonly string[] | undefined>;
}

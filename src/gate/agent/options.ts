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
  /** Milliseconds within which each block line in force is tried; missing: an hour. */
  readonly trialPeriod?: number;
  /** Serves the engine's authorization plugin, on a socket that this environment may name; missing: not asked for. */
  readonly authorization?: {
    readonly env: Environment;
    /** Where `seawall-authz` may lie. */
    readonly programs: readonly string[];
    /** Whether one that was started here goes on without the agent. */
    readonly ends: 'never' | 'with-agent';
  };
  readonly link: Pick<AgentLink, 'send' | 'call' | 'authorities' | 'sign'>;
  readonly reporter: Reporter;
  readonly log: Log;
  /** Said to whoever started the agent. */
  readonly say: (sentence: string) => void;
  readonly collecting: Pick<Collecting, 'describe' | 'kill' | 'start' | 'images' | 'running' | 'present'>;
  /** `undefined` while there is no engine. */
  readonly engine: () => Engine | undefined;
  /** Scans an image before all others: a start waits for what becomes of it. */
  readonly hurry: (imageId: string) => void;
  /** How containers that start are armed; missing: no sensor watches. */
  readonly arming?: GateArming;
}

/** What the runtime knows of containers that start. */
export interface GateArming {
  /** A container was let start and is about to be made, as its engine's own files describe it. */
  expect(start: {
    readonly container: string;
    readonly name: string;
    readonly imageId: string;
    readonly imageName: string;
    readonly labels: Readonly<Record<string, string>>;
    /** Entrypoint and command as it runs them; none: they are not known. */
    readonly command: readonly string[];
    readonly environment?: string;
  }): void;
  /** Whether a container must not start before it is armed: its runtime rule prevents something. */
  prevents(container: string): boolean;
  /** Waits until it is armed since a moment of `performance.now()`, or until the signal fires. */
  wait(
    container: string,
    since: number,
    signal: AbortSignal,
  ): Promise<
    { readonly kind: 'armed' } | { readonly kind: 'late'; readonly reason: string; readonly startsAgain: boolean }
  >;
}

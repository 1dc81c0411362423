import type { ImageDigest, Log } from '#base/index.ts';
import type { Decision } from '#admission/contract.ts';
import type { LedgerState } from '#admission/index.ts';
import type { HostView } from '#inventory/index.ts';
import type { BrokenRule } from '../answer/broken-rule.ts';
import type { AskEngine } from '#inventory/agent/index.ts';

/** What the authorization plugin needs of the agent, its host and its engine. */
export interface AuthorizationPorts {
  /** The ledger, root's words and the time, as they are now. */
  readonly ledgerState: () => LedgerState;
  /** What starts get while there is no ledger. */
  readonly broken: () => BrokenRule;
  /** How the host is called everywhere. */
  readonly host: string;
  /** The environment in which a container with these labels stands. */
  readonly environment: (labels: Readonly<Record<string, string>>) => string | undefined;
  readonly ask: AskEngine;
  readonly view: () => Promise<HostView>;
  /** The image behind an engine's id; `undefined`: it cannot be told. */
  readonly identify: (engineId: string) => Promise<ImageDigest | undefined>;
  /** Hurries the scan of an image; resolves when something is other than before, or after so many milliseconds. */
  readonly change: (engineId: string, milliseconds: number) => Promise<void>;
  /** Whether the runtime wrapper judges here as well what starts, with its own hold and what a build starts. */
  readonly wrapper: () => 'installed' | 'absent';
  readonly decided: (decision: Decision) => void;
  /** What the agent sends with its own trials. */
  readonly trialKey: string;
  readonly newId: () => string;
  readonly log: Log;
}

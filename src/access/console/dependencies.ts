import type { Clock, Log } from '#base/index.ts';
import type { Store } from '#store/index.ts';
import type { RunsFrom } from '../contract-sessions.ts';
import type { HeldHead } from './audit-heads.ts';
import type { Provider } from './oidc/provider.ts';
import type { RandomBytes } from './secret.ts';

/** The recording that a console of a demo plays. */
export interface Demo {
  readonly recordedAt: Date;
}

/** Encrypts by the console's master key; what is opened must name the purpose that it was sealed for. */
export interface Vault {
  seal(content: Buffer, purpose: string): Buffer;
  /** Throws for another key, another purpose, or a changed content. */
  unseal(sealed: Buffer, purpose: string): Buffer;
}

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly random: RandomBytes;
  /** Heads of the audit trail as agents hold them. */
  readonly heldHeads?: () => Promise<readonly HeldHead[]>;
  /** OpenID Connect provider by which people sign in; missing: there is none. */
  readonly provider?: Provider;
  /** Seals what the provider gives; a console with a provider has one. */
  readonly vault?: Vault;
  /** It plays what was recorded then; missing: it is no demo. */
  readonly demo?: Demo;
  /** Passwords cross the network as plain HTTP. */
  readonly plainHttp?: boolean;
  /** What the console was started from; missing: that is told to nobody. */
  readonly runsFrom?: RunsFrom;
  /** What of other domains names a collection, in words for people: `policy "Storm gate"`. */
  readonly usedBy?: (collection: string) => Promise<readonly string[]>;
}

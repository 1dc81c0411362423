import type { Clock, Log } from '#base/index.ts';
import type { AuditHead } from '#access/contract.ts';
import type { BodyInput, Task } from '#http/console/tasks.ts';
import type { Keyed, Queries, Store, Transaction } from '#store/index.ts';
import type { Authorities } from './authorities.ts';
import type { PreparedBatch } from './batch-task.ts';

/** Who reports. `name` is what its host is called everywhere. */
export interface ReportingAgent {
  readonly id: string;
  readonly name: string;
  /** Missing: none. Fixed by the join token; where that allows several, the agent chose one of them. */
  readonly environment?: string;
  /** All that its join token allows, `unassigned` for none: labels and collections choose among these and no others. */
  readonly environments: readonly string[];
}

/** A fact as a handler gets it. `at` is by the console's clock; `body` is what the preparer of its kind made of what the agent sent. */
export interface ReportedFact {
  readonly at: string;
  readonly body: unknown;
}

/**
 * Stores the effects of facts of one kind, in their order, in the transaction that also stores that they arrived.
 * Throws `AppError` `bad-request` for a fact of the wrong form; that one alone is then kept aside.
 */
export type FactHandler = (
  transaction: Transaction,
  agent: ReportingAgent,
  facts: readonly ReportedFact[],
) => Promise<void>;

/** What the domain stands on. */
export interface Dependencies {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  /** So many random bytes, from a source that cannot be foretold. */
  readonly random: (size: number) => Buffer;
  readonly authorities: () => Promise<Authorities>;
  /** Where agents dial: `https://console.example:8084`. */
  readonly linkUrl: () => string;
  /** Parses the batches of agents. */
  readonly batch: Task<BodyInput, PreparedBatch>;
  /** As another host reaches it; `undefined` where none can. */
  readonly urlForHosts: () => string | undefined;
  /** The newest head of the evidence log, for agents to keep; missing: there is no such log. */
  readonly evidenceHead?: (queries: Queries & Keyed) => Promise<AuditHead | undefined>;
  /** By kind of fact. */
  readonly handlers: Readonly<Record<string, FactHandler>>;
}

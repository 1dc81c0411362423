import { holdsRepository } from '#access/index.ts';
import type { SubjectId } from '#base/index.ts';
import type { Proof } from './counting-scans.ts';

/** Who published a scan, as far as it decides what it is worth. */
export interface ProvenPublisher {
  readonly kind: 'console' | 'agent' | 'token' | 'user';
  readonly id: string;
  readonly repositories?: readonly string[];
}

/** A manifest that this console fetched from a trusted registry, and that names the image's config. */
export interface Origin {
  /** Id of the trusted registry. */
  readonly registry: string;
  /** `registry.example/shop/web`. */
  readonly repository: string;
  readonly manifest: string;
  readonly index?: string | undefined;
}

/** A host that holds the subject by its content, and the agent that reports for it now. */
export interface Holder {
  readonly host: string;
  readonly agent: string;
  /** Of the host and of its containers of the subject; empty: none. */
  readonly environments: readonly string[];
  /** Environments that labels of its containers may choose. */
  readonly allowed: readonly string[];
}

/** What is known of publishers, whatever they say of themselves. */
export interface ProofFacts {
  readonly subject: SubjectId;
  readonly holders: readonly Holder[];
  readonly origins: readonly Origin[];
  /** Agents whose certificate is revoked, or that another agent replaced. */
  readonly endedAgents: ReadonlySet<string>;
  /** Tokens that were revoked, or whose owner may not publish any more. */
  readonly endedTokens: ReadonlySet<string>;
}

/** What a publisher's scan of a subject is worth in an environment (empty: none). Names are no input. */
export function proofOf(publisher: ProvenPublisher, environment: string, facts: ProofFacts): Proof {
  switch (publisher.kind) {
    case 'console':
      return 'proven';
    case 'agent':
      return !facts.endedAgents.has(publisher.id) && holds(publisher.id, environment, facts) ? 'held' : 'recorded';
    case 'token':
      return !facts.endedTokens.has(publisher.id) && isFrom(publisher, facts) ? 'published' : 'recorded';
    case 'user':
      return 'recorded';
  }
}

/**
 * Whether the agent's host has the subject there. A file system is believed of the host alone that it is called after.
 * Where no host stands that has it, those count whose containers may be brought there: else nothing could ever start.
 */
function holds(agent: string, environment: string, { subject, holders }: ProofFacts): boolean {
  const stand = holders.filter(({ environments }) => environments.includes(environment));
  const there = stand.length > 0 ? stand : holders.filter(({ allowed }) => allowed.includes(environment));
  return there.some((one) => one.agent === agent && (isImage(subject) || subject === fileSystemOf(one.host)));
}

/** `host:pier-1`, also of `pier-1/blue`. */
function fileSystemOf(host: string): string {
  return `host:${host.split('/')[0]}`;
}

function isFrom({ repositories = [] }: ProvenPublisher, { subject, origins }: ProofFacts): boolean {
  if (!isImage(subject)) return false;
  return origins.some(({ repository }) => holdsRepository(repositories, repository));
}

function isImage(subject: SubjectId): boolean {
  return subject.startsWith('sha256:');
}

import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { AuditHead, Environment } from '#access/contract.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** Version of the messages below. A console serves this one and the one before it. */
export const protocolVersion = 1;

/** Port on which consoles serve agents, TLS 1.3 with certificates on both sides. */
export const linkPort = 8084;

/** Name in every console's link certificate; agents ask for it whatever address they dial. */
export const linkServerName = 'seawall-console';

/**
 * Environment of hosts and containers that belong to none. It is an environment like others: a join token names it, or
 * its agents cannot be in it. Stored and reported as no environment.
 */
export const unassigned = 'unassigned';

/** Letters, digits, dot, dash, underscore: what a host or instance may be called. */
const Name = z.string().regex(/^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,198}[A-Za-z0-9])?$/);

/**
 * What a join token allows. The secret has the form `seawall-join_SECRET.FINGERPRINT`: 32 random bytes, and SHA-256 of
 * the authority's certificate (DER), both base64url. It is shown once.
 */
export const JoinToken = z.object({
  id: z.uuid(),
  name: line(128),
  /** Environments that its agents may be in, `unassigned` among them where they may be in none. */
  environments: z.array(Environment),
  /** Pattern that the host's name must match. */
  hosts: line(255).optional(),
  /** Joins left. */
  uses: z.int().min(0),
  createdAt: moment,
  createdBy: line(255),
  expiresAt: moment,
  /** Nobody joins by it since then, until an administrator confirms it: an older copy of the data was restored. */
  heldSince: moment.optional(),
});
export type JoinToken = Immutable<z.infer<typeof JoinToken>>;

/** `silent`: nothing heard for 30 s, what it reported is stale. `replaced`: another agent joined as the same host and instance. */
export const AgentState = z.enum(['live', 'silent', 'revoked', 'replaced']);
export type AgentState = z.infer<typeof AgentState>;

/** Facts of an epoch that are missing for good. */
export const FactGap = z.object({
  epoch: z.uuid(),
  /** Sequences of the first and the last one that are missing; no `last`: nobody knows. */
  first: z.int().min(1),
  last: z.int().min(1).optional(),
  /** When the console heard last of what came before, and when it noticed. */
  from: moment.optional(),
  to: moment,
});
export type FactGap = Immutable<z.infer<typeof FactGap>>;

export const Agent = z.object({
  id: z.uuid(),
  /** `pier-1`, or `pier-1/blue` for an instance that is not `default`: how its host is called everywhere. */
  name: line(400),
  host: line(200),
  instance: line(200),
  version: line(64),
  environment: Environment.optional(),
  /** Those that its join token allows, for its host, for labels of containers and for collections. */
  environments: z.array(Environment),
  /** What it says its environment is, where its join token does not allow that. Changes nothing. */
  asksFor: Environment.optional(),
  state: AgentState,
  joinedAt: moment,
  joinToken: line(128),
  /** By the console's clock. */
  seenAt: moment.optional(),
  /** Seconds that its clock is ahead of the console's; more than 60 is shown. */
  clockOffset: z.number().optional(),
  certificate: z.object({ fingerprint: line(64), notAfter: moment }),
  /** Facts that it gave up because its spool was full, since it joined. */
  lost: z.int().min(0),
  /** Facts that neither agent nor console has, and the newest such gap. */
  gap: z.object({ facts: z.int().min(1), newest: FactGap }).optional(),
  /** Facts of it that were refused for their form, and why the newest was. */
  refused: z.object({ facts: z.int().min(1), at: moment, reason: line(500) }).optional(),
});
export type Agent = Immutable<z.infer<typeof Agent>>;

// On the console's own port, for people.

export const listAgents = endpoint({
  method: 'GET',
  path: '/api/v1/agents',
  summary: 'Agents',
  needs: 'read',
  reply: z.object({ agents: z.array(Agent) }),
});

/** From now on its certificate is refused, open connections included. */
export const revokeAgent = endpoint({
  method: 'DELETE',
  path: '/api/v1/agents/:id',
  summary: 'Revoke an agent',
  needs: 'manage-agents',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
});

export const listJoinTokens = endpoint({
  method: 'GET',
  path: '/api/v1/join-tokens',
  summary: 'Join tokens',
  needs: 'manage-agents',
  reply: z.object({ tokens: z.array(JoinToken) }),
});

/**
 * `command` is what to run on the host; it reads the secret from standard input, because arguments of a process are
 * visible to everybody on the host. Where no other host can reach the console, `unreachable` says so instead.
 */
export const createJoinToken = endpoint({
  method: 'POST',
  path: '/api/v1/join-tokens',
  summary: 'Create a join token',
  needs: 'manage-agents',
  body: z.object({
    name: line(128).min(1),
    /** `unassigned` for none. */
    environments: z.array(Environment).min(1).max(32),
    hosts: line(255).optional(),
    uses: z.int().min(1).max(10_000).default(1),
    hours: z.int().min(1).max(8760).default(24),
  }),
  reply: z.object({
    token: JoinToken,
    secret: z.string(),
    command: z.string().optional(),
    unreachable: line(500).optional(),
  }),
});

export const revokeJoinToken = endpoint({
  method: 'DELETE',
  path: '/api/v1/join-tokens/:id',
  summary: 'Revoke a join token',
  needs: 'manage-agents',
  params: z.object({ id: z.uuid() }),
  reply: z.object({}),
});

/** Has hosts join by these held tokens again. */
export const confirmJoinTokens = endpoint({
  method: 'POST',
  path: '/api/v1/join-tokens/confirm',
  summary: 'Confirm join tokens that are held since a restore',
  needs: 'manage-agents',
  body: z.object({ tokens: z.array(z.uuid()).min(1).max(10_000) }),
  reply: z.object({ confirmed: z.int().min(0) }),
});

/** Where agents connect; for programs that know the address of the pages. */
export const getLink = endpoint({
  method: 'GET',
  path: '/api/v1/link',
  summary: 'Where agents dial',
  needs: 'public',
  reply: z.object({ port: z.int(), protocol: z.int() }),
});

// On the link's port, for agents.

const Pem = z.string().max(16_384);

/** What an agent says of itself when it joins and in each hello. */
export const Introduction = z.object({
  protocol: z.int(),
  host: Name,
  instance: Name,
  version: line(64),
  environment: Environment.optional(),
});
export type Introduction = Immutable<z.infer<typeof Introduction>>;

/** Turns a join token into a certificate, valid for 30 days. `csr` is PKCS #10 over a key that stays on the host. */
export const join = endpoint({
  method: 'POST',
  path: '/link/v1/join',
  summary: 'Join',
  needs: 'public',
  body: Introduction.extend({ token: z.string().max(200), csr: Pem }),
  reply: z.object({ agent: z.uuid(), certificate: Pem, authority: Pem, expiresAt: moment }),
});

/** A new certificate for the agent of the one in use. Agents ask when a third of its life is left. */
export const renew = endpoint({
  method: 'POST',
  path: '/link/v1/renew',
  summary: 'Renew a certificate',
  needs: 'report',
  body: z.object({ csr: Pem }),
  reply: z.object({ certificate: Pem, authority: Pem, expiresAt: moment }),
});

/** Answers an agent that the console knows. */
export const getOwnAgent = endpoint({
  method: 'GET',
  path: '/link/v1/agent',
  summary: 'Ask whether the console knows this agent',
  needs: 'report',
  reply: z.object({ agent: z.uuid() }),
});

/** Kind of a fact that keeps the place of one that a newer fact made void before it was sent; it has no effect. */
export const supersededKind = 'superseded';

/**
 * Kind of a fact that keeps the place of one that no console takes, as it is too large or costs too much. It is shown
 * among the refused ones.
 */
export const undeliverableKind = 'undeliverable';
export const UndeliverableFact = z.object({ kind: line(64), reason: line(1000) });

/** Something that an agent saw. `kind` names the domain's schema of `body`. */
export const FactHead = z.object({ kind: line(64), at: moment });
export type FactHead = Immutable<z.infer<typeof FactHead>>;
export const SentFact = FactHead.extend({
  // Not `z.json()`, which follows how deep it is nested by calling itself: one fact must not refuse its batch.
  body: z.custom<z.infer<ReturnType<typeof z.json>>>((body) => body !== undefined),
});
export type SentFact = Immutable<z.infer<typeof SentFact>>;

/** Objects and lists within one another in a fact; what is nested deeper is refused, alone. */
export const deepestFact = 128;

/** Heads of the audit trail, or of the evidence log, that an agent reports at once. */
export const heldHeadsLimit = 64;

/** What a batch says besides its facts. */
export const BatchHead = z.object({
  introduction: Introduction,
  epoch: z.uuid(),
  /** Of the first fact. */
  sequence: z.int().min(1),
  sentAt: moment,
  /** Facts given up before this epoch. */
  lost: z.int().min(0),
  /** Facts right before `sequence` that the agent does not have any more. */
  missing: z.object({ first: z.int().min(1), last: z.int().min(1) }).optional(),
  /** The epoch before this one, and its last fact: what the console does not have of it will never come. */
  before: z.object({ epoch: z.uuid(), last: z.int().min(0) }).optional(),
  /** Heads of the audit trail that the agent keeps: the newest and some before. */
  auditHeads: z.array(AuditHead).max(heldHeadsLimit).optional(),
  /** Heads of the evidence log, likewise. */
  evidenceHeads: z.array(AuditHead).max(heldHeadsLimit).optional(),
});
export type BatchHead = Immutable<z.infer<typeof BatchHead>>;

/**
 * Facts in order. Sequences run from 1 without a gap in each epoch; an agent begins a new epoch when it gave facts up or
 * lost its spool, and then reports its whole state. A batch that was stored already is acknowledged and not stored again;
 * an empty one is a heartbeat. An agent keeps acknowledged facts for some minutes: a console that answers with less than
 * it acknowledged before (restored, or a standby that lagged) gets them again. What is gone by then is named as missing.
 */
export const deliver = endpoint({
  method: 'POST',
  path: '/link/v1/batches',
  summary: 'Deliver facts',
  needs: 'report',
  // So deep that one fact which is nested too deep is refused alone.
  limits: { bytes: 72 * 1024 * 1024, tokens: 4_000_000, depth: 5000 },
  body: BatchHead.extend({ facts: z.array(SentFact).max(10_000) }),
  reply: z.object({
    /** Last sequence that is stored. */
    stored: z.int().min(0),
    /** The console's clock. */
    now: moment,
    /** Facts that were refused for their form, by sequence: they are kept aside and shown, and not to be sent again. */
    refused: z.array(z.object({ sequence: z.int(), reason: line(500) })).max(10_000),
    /** The newest entry of the audit trail, for the agent to keep. */
    auditHead: AuditHead.optional(),
    /** The newest head of the evidence log, likewise: `sequence` is its batch. Missing: there is none. */
    evidenceHead: AuditHead.optional(),
  }),
});

import { z } from 'zod';
import { type Immutable, parseJsonWithin } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { DecisionCause } from '#admission/contract.ts';
import { digest, imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** Fact `rogues`: containers that run on the host without admission, or against their rules. States itself. */
export const RoguesFact = z.object({
  rogues: z
    .array(
      z.object({
        container: line(64),
        name: line(255),
        image: line(512),
        digest: imageDigest.optional(),
        since: moment,
        cause: DecisionCause,
        rule: z.object({ id: line(64), version: z.int(), name: line(200) }).optional(),
        reason: line(2000),
        outcome: z.enum(['reported', 'stopped']),
      }),
    )
    .max(10_000),
});
export type RoguesFact = Immutable<z.infer<typeof RoguesFact>>;

/** Fact `gate`: which gates stand on a host. States itself. */
export const GateFact = z.object({
  /** `partial`: registered as a runtime only, so other runtimes go past it. */
  wrapper: z.enum(['installed', 'partial', 'absent', 'broken']),
  /** Whether the engine asks the authorization plugin; `unknown` while the engine does not answer. */
  authorization: z.enum(['on', 'off', 'unknown']),
  engine: z
    .object({
      version: line(64),
      /** Package of a distribution that it is proven to be of. */
      package: line(300).optional(),
      safe: z.boolean(),
      cases: z.array(line(200)).max(50),
      /** Cases of its version that its builder may have mended. */
      unknown: z.array(line(200)).max(50).optional(),
    })
    .optional(),
  /** Sequence of the ledger that is in force; missing: none. */
  ledger: z.object({ sequence: z.int(), issuedAt: moment, expiresAt: moment, entries: z.int() }).optional(),
  /** The newest trial of its own gates by the agent. `passed`: one let a start through that it had to refuse, an incident. */
  canary: z
    .object({
      at: moment,
      passed: z.boolean(),
      message: line(1000),
      /** Gates that could not be tried: nothing is known of them. Missing: an older agent does not say it. */
      untried: z.int().min(0).optional(),
    })
    .optional(),
  /** What is wrong, and what to do. */
  problems: z.array(line(1000)).max(50),
});
export type GateFact = Immutable<z.infer<typeof GateFact>>;

/** Rounds of trials after which a line that was not tried again shows nothing of now. */
export const trialRounds = 2.5;

/** How one ring stood to one line in force, when it was asked for a start that breaks that line and no other. */
export const TrialLine = z.object({
  /** Missing: no rule of its own refuses it. */
  rule: z.object({ id: line(64), version: z.int(), name: line(200) }).optional(),
  /** Id of a check, kind of a rule over settings, `image-denied` or `image-unknown`. */
  check: line(64),
  /** 1: the engine’s authorization plugin; 2: the runtime wrapper. */
  ring: z.union([z.literal(1), z.literal(2)]),
  /** At the newest try. `passed`: it let the start through, an incident. `untried`: nothing is known, `reason` says why. */
  state: z.enum(['refused', 'passed', 'untried']),
  /** Tries of the last 24 hours that the ring answered, and those of them that it refused. */
  tried: z.int().min(0),
  refused: z.int().min(0),
  /** Tries of the last 24 hours that came to nothing. */
  untried: z.int().min(0),
  /** Of those that the ring answered; missing: it never did. */
  last: moment.optional(),
  lastRefused: moment.optional(),
  reason: line(1000).optional(),
});
export type TrialLine = Immutable<z.infer<typeof TrialLine>>;

/** What a host says of all block lines in force on it. */
export const TrialsStatement = z.object({
  host: line(400),
  at: moment,
  /** Seconds within which each line is tried once. */
  every: z.int().min(1).max(86_400),
  lines: z.array(TrialLine).max(2000),
});
export type TrialsStatement = Immutable<z.infer<typeof TrialsStatement>>;

const longestStatement = 4 * 1024 * 1024;

/** Fact `trials`: a statement about trials, as its host signed it. States itself. */
export const SignedTrials = z.object({
  /** JSON of a `TrialsStatement`. */
  statement: z.string().max(longestStatement),
  /** ECDSA with SHA-256, DER, base64, over `seawall trials 1`, a line feed and the statement. */
  signature: line(512),
  /** PEM. */
  certificate: z.string().max(16 * 1024),
});
export type SignedTrials = Immutable<z.infer<typeof SignedTrials>>;

/** What a child process makes sure of before the console reads a statement: that it has the form of one. */
export const TrialsFact = SignedTrials.refine(({ statement }) => readTrialsStatement(statement) !== undefined, {
  message: 'A statement about trials cannot be read by this version.',
});

/** A line has some 35 values and keys. */
const mostOfStatement = { bytes: longestStatement, tokens: 100_000, depth: 8 };

/** `undefined`: it is none, or larger than any that an agent makes. Counted before it is parsed. */
export function readTrialsStatement(text: string): TrialsStatement | undefined {
  const read = parseJsonWithin(text, mostOfStatement);
  return read.kind === 'read' ? TrialsStatement.safeParse(read.value).data : undefined;
}

/** Fact `break-glass`: root on the host let one digest start although the console was not asked. */
export const BreakGlassFact = z.object({
  id: line(128),
  digest,
  at: moment,
  until: moment,
  reason: line(1000),
  user: line(255),
});
export type BreakGlassFact = Immutable<z.infer<typeof BreakGlassFact>>;

/** How many lines in force stand in which way. */
const TrialsSummary = z.object({
  at: moment,
  every: z.int(),
  /** Of a line and a ring each. */
  refused: z.int().min(0),
  passed: z.int().min(0),
  untried: z.int().min(0),
  /** Tries of the last 24 hours, and those of them that were refused. */
  tries: z.int().min(0),
  refusals: z.int().min(0),
  /** The newest try that a ring answered. */
  last: moment.optional(),
});
export type TrialsSummary = Immutable<z.infer<typeof TrialsSummary>>;

const HostGate = z.object({
  host: line(400),
  environment: Environment.optional(),
  /** Its agent is away: it may be otherwise by now. */
  stale: z.boolean(),
  gate: GateFact.optional(),
  reportedAt: moment.optional(),
  /** How its rings answer starts that break one line each; missing: its agent has not said it. */
  trials: TrialsSummary.optional(),
  /** The console cannot make its next ledger: its gates go by the last one, until that ends. */
  ledgerTrouble: z.object({ since: moment, reason: line(1000) }).optional(),
  rogues: RoguesFact.shape.rogues,
  /** What root of the host let start, also what ended within the last week. */
  breakGlass: z.array(BreakGlassFact),
});
export type HostGate = Immutable<z.infer<typeof HostGate>>;

/** Gates and what runs past them, a host each. */
export const listGates = endpoint({
  method: 'GET',
  path: '/api/v1/gates',
  summary: 'Gates of hosts',
  needs: 'read',
  reply: z.object({
    gates: z.array(HostGate),
  }),
});

export const listTrials = endpoint({
  method: 'GET',
  path: '/api/v1/gates/trials',
  summary: 'Block lines in force on a host, with how each ring answered a start that breaks that line alone',
  needs: 'read',
  query: z.object({ host: line(400) }),
  reply: z.object({
    /** Missing: its agent has not said it. */
    trials: TrialsStatement.optional(),
    /** As it came, for who checks the signature himself. */
    signed: SignedTrials.optional(),
  }),
});

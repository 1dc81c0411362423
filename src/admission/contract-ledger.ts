import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Collection, Environment } from '#access/contract.ts';
import {
  CarriedException,
  ComplianceRule,
  CustomCheck,
  mostCustomChecks,
  ScopedSettings,
} from '#compliance/contract.ts';
import { diffId, digest, imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { AdmissionRule } from './contract-rule.ts';

/** What is known of one image in one environment: the verdict there, and what the rule makes of it. */
export const LedgerEntry = z.object({
  digest: imageDigest,
  /** Digests of manifests and indexes by which engines may name the same image. */
  aliases: z.array(digest).max(64),
  /** Missing: hosts without an environment. */
  environment: Environment.optional(),
  answer: z.enum(['allow', 'deny']),
  effect: z.enum(['ignore', 'alert', 'block']),
  cause: z.enum(['verdict', 'own-image']),
  /** Set where a compliance rule, and not the verdict, made the answer what it is: then `rule` is that one. */
  by: z.literal('compliance').optional(),
  rule: z.object({ id: line(64), version: z.int(), name: line(200) }).optional(),
  /** At most the first few sentences of the verdict's violations. */
  evidence: z.array(line(2000)).max(5),
  /** What a refused caller reads: what, why, and what removes it. */
  reason: line(2000),
  /** From then on the image is unknown. */
  expiresAt: moment,
  /** Digest of what the bundle of its verdict states, by which the two are compared. Missing: no verdict made it. */
  bundle: digest.optional(),
});
export type LedgerEntry = Immutable<z.infer<typeof LedgerEntry>>;

/** Layers that image builds may stand on, lowest first. */
export const LedgerBase = z.object({ name: line(200), diffIds: z.array(diffId).min(1).max(1000) });
export type LedgerBase = Immutable<z.infer<typeof LedgerBase>>;

/** Compliance rules by which gates judge containers that start. An agent of an earlier release leaves them aside. */
export const LedgerCompliance = z.object({
  /** Those that are on, in their order. */
  rules: z.array(ComplianceRule).max(1000),
  /** Entries of operator's lists, by their ids. */
  lists: z.record(line(64), z.array(line(4096)).max(10_000)),
  /** Exceptions of checks of containers. Missing: none hold. */
  exceptions: z.array(CarriedException).max(2000).optional(),
  /** Checks of containers that were written at the console. Missing: there are none. */
  customChecks: z.array(CustomCheck).max(mostCustomChecks).optional(),
});
export type LedgerCompliance = Immutable<z.infer<typeof LedgerCompliance>>;

/** What a host's gates decide by, without asking anybody. */
export const Ledger = z.object({
  form: z.literal(1),
  /** Host that it is for, as its agent is named. */
  host: line(400),
  /** Rises with every ledger of a host; one that does not is refused. */
  sequence: z.int().min(1),
  issuedAt: moment,
  /** From then on every image is unknown. */
  expiresAt: moment,
  /** Of the host, by a collection or by its agent. */
  environment: Environment.optional(),
  entries: z.array(LedgerEntry).max(100_000),
  /** In their order, with the collections that they name. */
  rules: z.array(AdmissionRule).max(1000),
  collections: z.array(Collection).max(1000),
  /** The approved bases; missing: no rule asks what builds stand on. */
  bases: z.array(LedgerBase).max(1000).optional(),
  /** What compliance rules say of settings, in their order. Missing: a console of the release before has it in `rules`. */
  settings: z.array(ScopedSettings).max(1000).optional(),
  /** Missing: no compliance rule does anything about what starts. */
  compliance: LedgerCompliance.optional(),
});
export type Ledger = Immutable<z.infer<typeof Ledger>>;

/** A ledger as it is sent and stored: signed over the bytes of `ledger`. */
export const SignedLedger = z.object({
  /** `Ledger` as JSON. */
  ledger: z.string().max(64 * 1024 * 1024),
  /** PEM of the certificate that signed it, issued for ledgers by the authority that the agent pinned. */
  certificate: z.string().max(16_384),
  /** Base64. */
  signature: z.string().max(4096),
});
export type SignedLedger = Immutable<z.infer<typeof SignedLedger>>;

/** The ledger of the asking agent's host. Waits up to `wait` seconds while `known` is the newest. */
export const getLedger = endpoint({
  method: 'POST',
  path: '/link/v1/admission/ledger',
  summary: 'Admission ledger of an agent',
  needs: 'report',
  body: z.object({
    /** Sequence of the ledger that it has; missing: none. */
    known: z.int().min(0).optional(),
    wait: z.int().min(0).max(60).default(0),
  }),
  reply: z.object({ signed: SignedLedger }),
});

import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Slug } from '#access/contract.ts';
import { diffId, digest, imageDigest, line, moment, subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** `disproven`: who could prove it was asked, and does not. `unknown`: nobody could be asked, or nobody has been yet. */
export const ProofState = z.enum(['proven', 'disproven', 'unknown']);
export type ProofState = z.infer<typeof ProofState>;

/** Where a manifest was fetched that names the image. */
export const ProvenPlace = z.object({
  /** Id of the trusted registry. */
  registry: Slug,
  /** `registry.example/team/app`. */
  repository: line(512),
  manifest: digest,
  /** The index by which it was found. */
  index: digest.optional(),
});
export type ProvenPlace = Immutable<z.infer<typeof ProvenPlace>>;

const proof = { state: ProofState, why: line(2000) };

/** Whether a trusted registry has the image: a manifest of it names the digest of the config. */
export const OriginProof = z.object({ ...proof, places: z.array(ProvenPlace).max(100) });
export type OriginProof = Immutable<z.infer<typeof OriginProof>>;

/** Whether one key signed a manifest of the image. */
export const SignatureProof = z.object({ ...proof, key: Slug, manifest: digest.optional() });
export type SignatureProof = Immutable<z.infer<typeof SignatureProof>>;

/** Whether the image begins with the layers of an approved base. */
export const BaseProof = z.object({ ...proof, base: Slug });
export type BaseProof = Immutable<z.infer<typeof BaseProof>>;

/** What is proven of where an image comes from, by its content; names and tags prove nothing. */
export const Provenance = z.object({
  origin: OriginProof,
  signatures: z.array(SignatureProof).max(1000),
  /** Signatures that a certificate vouches for instead of a key; they are not checked. */
  keyless: z.object({ found: z.int().min(1), why: line(2000) }).optional(),
  bases: z.array(BaseProof).max(1000),
  /** When it was looked for last; missing: not yet. */
  lookedAt: moment.optional(),
  /** Who did: the console, or the machine that scanned. */
  lookedBy: line(255).optional(),
});
export type Provenance = Immutable<z.infer<typeof Provenance>>;

/** A registry, or repositories of it, whose images are trusted. */
export const TrustedRegistry = z.object({
  id: Slug,
  name: line(200).min(1),
  /** `registry.example`, or `registry.example/team` for what lies below; `*` stands for one whole part of the path. */
  repositories: line(512).min(1),
  /** May be asked without TLS. */
  insecure: z.boolean(),
  /** PEM of authorities that are trusted for it besides the system's. */
  authorities: z.string().max(200_000).optional(),
  user: line(255).optional(),
  /** Host of the token server where it is another than the registry's; over TLS it gets the password too. */
  tokenServer: line(255).min(1).optional(),
  /** Whether a password is stored; it is never shown. */
  hasPassword: z.boolean(),
  savedAt: moment,
  savedBy: line(255),
});
export type TrustedRegistry = Immutable<z.infer<typeof TrustedRegistry>>;

/** A public key whose signatures count: ECDSA P-256, RSA of 2048 bits or more, Ed25519. */
export const SigningKey = z.object({
  id: Slug,
  name: line(200).min(1),
  pem: z.string().min(1).max(20_000),
  kind: z.enum(['ecdsa-p256', 'rsa', 'ed25519']),
  /** SHA-256 of the key (DER), hex. */
  fingerprint: line(64),
  savedAt: moment,
  savedBy: line(255),
});
export type SigningKey = Immutable<z.infer<typeof SigningKey>>;

/** Layers that approved images begin with, lowest first. */
export const ApprovedBase = z.object({
  id: Slug,
  name: line(200).min(1),
  diffIds: z.array(diffId).min(1).max(1000),
  savedAt: moment,
  savedBy: line(255),
});
export type ApprovedBase = Immutable<z.infer<typeof ApprovedBase>>;

export const getTrust = endpoint({
  method: 'GET',
  path: '/api/v1/trust',
  summary: 'Trusted registries, signing keys and approved bases',
  needs: 'read',
  reply: z.object({
    registries: z.array(TrustedRegistry),
    keys: z.array(SigningKey),
    bases: z.array(ApprovedBase),
  }),
});
export type Trust = Immutable<z.infer<typeof getTrust.reply>>;

/**
 * Saves a trusted registry. Without `password` the one that is kept stays, as long as the address, who is asked for,
 * how that host proves itself and the token server stay: a password never goes to another host than those that it was given
 * for.
 */
export const putTrustedRegistry = endpoint({
  method: 'PUT',
  path: '/api/v1/trust/registries/:id',
  summary: 'Save a trusted registry',
  needs: 'administer',
  params: z.object({ id: Slug }),
  body: TrustedRegistry.pick({
    name: true,
    repositories: true,
    insecure: true,
    authorities: true,
    user: true,
    tokenServer: true,
  }).extend({
    password: z.string().min(1).max(4096).optional(),
  }),
  limits: { bytes: 512 * 1024, tokens: 20_000, depth: 64 },
  reply: z.object({ registry: TrustedRegistry }),
});

export const deleteTrustedRegistry = endpoint({
  method: 'DELETE',
  path: '/api/v1/trust/registries/:id',
  summary: 'Trust a registry no longer',
  needs: 'administer',
  params: z.object({ id: Slug }),
  reply: z.object({}),
});

export const putSigningKey = endpoint({
  method: 'PUT',
  path: '/api/v1/trust/keys/:id',
  summary: 'Save a signing key',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  body: SigningKey.pick({ name: true, pem: true }),
  reply: z.object({ key: SigningKey }),
});

/** `in-use` while a policy names it. */
export const deleteSigningKey = endpoint({
  method: 'DELETE',
  path: '/api/v1/trust/keys/:id',
  summary: 'Trust a signing key no longer',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  reply: z.object({}),
});

/** Layers as they are, or all those of an image that was scanned. */
export const putApprovedBase = endpoint({
  method: 'PUT',
  path: '/api/v1/trust/bases/:id',
  summary: 'Save an approved base',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  body: z.object({
    name: line(200).min(1),
    from: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('layers'), diffIds: z.array(diffId).min(1).max(1000) }),
      z.object({ kind: z.literal('image'), digest: imageDigest }),
    ]),
  }),
  limits: { bytes: 256 * 1024, tokens: 20_000, depth: 64 },
  reply: z.object({ base: ApprovedBase }),
});

/** `in-use` while a policy names it. */
export const deleteApprovedBase = endpoint({
  method: 'DELETE',
  path: '/api/v1/trust/bases/:id',
  summary: 'Approve a base no longer',
  needs: 'write-rules',
  params: z.object({ id: Slug }),
  reply: z.object({}),
});

/** The console's own pull of an image: it fetches it from a trusted registry and scans it. */
export const Pull = z.object({
  state: z.enum(['waiting', 'running', 'done', 'failed']),
  /** `differing`: publishers reported different things. `coming`: a cluster asked for it, and nobody had scanned it. */
  why: z.enum(['asked', 'differing', 'coming']),
  /** Why the last try failed. */
  reason: line(2000).optional(),
  askedAt: moment,
  /** When it is tried next; missing: not by itself. */
  dueAt: moment.optional(),
  endedAt: moment.optional(),
  /** Where it was fetched, `registry.example/team/app@sha256:…`. */
  place: line(1024).optional(),
});
export type Pull = Immutable<z.infer<typeof Pull>>;

/** Has the console fetch the image from a trusted registry that is proven to hold it, and scan it. It is done later. */
export const pullImage = endpoint({
  method: 'POST',
  path: '/api/v1/images/:digest/pull',
  summary: 'Have the console pull and scan an image',
  needs: 'operate',
  params: z.object({ digest: imageDigest }),
  status: 202,
  reply: z.object({ pull: Pull }),
});

/** Looks for an image's provenance now, instead of when it is due. */
export const lookForProvenance = endpoint({
  method: 'POST',
  path: '/api/v1/images/:subject/provenance',
  summary: 'Look for the provenance of an image now',
  needs: 'operate',
  params: z.object({ subject: subjectId }),
  reply: z.object({ provenance: Provenance }),
});

export const getProvenance = endpoint({
  method: 'GET',
  path: '/api/v1/images/:subject/provenance',
  summary: 'What is proven of where an image comes from',
  needs: 'read',
  params: z.object({ subject: subjectId }),
  reply: z.object({
    provenance: Provenance,
    /** Names by id. */
    keys: z.record(Slug, line(200)),
    bases: z.record(Slug, line(200)),
    /** Missing: the console was never asked to pull it. */
    pull: Pull.optional(),
  }),
});

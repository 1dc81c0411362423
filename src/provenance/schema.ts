import { z } from 'zod';

/** What signatures say, as cosign and sigstore write them. Everything not used is dropped. */

const text = z.string().max(100_000);
const base64 = z
  .string()
  .max(16_000_000)
  .regex(/^[A-Za-z0-9+/]*={0,2}$/);

/** What cosign signs: "simple signing" of containers/image. */
export const SimpleSigning = z.object({
  critical: z.object({
    identity: z.object({ 'docker-reference': text }),
    image: z.object({ 'docker-manifest-digest': text }),
    type: text,
  }),
});

/** A sigstore bundle, version 0.3 (`sigstore_bundle.proto`, JSON form). */
export const SigstoreBundle = z.object({
  mediaType: text,
  verificationMaterial: z.object({
    publicKey: z.object({ hint: text.optional() }).optional(),
    certificate: z.object({ rawBytes: text }).optional(),
    x509CertificateChain: z.unknown().optional(),
  }),
  dsseEnvelope: z
    .object({
      payload: base64,
      payloadType: text,
      signatures: z
        .array(z.object({ sig: base64 }))
        .min(1)
        .max(20),
    })
    .optional(),
  messageSignature: z
    .object({
      messageDigest: z.object({ algorithm: text, digest: base64 }).optional(),
      signature: base64,
    })
    .optional(),
});
export type SigstoreBundle = z.infer<typeof SigstoreBundle>;

/** An in-toto statement, version 1 or 0.1. */
export const Statement = z.object({
  _type: text,
  subject: z
    .array(z.object({ digest: z.record(z.string(), z.string()) }))
    .min(1)
    .max(1000),
  predicateType: text,
});

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/);

/** As much of a manifest or an index as tells which image it leads to. */
export const ManifestOrIndex = z.object({
  config: z.object({ digest }).optional(),
  manifests: z.array(z.object({ digest })).max(10_000).optional(),
});

/** As much of an image's config as names its layers. */
export const ConfigLayers = z.object({ rootfs: z.object({ diff_ids: z.array(digest).max(1000) }) });

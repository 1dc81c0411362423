import { z } from 'zod';
import { Environment } from '#access/contract.ts';
import { subjectId } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

/** Names of the parts of a bundle, in their order. */
export const bundleParts = ['counting', 'scans', 'advisories', 'rules', 'exceptions', 'result'] as const;
export type PartName = (typeof bundleParts)[number];

/** A bundle of a verdict as it is sent and kept: everything by which anybody makes the verdict again. */
export const SignedBundle = z.object({
  kind: z.literal('seawall-verdict'),
  /** What is signed, as JSON: what the bundle is of, and a hash of each part. */
  statement: z.string().max(64 * 1024),
  /** PEM of the certificate of the key that signed it, and of the authority that issued this. */
  certificate: z.string().max(16_384),
  authority: z.string().max(16_384),
  /** Of the bytes of `statement`, base64. */
  signature: z.string().max(4096),
  /** Read by who makes the verdict again. */
  parts: z.record(z.enum(bundleParts), z.unknown()),
});
export type SignedBundle = Readonly<Omit<z.infer<typeof SignedBundle>, 'parts'>> & {
  readonly parts: Readonly<Record<PartName, unknown>>;
};

/** The bundle of the verdict that holds for an image in an environment; `none`: on hosts without an environment. */
export const getVerdictBundle = endpoint({
  method: 'GET',
  path: '/api/v1/verdicts/:subject/:environment/bundle',
  summary: 'Everything by which anybody makes a verdict again, signed',
  // It names every host that holds the image and every publisher of it.
  needs: 'read-audit',
  params: z.object({ subject: subjectId, environment: z.union([Environment, z.literal('none')]) }),
  reply: z.object({ bundle: SignedBundle }),
});

import { z } from 'zod';

/** As much of CycloneDX (1.2 to 1.7) as tells which packages there are. Components are read one by one. */
export const CycloneDx = z.object({
  bomFormat: z.literal('CycloneDX'),
  specVersion: z.string(),
  metadata: z.object({ component: z.unknown(), properties: z.unknown() }).partial().optional(),
  components: z.array(z.unknown()).optional(),
  compositions: z.array(z.object({ aggregate: z.string() }).partial()).optional(),
});

/** Properties that other tools wrote otherwise than the standard says are none. */
export const Properties = z.array(z.object({ name: z.string(), value: z.string() })).catch([]);

export const CycloneDxComponent = z.object({
  type: z.string(),
  name: z.string(),
  version: z.string().optional().catch(undefined),
  purl: z.string().optional(),
  supplier: z.object({ name: z.string() }).optional().catch(undefined),
  licenses: z
    .array(
      z.object({
        license: z.object({ id: z.string(), name: z.string() }).partial().optional(),
        expression: z.string().optional(),
      }),
    )
    .catch([]),
  properties: Properties,
  evidence: z
    .object({ occurrences: z.array(z.object({ location: z.string() })) })
    .optional()
    .catch(undefined),
  components: z.array(z.unknown()).optional().catch(undefined),
});
export type CycloneDxComponent = Readonly<z.infer<typeof CycloneDxComponent>>;

/** The same of SPDX 2.2 and 2.3. */
export const Spdx = z.object({
  spdxVersion: z.string(),
  name: z.string().optional(),
  packages: z.array(z.unknown()).optional(),
  relationships: z
    .array(
      z.object({
        spdxElementId: z.string(),
        relatedSpdxElement: z.string(),
        relationshipType: z.string(),
        comment: z.string().optional(),
      }),
    )
    .catch([]),
  annotations: z.array(z.object({ comment: z.string() })).catch([]),
});

export const SpdxPackage = z.object({
  SPDXID: z.string(),
  name: z.string(),
  versionInfo: z.string().optional().catch(undefined),
  supplier: z.string().optional().catch(undefined),
  licenseDeclared: z.string().optional().catch(undefined),
  primaryPackagePurpose: z.string().optional().catch(undefined),
  sourceInfo: z.string().optional().catch(undefined),
  externalRefs: z
    .array(z.object({ referenceType: z.string(), referenceLocator: z.string() }))
    .optional()
    .default([]),
});
export type SpdxPackage = Readonly<z.infer<typeof SpdxPackage>>;

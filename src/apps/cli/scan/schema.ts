import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Distribution, Fault, Package } from '#catalog/contract.ts';
import { DatabaseInfo, Finding } from '#vulnerability/contract.ts';

/** As much of the JSON result of a scan as judging needs (docs/reference/scan-result.md). */
export const JsonResult = z.object({
  schemaVersion: z.literal(1),
  target: z.string(),
  image: z
    .object({ digest: z.string().optional(), created: z.string().optional(), names: z.array(z.string()) })
    .optional(),
  distribution: Distribution.optional(),
  database: DatabaseInfo.optional(),
  packages: z.array(Package.pick({ type: true, name: true, version: true, purl: true, layer: true })),
  findings: z.array(Finding),
  faults: z.array(Fault),
});
export type JsonResult = Immutable<z.infer<typeof JsonResult>>;

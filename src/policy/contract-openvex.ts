import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Slug } from '#access/contract.ts';
import { moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';

const OpenVexStatement = z.object({
  vulnerability: z.object({ name: z.string().min(1) }),
  timestamp: moment,
  products: z.array(z.object({ '@id': z.string() })).min(1),
  status: z.enum(['not_affected', 'affected']),
  justification: z
    .enum(['vulnerable_code_not_in_execute_path', 'inline_mitigations_already_exist', 'vulnerable_code_not_present'])
    .optional(),
  impact_statement: z.string().optional(),
  action_statement: z.string().optional(),
});

/** A document of OpenVEX 0.2 (https://github.com/openvex/spec). */
export const OpenVexDocument = z.object({
  '@context': z.literal('https://openvex.dev/ns/v0.2.0'),
  '@id': z.string(),
  author: z.string(),
  timestamp: moment,
  version: z.int(),
  statements: z.array(OpenVexStatement).min(1),
});
export type OpenVexDocument = Immutable<z.infer<typeof OpenVexDocument>>;

/**
 * What approved exceptions say of vulnerabilities, for other tools: those that hold everywhere, and with `collection` those
 * of this collection too. OpenVEX knows no end: it stands in the words of each statement.
 */
export const exportExceptions = endpoint({
  method: 'GET',
  path: '/api/v1/exceptions/openvex',
  summary: 'Approved exceptions as an OpenVEX document',
  needs: 'read',
  query: z.object({ collection: Slug.optional() }),
  reply: OpenVexDocument,
});

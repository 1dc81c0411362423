import { z } from 'zod';
import { Environment } from '#access/contract.ts';
import { fileReply, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { EvidenceSubjectKind } from './contract-evidence.ts';

/** What an auditor takes away: the whole package, or one part of it alone. */
export const PackageFormat = z.enum(['package', 'html', 'oscal', 'csv']);
export type PackageFormat = z.infer<typeof PackageFormat>;

export const getEvidencePackage = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates/:template/package',
  summary: 'Evidence of a template for an auditor: a signed package, or its report, OSCAL results or table alone',
  needs: 'read',
  params: z.object({ template: line(64) }),
  query: z.object({
    format: PackageFormat.default('package'),
    environment: z.union([Environment, z.literal('none')]).optional(),
    application: line(255).optional(),
    /** How it stood then; missing: now. */
    at: moment.optional(),
    /** Days of history that the package holds. */
    days: z.coerce.number().int().min(1).max(1100).default(92),
  }),
  files: ['application/zip', 'text/html', 'application/json', 'text/csv'],
  reply: fileReply,
});

export const getEvidenceRecord = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/templates/:template/controls/:control/record',
  summary: 'One answer about one subject as a small signed file',
  needs: 'read',
  params: z.object({ template: line(64), control: line(64) }),
  query: z.object({
    host: line(400),
    kind: EvidenceSubjectKind,
    id: line(512),
    /** Id of the check, or the question that another part of the product answers. */
    answer: line(64),
  }),
  files: ['application/json'],
  reply: fileReply,
});

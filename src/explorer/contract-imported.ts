import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { fileReply, imageDigest, line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { limits } from './limits.ts';

/** Bytes that an imported file has at most. */
export const importedLimit: number = limits.importedBytes.value;

/**
 * How a rule came out, in the words of XCCDF 1.2 (NISTIR 7275 revision 4, section 6.6.4.2). They are not states of checks of
 * Seawall, and no control counts them.
 */
export const RuleOutcome = z.enum([
  'pass',
  'fail',
  'error',
  'unknown',
  'notapplicable',
  'notchecked',
  'notselected',
  'informational',
  'fixed',
]);
export type RuleOutcome = z.infer<typeof RuleOutcome>;

/** In the words of XCCDF; `unknown`: the benchmark does not say it. */
export const RuleSeverity = z.enum(['unknown', 'info', 'low', 'medium', 'high']);
export type RuleSeverity = z.infer<typeof RuleSeverity>;

const ImportedRule = z.object({
  id: line(512),
  /** Missing: the file holds the results without the benchmark. */
  title: line(500).optional(),
  outcome: RuleOutcome,
  severity: RuleSeverity,
  /** Other names of the rule: `CCE-80788-1` of `https://ncp.nist.gov/cce`. */
  idents: z.array(z.object({ system: line(255), id: line(255) })).max(limits.importedIdents.value),
  /** Who put this outcome in the place of what the tool found, as the file names him. */
  overriddenBy: line(255).optional(),
});
export type ImportedRule = Immutable<z.infer<typeof ImportedRule>>;

/** What a file says of itself. Nobody proved any of it. */
const ScanClaim = z.object({
  format: z.enum(['xccdf', 'arf']),
  benchmark: z.object({ id: line(512), version: line(128).optional(), title: line(500).optional() }),
  /** Missing: the scan used the defaults of the benchmark. */
  profile: z.object({ id: line(512), title: line(500).optional() }).optional(),
  /** What was scanned, as the tool calls it. */
  targets: z.array(line(512)).min(1).max(limits.importedTargets.value),
  startedAt: moment.optional(),
  endedAt: moment,
  /** `cpe:/a:redhat:openscap:1.4.2` */
  tool: line(255).optional(),
});
export type ScanClaim = Immutable<z.infer<typeof ScanClaim>>;

/** Which host or image a result is filed under. */
const ImportTarget = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('host'), name: line(255).min(1) }),
  z.object({ kind: z.literal('image'), digest: imageDigest }),
]);
export type ImportTarget = Immutable<z.infer<typeof ImportTarget>>;

const ImportedResult = ScanClaim.extend({
  id: z.uuid(),
  target: ImportTarget,
  /** Name of the host; the name of the image, or its digest where none is known. */
  name: line(512),
  counts: z.record(RuleOutcome, z.int().min(0)),
  file: z.object({ name: line(255), bytes: z.int().min(1), sha256: line(64) }),
  importedAt: moment,
  importedBy: line(255),
  /** `stale`: the scan ended more than 30 days ago. */
  age: z.enum(['current', 'stale']),
  staleAt: moment,
});
export type ImportedResult = Immutable<z.infer<typeof ImportedResult>>;

export const listImportedResults = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/imported',
  summary: 'Results of OpenSCAP that people imported, the newest scan first; no control counts them',
  needs: 'read',
  query: z.object({
    host: line(255).optional(),
    image: imageDigest.optional(),
  }),
  reply: z.object({
    results: z.array(ImportedResult),
    /** How many there are; the oldest scans are left out of a long list. */
    total: z.int().min(0),
  }),
});

export const getImportedResult = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/imported/:id',
  summary: 'One imported result with all its rules',
  needs: 'read',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ result: ImportedResult, rules: z.array(ImportedRule) }),
});

export const getImportedFile = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/imported/:id/file',
  summary: 'The imported file, byte for byte',
  needs: 'read',
  params: z.object({ id: z.uuid() }),
  files: ['application/xml'],
  reply: fileReply,
});

export const importResult = endpoint({
  method: 'POST',
  path: '/api/v1/evidence/imported',
  summary: 'Import a result of OpenSCAP (XCCDF 1.2 or ARF 1.1) for a host or an image',
  needs: 'write-rules',
  body: z.object({
    target: ImportTarget,
    /** What the file is called. */
    name: line(255).min(1),
    /** The file in base64. */
    content: z.string().min(1),
  }),
  // Base64 takes four characters for three bytes.
  limits: { bytes: Math.ceil(importedLimit / 3) * 4 + 4096, tokens: 40, depth: 3 },
  reply: z.object({
    result: ImportedResult,
    /** Older results of the same target, benchmark and profile that made room. */
    removed: z.int().min(0),
  }),
});

export const removeImportedResult = endpoint({
  method: 'DELETE',
  path: '/api/v1/evidence/imported/:id',
  summary: 'Remove an imported result and its file; the evidence log keeps that it was there',
  needs: 'write-rules',
  params: z.object({ id: z.uuid() }),
  reply: z.object({ result: ImportedResult }),
});

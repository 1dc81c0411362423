import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { limits } from './limits.ts';

/** Before the id of each template that was written here: none of a release has it. */
export const ownPrefix = 'own-';

const templateId = line(64).regex(/^own-[a-z0-9][a-z0-9-]*$/, 'it begins with own-, then letters a to z, digits and -');

/** A control as somebody writes it. */
const OwnControl = z.strictObject({
  /** Within its template. */
  id: line(64).regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]*$/,
    'it has letters, digits, “.”, “_” and “-”, and begins with a letter or digit',
  ),
  title: line(200).min(1),
  /** What it asks for. */
  text: line(2000).min(1),
  /** Controls of NIST SP 800-53 revision 5. */
  sp80053: z
    .array(line(16).regex(/^[A-Z]{2}-\d+(?:\(\d+\))?$/, 'it is written as CM-6 or IA-5(7)'))
    .max(50)
    .default([]),
  /** Questions of templates of this release: `nist-800-190/4.1.1/verdict`. */
  questions: z.array(line(200)).max(50).default([]),
  /** Ids of checks of this release. All of them are one more question. */
  checks: z.array(line(64)).max(200).default([]),
  /** In the place of both: why Seawall assesses nothing of it, and what would. */
  notAssessed: line(500).min(1).optional(),
});
export type OwnControl = Immutable<z.infer<typeof OwnControl>>;

/** A template as somebody writes it. */
export const OwnTemplate = z.strictObject({
  id: templateId,
  title: line(200).min(1),
  summary: line(500).min(1),
  controls: z.array(OwnControl).min(1).max(limits.ownTemplateControls.value),
});
export type OwnTemplate = Immutable<z.infer<typeof OwnTemplate>>;

const SavedTemplate = z.object({
  id: line(64),
  title: line(200),
  version: z.int().min(1),
  controls: z.int().min(0),
  /** As it was written, YAML or JSON. */
  text: z.string(),
  savedAt: moment,
  savedBy: line(255),
  /** Its history can still be read. */
  deletedAt: moment.optional(),
});
export type SavedTemplate = Immutable<z.infer<typeof SavedTemplate>>;

export const listOwnTemplates = endpoint({
  method: 'GET',
  path: '/api/v1/evidence/own-templates',
  summary: 'Templates of controls that were written here, as they were written',
  needs: 'read',
  view: 'whole',
  reply: z.object({ templates: z.array(SavedTemplate) }),
});

/** `basedOn` is the version that was edited, 0 for a new template: `conflict` when another came in between. */
export const saveOwnTemplate = endpoint({
  method: 'POST',
  path: '/api/v1/evidence/own-templates',
  summary: 'Save a template of controls, written as YAML or JSON',
  needs: 'administer',
  body: z.object({ text: z.string().min(1).max(limits.ownTemplateBytes.value), basedOn: z.int().min(0) }),
  limits: { bytes: 2 * limits.ownTemplateBytes.value, tokens: 10, depth: 4 },
  reply: z.object({ template: SavedTemplate }),
});

export const deleteOwnTemplate = endpoint({
  method: 'DELETE',
  path: '/api/v1/evidence/own-templates/:id',
  summary: 'Delete a template that was written here; its history can still be read',
  needs: 'administer',
  params: z.object({ id: templateId }),
  reply: z.object({}),
});

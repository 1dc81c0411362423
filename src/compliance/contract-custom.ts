import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { CheckState, CheckSubjectKind } from './contract-kinds.ts';
import { checkSeverities, longestScript, mostCustomChecks, remedyFor } from './contract-words.ts';

const id = line(64).regex(/^custom-[a-z0-9][a-z0-9-]*$/);

const About = z.object({
  /** What is so when it passes. */
  title: line(200).min(1),
  why: line(1000).min(1),
  remedy: z
    .partialRecord(z.enum(remedyFor), line(1000).min(1))
    .refine((remedy) => Object.keys(remedy).length > 0, 'Say what to change.'),
  severity: z.enum(checkSeverities),
  nist: z
    .array(z.string().regex(/^4\.\d(?:\.\d)?$/))
    .max(24)
    .default([]),
});

const ByExpression = About.extend({
  subject: CheckSubjectKind,
  /** In CEL: true where all is well, or a list of texts, each of which tells of something that should not be. */
  expression: z.string().min(1).max(4000),
  script: z.undefined().optional(),
});

/** Administrators alone write, change and delete those. */
const ByScript = About.extend({
  subject: z.literal('image'),
  /** For `sh`, over the files of an image below `$ROOT`: it ends with 0 where all is well, with 1 where it is not. */
  script: z.string().min(1).max(longestScript),
  expression: z.undefined().optional(),
});

/** A check as somebody writes it. */
export const CustomCheckText = z.union([ByExpression, ByScript]);
export type CustomCheckText = Immutable<z.infer<typeof CustomCheckText>>;
export type ExpressionText = Immutable<z.infer<typeof ByExpression>>;

const versioned = { id, version: z.int().min(1) };
/** Its author is part of what it says. */
const ScriptCheck = ByScript.extend({ ...versioned, author: line(255) });
export type ScriptCheck = Immutable<z.infer<typeof ScriptCheck>>;
const ExpressionCheck = ByExpression.extend(versioned);
export type ExpressionCheck = Immutable<z.infer<typeof ExpressionCheck>>;
export const CustomCheck = z.union([ExpressionCheck, ScriptCheck]);
export type CustomCheck = Immutable<z.infer<typeof CustomCheck>>;

export const listCustomChecks = endpoint({
  method: 'GET',
  path: '/api/v1/custom-checks',
  summary: 'Checks that were written here, and the facts that one may ask for',
  needs: 'read',
  view: 'whole',
  reply: z.object({
    checks: z.array(z.object({ check: CustomCheck, savedAt: moment, savedBy: line(255) })),
    /** Names of facts, by kind of subject. */
    facts: z.record(z.string(), z.array(line(64))),
  }),
});

/** Scanners ask for them where they may run them. */
export const listScripts = endpoint({
  method: 'GET',
  path: '/api/v1/custom-checks/scripts',
  summary: 'Checks by scripts, for scans that run them',
  needs: 'publish',
  reply: z.object({ checks: z.array(ScriptCheck).max(mostCustomChecks) }),
});

/** `basedOn` is the version that was edited, 0 for a new check: `conflict` when another came in between. */
export const putCustomCheck = endpoint({
  method: 'PUT',
  path: '/api/v1/custom-checks/:id',
  summary: 'Save a check of one’s own',
  needs: 'write-rules',
  params: z.object({ id }),
  body: z.object({ check: CustomCheckText, basedOn: z.int().min(0) }),
  reply: z.object({ check: CustomCheck }),
});

export const deleteCustomCheck = endpoint({
  method: 'DELETE',
  path: '/api/v1/custom-checks/:id',
  summary: 'Delete a check of one’s own; its versions stay in the audit trail',
  needs: 'write-rules',
  params: z.object({ id }),
  reply: z.object({}),
});

const Tried = z.object({
  host: line(400),
  kind: CheckSubjectKind,
  id: line(300),
  name: line(300),
  state: CheckState,
  seen: z.array(z.string()).optional(),
  reason: z.string().optional(),
});

/** Nothing is saved. */
export const tryCustomCheck = endpoint({
  method: 'POST',
  path: '/api/v1/custom-checks/try',
  summary: 'Try a check of one’s own on what hosts report now',
  needs: 'write-rules',
  body: z.object({ check: CustomCheckText }),
  reply: z.object({
    /** Subjects that it was tried on, and those that were left out for their number. */
    subjects: z.int(),
    left: z.int(),
    states: z.partialRecord(CheckState, z.int()),
    /** The worst first. */
    examples: z.array(Tried),
  }),
});

import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { line, moment } from '#http/fields.ts';
import { endpoint } from '#http/index.ts';
import { CheckSubjectKind } from './contract-kinds.ts';

const ListParams = z.object({ id: line(64).regex(/^[a-z0-9][a-z0-9-]*$/) });

/** What an operator writes: one value each, never empty. */
export const ListEntries = z.array(line(1000).regex(/\S/)).max(1000);

const OperatorListInPlace = z.object({
  id: line(64),
  title: z.string(),
  /** What an entry is, with an example. */
  entry: z.string(),
  /** What holds until an operator says otherwise; missing: checks that need the list are not assessed until then. */
  shipped: z.array(z.string()).optional(),
  /** Checks that compare with it. */
  checks: z.array(z.object({ id: line(64), subject: CheckSubjectKind, title: z.string() })),
  /** 0: nobody has set it. */
  version: z.int().min(0),
  /** As it was saved last; without `entries` it was set back to what is shipped. */
  saved: z.object({ at: moment, by: line(255), entries: ListEntries.optional() }).optional(),
});
export type OperatorListInPlace = Immutable<z.infer<typeof OperatorListInPlace>>;

export const listOperatorLists = endpoint({
  method: 'GET',
  path: '/api/v1/compliance-lists',
  summary: 'Lists that checks compare with: what is shipped, and what an operator set',
  needs: 'read',
  view: 'whole',
  reply: z.object({ lists: z.array(OperatorListInPlace) }),
});

/** `basedOn` is the version that was edited, 0 for one that nobody has set: `conflict` when another came in between. */
export const putOperatorList = endpoint({
  method: 'PUT',
  path: '/api/v1/compliance-lists/:id',
  summary: 'Set a list that checks compare with; what is kept is evaluated again',
  needs: 'write-rules',
  params: ListParams,
  body: z.object({
    /** Missing: back to what is shipped. */
    entries: ListEntries.optional(),
    basedOn: z.int().min(0),
  }),
  reply: z.object({ version: z.int() }),
});

/** A proposal: nothing is saved. */
export const proposeOperatorList = endpoint({
  method: 'GET',
  path: '/api/v1/compliance-lists/:id/proposal',
  summary: 'Values for a list from what is reported now: with them its checks find nothing more to name',
  needs: 'write-rules',
  params: ListParams,
  reply: z.object({
    /** Values that are not in the list now, the most frequent first. */
    values: z.array(z.object({ value: line(1000), subjects: z.int() })),
    /** Sets of facts that were judged, and that there are. */
    judged: z.int(),
    facts: z.int(),
  }),
});

import { z } from 'zod';
import type { Immutable } from '#base/index.ts';
import { Environment } from '#access/contract.ts';
import { imageDigest, line, moment } from '#http/fields.ts';
import { ProtectionCounts } from '#inventory/contract.ts';
import { endpoint } from '#http/index.ts';
import { Detection, Outcome } from './contract-detection.ts';
import {
  Convergence,
  DecisionScope,
  Dimension,
  Entry,
  Model,
  ModelId,
  ModelKey,
  ModelState,
} from './contract-model.ts';
import { RuntimeRule, RuntimeRuleText } from './contract-rule.ts';
import { mostDaysBack, Stops } from './contract-stops.ts';

export * from './contract-agent.ts';
export * from './contract-code.ts';
export * from './contract-armed.ts';
export * from './contract-detection.ts';
export * from './contract-model.ts';
export * from './contract-review.ts';
export * from './contract-rule.ts';
export * from './contract-sensor.ts';
export * from './contract-stops.ts';
export * from './contract-technique.ts';

/** Number of an incident, as the store counts them (`integer`). */
const incidentId = z.coerce.number().int().min(1).max(2_147_483_647);

export const ModelSummary = z.object({
  id: ModelId,
  key: ModelKey,
  /** Names that its image has somewhere. */
  names: z.array(line(512)).max(100),
  state: ModelState,
  partial: z.boolean(),
  convergence: z.partialRecord(Dimension, Convergence),
  counts: z.object({ entries: z.int(), unconfirmed: z.int(), pending: z.int(), review: z.int() }),
  containers: z.int(),
  hosts: z.int(),
  /** Missing: its containers run in no environment. */
  environment: Environment.optional(),
  /** Other environments whose evidence counts too. */
  evidenceFrom: z.array(Environment).max(100),
  inheritedFrom: imageDigest.optional(),
  activatedAt: moment.optional(),
  changedAt: moment,
});
export type ModelSummary = Immutable<z.infer<typeof ModelSummary>>;

export const listModels = endpoint({
  method: 'GET',
  path: '/api/v1/models',
  summary: 'Models of what images do',
  needs: 'read',
  query: z.object({
    search: z.string().max(256).optional(),
    /** `none`: in no environment. */
    environment: z.union([Environment, z.literal('none')]).optional(),
    state: ModelState.optional(),
    image: imageDigest.optional(),
    /** Activated at this moment or later. */
    activatedSince: moment.optional(),
    offset: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({ models: z.array(ModelSummary), total: z.int() }),
});

/** A model with its entries, and how its bound came down: one point an hour (or bucket) at most. */
export const getModel = endpoint({
  method: 'GET',
  path: '/api/v1/models/:id',
  summary: 'One model',
  needs: 'read',
  params: z.object({ id: ModelId }),
  reply: z.object({
    summary: ModelSummary,
    model: Model,
    curve: z.array(z.object({ at: moment, dimension: Dimension, hours: z.int(), upper80: z.number().optional() })),
    /** What enforcing now would have stopped in the last 14 days. */
    wouldHaveStopped: z.int(),
    /** Package that owns a program, by path, as the catalog knows it. */
    packages: z.record(z.string(), line(1024)),
    /** Hashes of programs, by path. */
    executables: z.record(z.string(), z.object({ sha256: line(64), md5: line(32) })),
  }),
});

/** Behaviour of one digest beside that of the one it inherits from. */
export const getBehaviourDiff = endpoint({
  method: 'GET',
  path: '/api/v1/models/:id/diff',
  summary: 'What a new version does that the old one did not',
  needs: 'read',
  params: z.object({ id: ModelId }),
  reply: z.object({
    from: imageDigest.optional(),
    added: z.array(Entry),
    pending: z.array(Entry),
    gone: z.array(Entry),
    inherited: z.int(),
    executables: z.array(
      z.object({ path: z.string().max(4096), change: z.enum(['new', 'changed', 'libraries-changed', 'gone']) }),
    ),
  }),
});

/** A person's word on one entry: allow it, deny it, or take either back. */
export const decideEntry = endpoint({
  method: 'POST',
  path: '/api/v1/models/:id/entries',
  summary: 'Allow or deny an entry of a model',
  needs: 'write-rules',
  params: z.object({ id: ModelId }),
  body: z.object({
    key: line(8192),
    decision: z.enum(['allow', 'deny', 'undo']),
    reason: line(1000).default(''),
    /** `lineage`: later versions of the image take it over. */
    scope: DecisionScope.default('lineage'),
  }),
  reply: z.object({ entry: Entry }),
});

/** Relearns a model, activates it before its evidence suffices, or keeps people's entries only. */
export const changeModel = endpoint({
  method: 'POST',
  path: '/api/v1/models/:id/state',
  summary: 'Relearn, activate or freeze a model',
  needs: 'write-rules',
  params: z.object({ id: ModelId }),
  body: z.object({ to: z.enum(['relearning', 'active', 'manual']) }),
  reply: z.object({ summary: ModelSummary }),
});

export const IncidentState = z.enum(['open', 'acknowledged', 'closed']);

export const Incident = z.object({
  id: z.int(),
  state: IncidentState,
  /** One sentence: what happened and whether it was stopped. */
  title: line(500),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  outcome: Outcome,
  host: line(400),
  environment: Environment.optional(),
  container: z.object({ id: line(64), name: line(255), image: line(512) }),
  imageDigest: imageDigest.optional(),
  model: ModelId.optional(),
  techniques: z.array(line(16)).max(50),
  detections: z.int(),
  openedAt: moment,
  lastAt: moment,
  acknowledged: z.object({ by: line(255), at: moment, note: line(2000) }).optional(),
});
export type Incident = Immutable<z.infer<typeof Incident>>;

const IncidentFilter = {
  search: z.string().max(256).optional(),
  /** `none`: in no environment. */
  environment: z.union([Environment, z.literal('none')]).optional(),
  state: IncidentState.optional(),
  container: line(64).optional(),
  image: imageDigest.optional(),
  severity: Incident.shape.severity.optional(),
  outcome: Outcome.optional(),
  /** Last seen at or after this, and before that. */
  since: moment.optional(),
  until: moment.optional(),
};

export const listIncidents = endpoint({
  method: 'GET',
  path: '/api/v1/incidents',
  summary: 'Incidents',
  needs: 'read',
  query: z.object({
    ...IncidentFilter,
    offset: z.coerce.number().int().min(0).default(0),
    limit: z.coerce.number().int().min(1).max(500).default(100),
  }),
  reply: z.object({ incidents: z.array(Incident), total: z.int(), open: z.int() }),
});

/** Incidents last seen on one day of a calendar, by severity. */
export const IncidentDay = z.object({
  day: z.iso.date(),
  critical: z.int(),
  high: z.int(),
  medium: z.int(),
  low: z.int(),
});
export type IncidentDay = Immutable<z.infer<typeof IncidentDay>>;

/** Days of one reply. */
export const mostIncidentDays = 400;

/** How many incidents of `listIncidents` were last seen on each day: the newest days, oldest first, without empty ones. */
export const countIncidentDays = endpoint({
  method: 'GET',
  path: '/api/v1/incident-days',
  summary: 'Incidents by day and severity',
  needs: 'read',
  query: z.object({
    ...IncidentFilter,
    /** Time zone of the calendar, as the IANA database names it. */
    zone: z
      .string()
      .max(64)
      .refine((name) => fullZone(name) !== undefined, {
        error: 'Expected the name of a time zone, such as Europe/Berlin.',
      })
      .default('UTC'),
  }),
  reply: z.object({ days: z.array(IncidentDay).max(mostIncidentDays) }),
});

/** The name of a time zone that says the same to every program: `IST` is India's here and Israel's in PostgreSQL. */
export function fullZone(name: string): string | undefined {
  if (!/^[A-Za-z][A-Za-z0-9_+/-]*$/.test(name)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

export const getIncident = endpoint({
  method: 'GET',
  path: '/api/v1/incidents/:id',
  summary: 'One incident with its story',
  needs: 'read',
  params: z.object({ id: incidentId }),
  reply: z.object({
    incident: Incident,
    detections: z.array(Detection),
    /** What the model expects, one entry a dimension; missing: nothing learned. */
    expected: z.partialRecord(Dimension, z.array(line(4096))),
    /** Running containers of the same image, and how many of them show the same. */
    siblings: z.object({ running: z.int(), same: z.int() }),
  }),
});

export const decideIncident = endpoint({
  method: 'POST',
  path: '/api/v1/incidents/:id/state',
  summary: 'Acknowledge, close or open an incident',
  needs: 'operate',
  params: z.object({ id: incidentId }),
  /** `note`: the reason, needed to close. */
  body: z.object({ to: IncidentState, note: line(2000).default('') }),
  reply: z.object({ incident: Incident }),
});

/** Detections, newest first: what `seawall alerts` prints. Notices are left out unless asked for. */
export const listAlerts = endpoint({
  method: 'GET',
  path: '/api/v1/alerts',
  summary: 'Alerts',
  needs: 'read',
  query: z.object({
    container: line(255).optional(),
    image: imageDigest.optional(),
    since: moment.optional(),
    notices: z.enum(['with', 'without']).default('without'),
    before: line(128).optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(200),
  }),
  reply: z.object({ alerts: z.array(Detection.extend({ host: line(400), incident: z.int().optional() })) }),
});

const RuleInPlace = z.object({
  rule: RuntimeRule,
  savedAt: moment,
  savedBy: line(255),
  /** Running containers that it applies to, and how they are protected. */
  containers: z.int(),
  protection: ProtectionCounts,
  /** What it stopped and alerted in the last 14 days. */
  hits: z.object({ alerted: z.int(), stopped: z.int() }),
});
export type RuntimeRuleInPlace = Immutable<z.infer<typeof RuleInPlace>>;

export const listRuntimeRules = endpoint({
  method: 'GET',
  path: '/api/v1/runtime-rules',
  summary: 'Runtime rules in their order',
  needs: 'read',
  reply: z.object({ rules: z.array(RuleInPlace) }),
});

/** `basedOn` is the version that was edited, 0 for a new rule: `conflict` when another came in between. */
export const putRuntimeRule = endpoint({
  method: 'PUT',
  path: '/api/v1/runtime-rules/:id',
  summary: 'Save a runtime rule',
  needs: 'write-rules',
  params: z.object({ id: line(64).regex(/^[a-z0-9][a-z0-9-]*$/) }),
  body: z.object({ rule: RuntimeRuleText, basedOn: z.int().min(0) }),
  reply: z.object({ rule: RuntimeRule }),
});

export const deleteRuntimeRule = endpoint({
  method: 'DELETE',
  path: '/api/v1/runtime-rules/:id',
  summary: 'Delete a runtime rule',
  needs: 'write-rules',
  params: z.object({ id: line(64) }),
  reply: z.object({}),
});

export const orderRuntimeRules = endpoint({
  method: 'PUT',
  path: '/api/v1/runtime-rules-order',
  summary: 'Put runtime rules in another order',
  needs: 'write-rules',
  body: z.object({ order: z.array(line(64)).max(1000) }),
  reply: z.object({}),
});

/** What a rule would have done to what happened in the last days, before it is saved. */
export const replayRuntimeRule = endpoint({
  method: 'POST',
  path: '/api/v1/runtime-rules/replay',
  summary: 'Try a runtime rule on what happened',
  needs: 'write-rules',
  body: z.object({
    rule: RuntimeRuleText,
    id: line(64).optional(),
    days: z.int().min(1).max(mostDaysBack).default(14),
  }),
  reply: z.object({
    containers: z.int(),
    /** What it would have stopped, entry by entry, with what that rests on. */
    stops: Stops,
    stopped: z.int(),
    alerted: z.int(),
    ignored: z.int(),
    examples: z.array(z.object({ id: line(128), time: moment, message: line(2000), was: line(32), would: line(32) })),
    /** Entries of models that would come or go because evidence of other environments counts otherwise. */
    entries: z.object({
      /** Models that it changes, and how many of them were compared. */
      models: z.int(),
      compared: z.int(),
      added: z.int(),
      removed: z.int(),
      examples: z.array(
        z.object({
          model: ModelId,
          environment: Environment.optional(),
          change: z.enum(['added', 'removed']),
          entry: line(4096),
          seenIn: z.array(Environment).max(100),
        }),
      ),
    }),
  }),
});

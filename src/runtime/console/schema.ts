import type { ColumnType, Generated, GeneratedAlways } from 'kysely';
import type { z } from 'zod';
import type { ImageDigest } from '#base/index.ts';
import type { Selectable } from '#access/index.ts';
import type { RuleTables } from '#rules/console/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type {
  ArmedFact,
  DecisionScope,
  Detection,
  Dimension,
  Incident,
  IncidentState,
  Model,
  ModelState,
  ModelSummary,
  Outcome,
  RuntimeEffect,
  RuntimeRuleText,
  SensorFact,
} from '../contract.ts';
import { behaviourOfEnvironments } from './environment-migration.ts';
import {
  armedContainers,
  awaitedStarts,
  concernedContainers,
  entryCounts,
  firstTables,
  lastingDecisions,
  runningCode,
  sensorStates,
  storiesAndReleases,
} from './migrations.ts';
import { redactedCommands } from './schema-redacted.ts';

/** Read as the value, written as its text. `jsonb` would refuse characters that a path may hold. */
type Json<Value> = ColumnType<Value, string, string>;

export interface RuntimeTables extends RuleTables<RuntimeRuleText> {
  /** What one entrypoint of one image does in one environment. */
  readonly model: {
    /** `modelIdIn`. */
    readonly id: string;
    /** `modelIdOf`: the same in all environments. */
    readonly key_id: string;
    /** Empty: none. */
    readonly environment: string;
    /** Other environments whose evidence counts, as the rule in force says. */
    readonly evidence_from: readonly string[];
    readonly digest: ImageDigest;
    readonly entrypoint: Json<readonly string[]>;
    /** Every repository that its image was ever seen under: lineages go by it. */
    readonly repositories: readonly string[];
    readonly state: ModelState;
    readonly version: number;
    readonly partial: boolean;
    /** What agents of this environment reported, packed; people's decisions are not in it. */
    readonly evidence: Buffer;
    /** Digest of what agents must hear of: while it is the same, the version is. */
    readonly content: string;
    readonly convergence: Json<Model['convergence']>;
    readonly counts: Json<ModelSummary['counts']>;
    /** When a person let it learn anew: what was told before does not count. */
    readonly learns_from: Date | null;
    /** Bucket in which its convergence was worked out last. */
    readonly evaluated: number;
    readonly activated_at: Date | null;
    readonly activated_by: string | null;
    readonly inherited_from: ImageDigest | null;
    readonly inherited_at: Date | null;
    readonly inherited_changes: ColumnType<
      NonNullable<Model['inheritedFrom']>['changes'] | null,
      string | null,
      string | null
    >;
    /** Made for a new version of an image, no container of which was started yet. */
    readonly awaits_start: boolean;
    readonly created_at: Date;
    readonly changed_at: Date;
  };
  /** Entries that a host brought into a model, and how many it could not. */
  readonly contribution: {
    readonly model: string;
    readonly host: string;
    readonly entries: number;
  };
  /** What people decided about lines of a model. */
  readonly decision: {
    readonly model: string;
    /** SHA-256 of the key: an index holds no key of 8,192 characters. */
    readonly key_digest: string;
    readonly key: string;
    readonly decision: 'allow' | 'deny';
    readonly reason: string;
    readonly decided_by: string;
    readonly decided_at: Date;
    /** `lineage`: models of later versions take it over. */
    readonly scope: DecisionScope;
    /** Model in which it was made; null: this one. It ends there and here together. */
    readonly taken_from: string | null;
  };
  /** How the bound of a dimension came down. */
  readonly curve: {
    readonly model: string;
    readonly dimension: Dimension;
    readonly bucket: number;
    readonly at: Date;
    readonly hours: number;
    readonly upper80: number | null;
  };
  /** Containers that run now, and which model speaks for them. */
  readonly running: {
    readonly host: string;
    readonly container: string;
    readonly model: string;
    readonly digest: ImageDigest;
    readonly environment: string | null;
    readonly place: Json<Place>;
  };
  readonly incident: {
    readonly id: Generated<number>;
    readonly state: z.infer<typeof IncidentState>;
    readonly severity: Incident['severity'];
    readonly outcome: Outcome;
    readonly title: string;
    readonly host: string;
    readonly environment: string | null;
    readonly container: string;
    readonly container_name: string;
    readonly image: string;
    readonly digest: ImageDigest | null;
    readonly model: string | null;
    readonly techniques: readonly string[];
    /** Processes that were objected to: what descends from them belongs to it. */
    readonly processes: readonly string[];
    readonly detections: number;
    readonly opened_at: Date;
    /** By the console's clock. */
    readonly created_at: Date;
    /** What the console itself found; null for what agents detected. No agent can speak for it. */
    readonly topic: IncidentTopic | null;
    readonly last_at: Date;
    readonly acknowledged: ColumnType<Incident['acknowledged'] | null, string | null, string | null>;
    readonly search: string;
    readonly place: Json<Place>;
  };
  /** Rows are never changed. */
  readonly detection: {
    readonly sequence: GeneratedAlways<number>;
    readonly host: string;
    readonly id: string;
    /** By the host's clock, corrected by what it was off when it told. */
    readonly time: Date;
    readonly received_at: Date;
    readonly container: string;
    readonly container_name: string;
    readonly digest: ImageDigest | null;
    readonly model: string | null;
    readonly environment: string | null;
    readonly notice: boolean;
    readonly effect: RuntimeEffect;
    readonly outcome: Outcome;
    readonly rule: string | null;
    readonly incident: number | null;
    readonly place: Json<Place>;
    readonly detection: Json<Detection>;
  };
  /** What protects each host, as it told last. */
  readonly sensor: {
    readonly host: string;
    readonly told_at: Date;
    /** Since when it is in the state that it told last. */
    readonly since: Date;
    readonly fact: Json<SensorFact>;
  };
  /** What runs in each container, as its host signed it last. */
  readonly code_statement: {
    readonly host: string;
    readonly container: string;
    readonly told_at: Date;
    /** Exactly the text that was signed. */
    readonly statement: string;
    readonly signature: string;
    readonly certificate: string;
  };
  /** Containers of which a host was asked and has not answered. */
  readonly code_question: {
    readonly host: string;
    readonly container: string;
    readonly request: string;
    readonly asked_at: Date;
  };
  /** What is in force for each container, as its host's agent reported it last. */
  readonly armed: {
    readonly host: string;
    readonly container: string;
    /** Agent: of one that reports for the host no more it says nothing. */
    readonly reported_by: string;
    readonly told_at: Date;
    readonly fact: Json<ArmedFact>;
  };
  /** Containers that an incident of their whole host is about: each reader is told of those that he may see. */
  readonly concerned: {
    readonly incident: number;
    readonly container: string;
    readonly name: string;
    readonly place: Json<Place>;
    readonly reason: string;
  };
  /** Running containers that are not protected as a rule asks, by their hosts' own word. */
  readonly unprotected: {
    readonly host: string;
    readonly container: string;
    /** By the console's clock. */
    readonly since: Date;
  };
}

/**
 * A refused claim, checks that fail, a difference between publishers, an evidence log that does not verify, a backup that failed, what a host detected beyond its limit, events that wait on a host, or a
 * container that is not protected.
 */
export type IncidentTopic =
  | 'claim'
  | 'compliance'
  | 'difference'
  | 'backup'
  | 'evidence-log'
  | 'further'
  | 'waiting-events'
  | 'unprotected';

/** Where a container runs, as collections look at it. */
export type Place = Selectable & { readonly host: string };

export const runtimeSchema: DomainSchema<RuntimeTables> = {
  name: 'runtime',
  migrations: {
    '0001-models': firstTables,
    '0002-stories-and-releases': storiesAndReleases,
    '0003-sensor-states': sensorStates,
    '0004-behaviour-of-environments': behaviourOfEnvironments,
    '0005-armed-containers': armedContainers,
    '0006-running-code': runningCode,
    '0007-concerned-containers': concernedContainers,
    '0008-lasting-decisions': lastingDecisions,
    '0009-awaited-starts': awaitedStarts,
    '0010-entry-counts': entryCounts,
    '0011-redacted-commands': redactedCommands,
  },
};

import type { ColumnType, GeneratedAlways } from 'kysely';
import type { ImageDigest } from '#base/index.ts';
import type { RuleTables } from '#rules/console/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { AdmissionEffect, AdmissionRuleText, Decision, Gate } from '../contract.ts';
import type { VerdictBrief } from '../verdict-brief.ts';
import { type WebhookTables, webhookTables } from './kubernetes-webhook/tables.ts';
import { environmentColumn, firstTables, numberedPlaces, troubleTable } from './migrations.ts';

/** Read as the value, written as its text. `jsonb` would refuse characters that a name may hold. */
type Json<Value> = ColumnType<Value, string, string>;

export interface AdmissionTables extends RuleTables<AdmissionRuleText>, WebhookTables {
  /** The newest ledger of each host, as its agent gets it from whichever console. */
  readonly ledger: {
    readonly host: string;
    readonly sequence: number;
    /** Digest of the host's environments: tells cheaply whether a change of the host is one of its ledger. */
    readonly environments: string;
    /** Digest of all that it says but times: the same makes no new one before `renew_at`. */
    readonly content: string;
    /** zstd of the signed text. */
    readonly ledger: Buffer;
    /** PEM. */
    readonly certificate: string;
    /** Base64. */
    readonly signature: string;
    readonly issued_at: Date;
    readonly renew_at: Date;
  };
  /** Hosts whose ledger could not be made when it was due. */
  readonly ledger_trouble: {
    readonly host: string;
    readonly since: Date;
    readonly reason: string;
  };
  /** What ledgers say of verdicts, by the digest of the verdict. */
  readonly brief: {
    readonly verdict: string;
    readonly brief: Json<VerdictBrief>;
    readonly made_at: Date;
  };
  /** Answers of gates; rows are never changed. */
  readonly decision: {
    readonly sequence: GeneratedAlways<number>;
    readonly host: string;
    readonly id: string;
    readonly time: Date;
    readonly received_at: Date;
    readonly gate: Gate;
    readonly answer: Decision['answer'];
    readonly effect: AdmissionEffect;
    readonly rule: string | null;
    readonly digest: ImageDigest | null;
    readonly environment: string | null;
    readonly search: string;
    readonly place: number;
    readonly decision: Json<Decision>;
  };
  /** Where decisions were made. Few differ, so that who sees a part is asked for these and not for each decision. */
  readonly decision_place: {
    readonly id: GeneratedAlways<number>;
    /** SHA-256 of the place, which may be longer than what an index takes. */
    readonly hash: string;
    /** `Selectable` as JSON. */
    readonly place: string;
  };
}

export const admissionSchema: DomainSchema<AdmissionTables> = {
  name: 'admission',
  migrations: {
    '0001-gates': firstTables,
    '0002-clusters': webhookTables,
    '0003-places': numberedPlaces,
    '0004-ledger-troubles': troubleTable,
    '0005-environments': environmentColumn,
  },
};

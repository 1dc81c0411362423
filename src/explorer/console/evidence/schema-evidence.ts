import { type ColumnType, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Selectable } from '#access/index.ts';
import type { CheckState } from '#compliance/contract.ts';
import type { ControlState, EvidenceSubjectKind } from '../../contract-evidence.ts';
import type { OwnTemplate } from '../../contract-templates.ts';
import type { ProductAnswer } from '../../evidence/answer.ts';

/** Read as the value, written as its text. */
type Json<Value> = ColumnType<Value, string, string>;

/** Tables of how controls stand. All but `control_day`, `attestation` and `own_template` are made again from what domains hold. */
export interface EvidenceTables {
  /** A subject of controls, with the id of how it stands. Images and the console stand in no host: `-`. */
  readonly evidence_subject: {
    readonly host: string;
    readonly kind: EvidenceSubjectKind;
    readonly id: string;
    readonly name: string;
    readonly application: string | null;
    readonly environment: string | null;
    /** Pairs in which it is counted, `*` for all; `none`: no environment. */
    readonly scope_environments: readonly string[];
    readonly scope_applications: readonly string[];
    /** All where it stands, for callers who see a part. */
    readonly locations: Json<readonly Selectable[]>;
    /** Digest of all that the row says but how it stands. */
    readonly row_digest: string;
    readonly stance: string;
    /** Of its checks; null: it has none. */
    readonly facts: string | null;
    /** When it came to stand so. */
    readonly since: Date;
  };
  /** How subjects of one stance stand, for a control as a whole where the question is empty. */
  readonly evidence_state: {
    readonly stance: string;
    readonly template: string;
    readonly control: string;
    readonly question: string;
    readonly state: CheckState;
  };
  /** What parts of the product answer about a subject. */
  readonly evidence_answer: {
    readonly host: string;
    readonly kind: EvidenceSubjectKind;
    readonly id: string;
    readonly answers: Json<Readonly<Record<string, ProductAnswer>>>;
    readonly digest: string;
  };
  readonly evidence_sum: {
    readonly host: string;
    readonly environment: string;
    readonly application: string;
    readonly template: string;
    readonly control: string;
    readonly question: string;
    readonly state: CheckState;
    readonly subjects: number;
  };
  /** When evidence of a place was looked at last. */
  readonly evidence_looked: {
    readonly host: string;
    readonly at: Date;
    /** When something of it became another last. */
    readonly changed_at: Date;
    /** The next moment at which time alone may change an answer, and the latest at which it is looked at again. */
    readonly look_again_at: Date;
    /** Documents and questions that it was looked at with. */
    readonly asked_by: string;
  };
  readonly control_day: {
    readonly template: string;
    readonly control: string;
    readonly environment: string;
    readonly application: string;
    readonly day: ColumnType<string, string, string>;
    readonly state: ControlState;
    readonly rate: number | null;
    readonly coverage: number | null;
  };
  readonly attestation: {
    readonly id: string;
    readonly kind: string;
    readonly document: string;
    readonly author: string;
    readonly note: string | null;
    readonly added_at: Date;
    readonly added_by: string;
    readonly expires_at: Date;
    readonly revoked_at: Date | null;
    readonly revoked_by: string | null;
  };
  /** Every version of the templates that were written here; a deletion is one more, with the last text. */
  readonly own_template: {
    readonly id: string;
    readonly version: number;
    readonly body: Json<OwnTemplate>;
    readonly text: string;
    readonly saved_at: Date;
    readonly saved_by: string;
    readonly deleted_at: Date | null;
  };
  /** What evidence needs of a scan, read once. */
  readonly evidence_scan: {
    readonly scan: string;
    readonly facts: Json<ScanFacts>;
  };
}

/** What of a scan's content answers questions. */
export interface ScanFacts {
  /** Set of malware signatures that it searched with; missing: none. */
  readonly malware?: { readonly name: string; readonly version: string; readonly date: string };
  /** Packages of kernels and of what runs containers. */
  readonly packages: readonly {
    readonly name: string;
    readonly version: string;
    readonly kind: 'kernel' | 'runtime';
  }[];
}

export const evidenceTables: Migration = {
  async up(database) {
    await sql`
      create table explorer.evidence_subject (host text collate "C" not null, kind text not null,
        id text collate "C" not null, name text not null, application text, environment text,
        scope_environments text[] not null, scope_applications text[] not null, locations json not null, row_digest text not null,
        stance text not null, facts text, since timestamptz not null, primary key (host, kind, id));
      create index evidence_subject_by_stance on explorer.evidence_subject (stance);
      create table explorer.evidence_state (stance text not null, template text collate "C" not null,
        control text collate "C" not null, question text collate "C" not null, state text not null,
        primary key (stance, template, control, question));
      create table explorer.evidence_answer (host text collate "C" not null, kind text not null,
        id text collate "C" not null, answers json not null, digest text not null, primary key (host, kind, id));
      create table explorer.evidence_sum (host text collate "C" not null, environment text not null,
        application text not null, template text collate "C" not null, control text collate "C" not null,
        question text collate "C" not null, state text not null, subjects integer not null,
        primary key (template, environment, application, control, question, state, host));
      create index evidence_sum_by_host on explorer.evidence_sum (host);
      create table explorer.evidence_looked (host text collate "C" primary key, at timestamptz not null);
      create table explorer.control_day (template text not null, control text not null, environment text not null,
        application text not null, day date not null, state text not null, rate double precision,
        coverage double precision, primary key (template, environment, application, control, day));
      create table explorer.attestation (id uuid primary key, kind text not null, document text not null,
        author text not null, note text, added_at timestamptz not null, added_by text not null,
        expires_at timestamptz not null, revoked_at timestamptz, revoked_by text);
      create table explorer.evidence_scan (scan uuid primary key, facts json not null)`.execute(database);
  },
};

/** When each place is to be looked at again. */
export const evidenceMoments: Migration = {
  async up(database) {
    await sql`
      alter table explorer.evidence_looked add column changed_at timestamptz not null default 'epoch',
        add column look_again_at timestamptz not null default 'epoch', add column asked_by text not null default '';
      create index evidence_looked_next on explorer.evidence_looked (look_again_at)`.execute(database);
  },
};

/** Templates of controls that are written at the console. */
export const ownTemplates: Migration = {
  async up(database) {
    await sql`
      create table explorer.own_template (id text collate "C" not null, version integer not null, body json not null,
        text text not null, saved_at timestamptz not null, saved_by text not null, deleted_at timestamptz,
        primary key (id, version))`.execute(database);
  },
};

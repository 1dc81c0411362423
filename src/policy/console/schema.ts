import { type ColumnType, type GeneratedAlways, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ScanId, SubjectId } from '#base/index.ts';
import type { DomainSchema } from '#store/index.ts';
import type { Rule, VerdictKind } from '../contract.ts';

export interface PolicyTables {
  /** Every version that was ever in force; the newest of an id is in force. */
  readonly policy: {
    readonly id: string;
    readonly version: number;
    readonly name: string;
    readonly rules: ColumnType<readonly Rule[], string, never>;
    readonly created_at: Date;
  };
  /** History of verdicts; rows are never changed. */
  readonly verdict: {
    /** Order in which the verdicts of a scan were made. */
    readonly sequence: GeneratedAlways<number>;
    readonly scan: ScanId;
    readonly subject: SubjectId;
    readonly policy_id: string;
    readonly policy_version: number;
    /** Version of the vulnerability database behind it. */
    readonly database: string;
    /** Digest of the verdict: a judging that says the same again makes no new row. */
    readonly digest: string;
    readonly kind: VerdictKind;
    readonly judged_at: Date;
    /** zstd of the verdict as JSON. */
    readonly verdict: Buffer;
  };
  /** When a scan was judged last and by which policy, with the same result or another. */
  readonly judging: {
    readonly scan: ScanId;
    readonly policy_id: string;
    readonly policy_version: number;
    readonly judged_at: Date;
  };
}

const firstTables: Migration = {
  async up(database) {
    await sql`
      create table policy.policy (
        id text not null,
        version integer not null check (version > 0),
        name text not null,
        rules json not null,
        created_at timestamptz not null,
        primary key (id, version)
      )`.execute(database);
    await sql`
      create table policy.verdict (
        sequence bigint generated always as identity primary key,
        scan uuid not null,
        subject text not null,
        policy_id text not null,
        policy_version integer not null,
        database text not null,
        digest text not null,
        kind text not null check (kind in ('pass', 'fail', 'cannot-judge')),
        judged_at timestamptz not null,
        verdict bytea not null,
        foreign key (policy_id, policy_version) references policy.policy (id, version)
      )`.execute(database);
    await sql`alter table policy.verdict alter column verdict set storage external`.execute(database);
    await sql`create unique index verdict_of_scan on policy.verdict (scan, sequence desc)`.execute(database);
    await sql`
      create table policy.judging (
        scan uuid primary key,
        policy_id text not null,
        policy_version integer not null,
        judged_at timestamptz not null
      )`.execute(database);
  },
};

export const policySchema: DomainSchema<PolicyTables> = {
  name: 'policy',
  migrations: { '0001-verdicts': firstTables },
};

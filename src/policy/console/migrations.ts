import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import { unpackJson } from '#store/index.ts';

/** Verdicts and the policies that they name. */
export const verdicts: Migration = {
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

/** Order, environments, exceptions, and the facts by which everything can be judged again at once. */
export const rulesOfPeople: Migration = {
  async up(database) {
    await sql`alter table policy.policy add description text, add collections text[],
      add state text not null default 'on' check (state in ('on', 'off')), add saved_by text`.execute(database);
    await sql`create table policy.place (id text primary key, position integer not null)`.execute(database);
    await sql`insert into policy.place select distinct id, 0 from policy.policy where id = 'production'`.execute(
      database,
    );
    await sql`alter table policy.verdict add environment text not null default ''`.execute(database);
    await sql`drop index policy.verdict_of_scan`.execute(database);
    await sql`create unique index verdict_of_scan on policy.verdict (scan, environment, sequence desc)`.execute(
      database,
    );
    await sql`drop table policy.judging`.execute(database);
    await sql`
      create table policy.judging (
        scan uuid not null,
        environment text not null,
        subject text not null,
        received_at timestamptz not null,
        current boolean not null,
        counts boolean not null,
        runs boolean not null,
        places json not null,
        policy_id text not null,
        policy_version integer not null,
        kind text not null check (kind in ('pass', 'fail', 'cannot-judge')),
        violations integer not null,
        excepted uuid[] not null,
        stale boolean not null,
        key text not null,
        digest text not null,
        database text not null,
        judged_at timestamptz not null,
        renew_at timestamptz not null,
        primary key (scan, environment)
      )`.execute(database);
    await sql`create index judging_of_subject on policy.judging (subject) where current`.execute(database);
    await sql`create index judging_to_renew on policy.judging (renew_at) where current`.execute(database);
    await sql`create index judging_received on policy.judging (received_at) where environment = ''`.execute(database);
    await makeFacts(database);
    await makeExceptions(database);
  },
};

async function makeFacts(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table policy.facts (
      scan uuid primary key,
      subject text not null,
      key text not null,
      database text not null,
      published json not null,
      components text[] not null,
      facts bytea not null
    )`.execute(database);
  await sql`alter table policy.facts alter column facts set storage external`.execute(database);
  await sql`create index facts_with_component on policy.facts using gin (components)`.execute(database);
  await sql`
    create table policy.fix_seen (
      advisory text not null,
      type text not null,
      package text not null,
      fixed text not null,
      seen_at timestamptz not null,
      primary key (advisory, type, package, fixed)
    )`.execute(database);
}

async function makeExceptions(database: Kysely<unknown>): Promise<void> {
  await sql`
    create table policy.exception (
      id uuid primary key,
      advisory text not null,
      package json not null,
      component text not null,
      collections text[],
      reason text not null,
      explanation text not null,
      expires_at timestamptz not null,
      state text not null check (state in ('requested', 'granted', 'refused', 'withdrawn')),
      requested_by json not null,
      requester text,
      requested_at timestamptz not null,
      decided_by json,
      decided_at timestamptz,
      note text
    )`.execute(database);
  await sql`create index exception_granted on policy.exception (component) where state = 'granted'`.execute(database);
}

/** What findings were judged from follows by differences, and why a verdict is as it is need not be unpacked to be listed. */
export const differences: Migration = {
  async up(database) {
    await sql`alter table policy.facts add column match_version integer not null default 0`.execute(database);
    await sql`alter table policy.judging add column reason text not null default ''`.execute(database);
    const { rows: judgings } = await sql<{ scan: string; environment: string }>`
      select scan, environment from policy.judging`.execute(database);
    for (const { scan, environment } of judgings) {
      const { rows } = await sql<{ verdict: Buffer }>`
        select verdict from policy.verdict where scan = ${scan} and environment = ${environment}
        order by sequence desc limit 1`.execute(database);
      const [newest] = rows;
      if (newest === undefined) continue;
      const reason = reasonOf(await unpackJson(newest.verdict));
      await sql`update policy.judging set reason = ${reason} where scan = ${scan} and environment = ${environment}`.execute(
        database,
      );
    }
  },
};

/** What became otherwise in findings lies beside the facts, which are large, instead of in them. */
export const factsChanges: Migration = {
  async up(database) {
    await sql`create table policy.facts_change (
      scan uuid not null, version integer not null, change json not null, primary key (scan, version))`.execute(
      database,
    );
  },
};

/** Exceptions were granted, refused and withdrawn before; they are approved, denied and cancelled now. */
export const exceptionStates: Migration = {
  async up(database) {
    await sql`alter table policy.exception drop constraint exception_state_check`.execute(database);
    await sql`update policy.exception set state = case state
      when 'granted' then 'approved' when 'refused' then 'denied' when 'withdrawn' then 'cancelled' else state end`.execute(
      database,
    );
    await sql`alter table policy.exception add constraint exception_state_check
      check (state in ('requested', 'approved', 'denied', 'cancelled'))`.execute(database);
    await sql`drop index policy.exception_granted`.execute(database);
    await sql`create index exception_approved on policy.exception (component) where state = 'approved'`.execute(
      database,
    );
  },
};

/** That a console saw a fix for the first time told nothing about the fix; what is kept from here on is that it appeared. */
export const fixesAppeared: Migration = {
  async up(database) {
    await sql`delete from policy.fix_seen`.execute(database);
  },
};

function reasonOf(stored: unknown): string {
  if (typeof stored !== 'object' || stored === null || !('verdict' in stored)) return '';
  const { verdict } = stored;
  if (typeof verdict !== 'object' || verdict === null || !('reason' in verdict)) return '';
  return String(verdict.reason);
}

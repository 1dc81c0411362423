import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ImageDigest } from '#base/index.ts';
import { modelIdIn } from '../model-id.ts';

/**
 * Each model becomes one for each environment in which its image lies or ran. What was learned counted everywhere
 * before, so it counts in each of them: no model that is in force loses an entry.
 */
export const behaviourOfEnvironments: Migration = {
  async up(database) {
    for (const statement of columns) await sql.raw(statement).execute(database);
    const models = await sql<Before>`select id, digest, entrypoint from runtime.model`.execute(database);
    const everywhere = await environmentsOfHosts(database);
    for (const model of models.rows) {
      const known = await environmentsOf(database, model);
      const environments = known.length > 0 ? known : everywhere;
      await split(database, model, environments.length > 0 ? environments : ['']);
    }
    for (const statement of constraints) await sql.raw(statement).execute(database);
  },
};

interface Before {
  readonly id: string;
  readonly digest: ImageDigest;
  readonly entrypoint: readonly string[];
}

const columns = [
  `alter table runtime.model add key_id text, add environment text, add evidence_from text[] not null default '{}'`,
  `create table runtime.contribution (
    model text not null references runtime.model (id) on delete cascade,
    host text collate "C" not null,
    entries integer not null,
    primary key (model, host)
  )`,
  `alter table runtime.incident add created_at timestamptz, add topic text`,
  `update runtime.incident set created_at = opened_at`,
  `alter table runtime.incident alter column created_at set not null`,
  `create index incident_of_host on runtime.incident (host, created_at desc)`,
];

const constraints = [
  `alter table runtime.model alter column key_id set not null, alter column environment set not null,
    add unique (key_id, environment)`,
];

async function environmentsOfHosts(database: Kysely<unknown>): Promise<readonly string[]> {
  const { rows } = await sql<{ environment: string }>`
    select distinct coalesce(environment, '') as environment from inventory.host order by 1`.execute(database);
  return rows.map(({ environment }) => environment);
}

/** Where the image lies or lay, where containers of it run or ran, and where something of it was detected. */
async function environmentsOf(database: Kysely<unknown>, { id, digest }: Before): Promise<readonly string[]> {
  const { rows } = await sql<{ environment: string }>`
    select coalesce(host.environment, '') as environment
      from inventory.image join inventory.host on host.name = image.host where image.subject = ${digest}
    union select coalesce(environment, '') from inventory.container where subject = ${digest}
    union select coalesce(environment, '') from runtime.running where model = ${id}
    union select coalesce(environment, '') from runtime.detection where model = ${id}
    union select coalesce(environment, '') from runtime.incident where model = ${id}
    order by 1`.execute(database);
  return rows.map(({ environment }) => environment);
}

async function split(database: Kysely<unknown>, model: Before, environments: readonly string[]): Promise<void> {
  for (const environment of environments) {
    const id = modelIdIn(model, environment === '' ? undefined : environment);
    await copyModel(database, model, { id, environment });
    for (const table of ['running', 'detection', 'incident'])
      await sql`update ${sql.table(`runtime.${table}`)} set model = ${id}
        where model = ${model.id} and coalesce(environment, '') = ${environment}`.execute(database);
  }
  await sql`delete from runtime.model where id = ${model.id}`.execute(database);
}

async function copyModel(
  database: Kysely<unknown>,
  from: Before,
  to: { readonly id: string; readonly environment: string },
): Promise<void> {
  const { id, environment } = to;
  await sql`
    insert into runtime.model (id, key_id, environment, digest, entrypoint, repositories, state, version, partial,
      evidence, content, convergence, counts, learns_from, evaluated, activated_at, activated_by, inherited_from,
      inherited_at, inherited_changes, created_at, changed_at)
    select ${id}, ${from.id}, ${environment}, digest, entrypoint, repositories, state, version, partial,
      evidence, content, convergence, counts, learns_from, evaluated, activated_at, activated_by, inherited_from,
      inherited_at, inherited_changes, created_at, changed_at
    from runtime.model where id = ${from.id}`.execute(database);
  await sql`
    insert into runtime.decision (model, key_digest, key, decision, reason, decided_by, decided_at)
    select ${id}, key_digest, key, decision, reason, decided_by, decided_at
    from runtime.decision where model = ${from.id}`.execute(database);
  await sql`
    insert into runtime.curve (model, dimension, bucket, at, hours, upper80)
    select ${id}, dimension, bucket, at, hours, upper80 from runtime.curve where model = ${from.id}`.execute(database);
}

import { sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Who reported what. What lies here is taken as reported by the agent that speaks for the host now: nothing changes. */
export const reporters: Migration = {
  async up(database) {
    for (const table of ['image', 'container', 'other_subject', 'used_file']) {
      const name = sql.table(`inventory.${table}`);
      await sql`alter table ${name} add reported_by text`.execute(database);
      await sql`update ${name} as told set reported_by = host.agent from inventory.host where host.name = told.host`.execute(
        database,
      );
      await sql`alter table ${name} alter reported_by set not null`.execute(database);
    }
  },
};

/**
 * Where hosts and their containers are now, they may be from now on, and nowhere else: what collections and labels chose
 * is added to what each agent's join token allows. A store without agents has no schema `link`.
 */
export const fixedEnvironments: Migration = {
  async up(database) {
    await sql`
      alter table inventory.host add agent_environments text[] not null default '{}', add refused_collection text,
        add refused_environment text`.execute(database);
    await sql`
      update inventory.host set agent_environments = array(
        select coalesce(host.agent_environment, 'unassigned')
        union select coalesce(host.environment, 'unassigned')
        union select coalesce(container.environment, 'unassigned')
          from inventory.container where container.host = host.name and container.state <> 'removed')`.execute(
      database,
    );
    const { rows } = await sql`select from pg_tables where schemaname = 'link' and tablename = 'agent'`.execute(
      database,
    );
    if (rows.length > 0) await shareWithAgents(database);
    await sql`
      update inventory.host set allowed = array(
        select name from unnest(allowed) with ordinality as chosen (name, place)
        where name = any(agent_environments) order by place)`.execute(database);
  },
};

async function shareWithAgents(database: Parameters<Migration['up']>[0]): Promise<void> {
  const speaks = sql`host.name = speaker.name and speaker.state in ('live', 'silent')`;
  await sql`
    update link.agent as speaker set environments = array(
      select unnest(speaker.environments) union select unnest(host.agent_environments))
    from inventory.host where ${speaks}`.execute(database);
  await sql`
    update inventory.host set agent_environments = speaker.environments
    from link.agent as speaker where ${speaks}`.execute(database);
}

/** When a container came to its environment from another one: what it did before says nothing of it there. */
export const environmentMoments: Migration = {
  async up(database) {
    await sql`alter table inventory.container add environment_since timestamptz`.execute(database);
  },
};

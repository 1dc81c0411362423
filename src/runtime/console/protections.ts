import { sql } from 'kysely';
import { readCollections } from '#access/console/index.ts';
import {
  type ContainerProtections,
  protectionKey,
  readHostNames,
  readRunningContainers,
  type RunningContainer,
  type View,
} from '#inventory/console/index.ts';
import type { Protection, ProtectionCounts } from '#inventory/contract.ts';
import { ruleFor } from '#rules/index.ts';
import type { Queries } from '#store/index.ts';
import type { ArmedFact, SensorFact } from '../contract.ts';
import { protectionOf } from '../protection-of.ts';
import { runtimeRules } from './rules.ts';
import { runtimeSchema } from './schema.ts';

/** A running container and how it is protected. */
export interface ProtectedContainer extends Pick<RunningContainer, 'id' | 'name' | 'image' | 'place'> {
  readonly protection: Protection;
}

/** Hosts whose containers are read at once. */
const hostsAtOnce = 50;

/** How every running container that the caller may see is protected, host by host, some at a time. */
export async function* readProtections(
  queries: Queries,
  view: View,
): AsyncGenerator<readonly ProtectedContainer[], void> {
  const hosts = await readHostNames(queries);
  for (let at = 0; at < hosts.length; at += hostsAtOnce) {
    const some = await readProtected(queries, { hosts: hosts.slice(at, at + hostsAtOnce) });
    yield some.filter(({ place }) => view === undefined || view(place));
  }
}

/** How these containers, as far as they run, are protected. */
export async function readProtectionsOf(
  queries: Queries,
  containers: readonly { readonly host: string; readonly id: string }[],
): Promise<readonly ProtectedContainer[]> {
  const hosts = [...new Set(containers.map(({ host }) => host))];
  return await readProtected(queries, { hosts, ids: containers.map(({ id }) => id) });
}

/** What the inventory shows beside its containers. */
export const containerProtections: ContainerProtections = {
  async of(queries, containers) {
    const found = await readProtectionsOf(queries, containers);
    return new Map(found.map(({ id, place, protection }) => [protectionKey({ host: place.host, id }), protection]));
  },
  async those(queries, asked) {
    const found: { readonly host: string; readonly id: string }[] = [];
    for await (const some of readProtections(queries, undefined))
      for (const { id, place, protection } of some)
        if (asked === 'not-protected' ? isNotProtected(protection) : protection.state === asked)
          found.push({ host: place.host, id });
    return found;
  },
};

/** Whether a rule prevents something that is not prevented, as far as is known. */
export function isNotProtected({ state, rule }: Protection): boolean {
  return rule?.prevents === true && state !== 'protected';
}

const none: ProtectionCounts = { unknown: 0, unprotected: 0, partly: 0, protected: 0, watched: 0 };

export function countProtections(containers: readonly Pick<ProtectedContainer, 'protection'>[]): ProtectionCounts {
  const counts = { ...none };
  for (const { protection } of containers) counts[protection.state] += 1;
  return counts;
}

/** How running containers of some hosts, or these of them, are protected. */
async function readProtected(
  queries: Queries,
  wanted: { readonly hosts: readonly string[]; readonly ids?: readonly string[] },
): Promise<readonly ProtectedContainer[]> {
  const running = await readRunningContainers(queries, wanted);
  if (running.length === 0) return [];
  const [rules, collections] = [await runtimeRules.inForce(queries), await readCollections(queries)];
  const sensors = await readSensorFacts(queries, wanted.hosts);
  const armed = await readArmed(queries, wanted);
  return running.map(({ id, name, image, place, stale, agent }) => {
    const reported = armed.get(protectionKey({ host: place.host, id }));
    const protection = protectionOf({
      rule: ruleFor(rules, collections, place),
      stale,
      sensor: sensors.get(place.host),
      // What another agent reported before says nothing of what is in force now.
      armed: reported?.reported_by === agent ? begunBefore(reported) : undefined,
    });
    return { id, name, image, place, protection };
  });
}

async function readSensorFacts(queries: Queries, hosts: readonly string[]): Promise<ReadonlyMap<string, SensorFact>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('sensor')
    .select(['host', 'fact'])
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .execute();
  return new Map(rows.map(({ host, fact }) => [host, fact]));
}

/** It held when it was told, at the latest: a host's clock may be ahead. */
function begunBefore({ told_at, fact: { since, ...fact } }: ArmedRow): ArmedFact {
  if (since === undefined) return fact;
  return { ...fact, since: new Date(Math.min(Date.parse(since), told_at.getTime())).toISOString() };
}

interface ArmedRow {
  readonly reported_by: string;
  readonly told_at: Date;
  readonly fact: ArmedFact;
}

async function readArmed(
  queries: Queries,
  { hosts, ids }: { readonly hosts: readonly string[]; readonly ids?: readonly string[] },
): Promise<ReadonlyMap<string, ArmedRow>> {
  const rows = await queries
    .query(runtimeSchema)
    .selectFrom('armed')
    .select(['host', 'container', 'reported_by', 'told_at', 'fact'])
    .where('host', '=', sql<string>`any(${hosts}::text[])`)
    .$if(ids !== undefined, (query) => query.where('container', '=', sql<string>`any(${ids ?? []}::text[])`))
    .execute();
  return new Map(rows.map(({ host, container, ...row }) => [protectionKey({ host, id: container }), row]));
}

import { readTokenWorth } from '#access/console/index.ts';
import type { SubjectId } from '#base/index.ts';
import { type Placement, placementsOf } from '#inventory/console/index.ts';
import { readAgentStates } from '#link/console/index.ts';
import type { Queries } from '#store/index.ts';
import type { Holder, Origin, ProofFacts } from '../proof-of.ts';
import type { Publisher } from './publisher.ts';

/** Where an image comes from, as this console read in trusted registries. */
export type OriginsOf = (queries: Queries, subject: SubjectId) => Promise<readonly Origin[]>;

/** What the console knows of the publishers of a subject, and of the hosts that hold it. */
export interface PublisherFacts extends ProofFacts {
  /** Environments where it lies or may be started; an empty one: none. */
  readonly environments: readonly string[];
  /** Agents that are revoked; those that were replaced are not among them. */
  readonly revokedAgents: ReadonlySet<string>;
}

/** Works out what decides how much publishers of a subject are worth; nothing of it is what they say of themselves. */
export async function readPublisherFacts(
  queries: Queries,
  {
    subject,
    publishers,
    originsOf,
  }: {
    readonly subject: SubjectId;
    readonly publishers: readonly Publisher[];
    readonly originsOf: OriginsOf;
  },
): Promise<PublisherFacts> {
  const holders = (await placementsOf(queries, subject)).map(holderOf);
  const idsOf = (kind: Publisher['kind']) => [
    ...new Set(publishers.filter((one) => one.kind === kind).map(({ id }) => id)),
  ];
  const agents = await readAgentStates(queries, idsOf('agent'));
  const tokens = idsOf('token');
  const worth = await readTokenWorth(queries, tokens);
  const inStates = (...states: readonly string[]) =>
    new Set([...agents].filter(([, state]) => states.includes(state)).map(([id]) => id));
  return {
    subject,
    holders,
    environments: [
      ...new Set(holders.flatMap(({ environments, allowed }) => [...environments, ...allowed])),
    ].toSorted(),
    origins: await originsOf(queries, subject),
    endedAgents: inStates('revoked', 'replaced'),
    revokedAgents: inStates('revoked'),
    endedTokens: new Set(tokens.filter((id) => worth.get(id) !== 'counts')),
  };
}

function holderOf({ host, agent, environment = '', allowed = [], containers }: Placement): Holder {
  const own = containers.map((container) => container.environment ?? environment);
  return { host, agent, environments: [...new Set([environment, ...own])], allowed };
}

import type { RunningContext } from '#vulnerability/index.ts';
import type { PlacedVerdict } from '#policy/console/index.ts';
import type { VerdictKind } from '#policy/index.ts';
import { type ContainerGroup, contextsIn } from '../risk-in-context.ts';
import type { PlacedOnHost } from './sources.ts';
import type { EnvironmentKey } from './tables.ts';

/** An image in one environment, before its findings are scored there. */
export interface ImageEnvironment {
  readonly environment: EnvironmentKey;
  readonly hosts: number;
  readonly containers: number;
  readonly verdict: VerdictKind | null;
  readonly reason: string | null;
  readonly judgedAt: string | null;
  readonly contexts: readonly RunningContext[];
}

/** All environments together. */
export const everywhere = '*';
/** No named environment, or nowhere. */
export const unnamed = '';

type HeldVerdict = Pick<PlacedVerdict, 'environment' | 'kind' | 'reason' | 'judgedAt'>;

export interface ImageEnvironmentFacts {
  readonly placements: readonly PlacedOnHost[];
  readonly groups: readonly (ContainerGroup & { readonly environment?: string })[];
  readonly verdicts: readonly HeldVerdict[];
}

/** One for each environment where an image lies, and one for all together. Pure. */
export function imageEnvironmentsOf(facts: ImageEnvironmentFacts): readonly ImageEnvironment[] {
  const environments = environmentKeysOf(facts.placements).map((environment) => imageEnvironmentIn(environment, facts));
  return [...environments, together(environments, facts)];
}

/** Environments of hosts that hold it, and those that its containers chose. */
function environmentKeysOf(placements: readonly PlacedOnHost[]): readonly EnvironmentKey[] {
  const found = placements.flatMap((placement) => [
    placement.environment ?? unnamed,
    ...placement.containers.map((container) => container.environment ?? unnamed),
  ]);
  return found.length === 0 ? [unnamed] : [...new Set(found)].toSorted();
}

function imageEnvironmentIn(
  environment: EnvironmentKey,
  { placements, groups, verdicts }: ImageEnvironmentFacts,
): ImageEnvironment {
  const here = <Thing extends { readonly environment?: string }>(thing: Thing): boolean =>
    (thing.environment ?? unnamed) === environment;
  const containers = placements.reduce((sum, placement) => sum + placement.containers.filter(here).length, 0);
  return {
    environment,
    hosts: placements.filter((placement) => here(placement) || placement.containers.some(here)).length,
    containers,
    ...judgmentIn(environment, verdicts),
    contexts: contextsIn(environment, distinct(groups.filter(here).map(settingsOf)), containers),
  };
}

function distinct(groups: readonly ContainerGroup[]): readonly ContainerGroup[] {
  return [...new Map(groups.map((group) => [JSON.stringify(group), group])).values()];
}

function settingsOf({ exposure, escape, user }: ContainerGroup): ContainerGroup {
  return {
    ...(exposure === undefined ? {} : { exposure }),
    ...(escape === undefined ? {} : { escape }),
    ...(user === undefined ? {} : { user }),
  };
}

/** What a verdict tells of an image environment. */
export type Judgment = Pick<ImageEnvironment, 'verdict' | 'reason' | 'judgedAt'>;

export function judgmentIn(environment: EnvironmentKey, verdicts: readonly HeldVerdict[]): Judgment {
  const judged = verdicts.find((one) => (one.environment ?? unnamed) === environment);
  if (judged === undefined) return { verdict: null, reason: null, judgedAt: null };
  return { verdict: judged.kind, reason: judged.reason, judgedAt: judged.judgedAt };
}

const worstFirst: readonly (VerdictKind | null)[] = ['fail', 'cannot-judge', null, 'pass'];

function together(environments: readonly ImageEnvironment[], { placements }: ImageEnvironmentFacts): ImageEnvironment {
  return {
    environment: everywhere,
    hosts: placements.length,
    containers: environments.reduce((sum, environment) => sum + environment.containers, 0),
    ...worstOf(environments),
    contexts: [],
  };
}

/** An image is as good as where it stands worst. */
export function worstOf(judgments: readonly Judgment[]): Judgment {
  const [worst] = judgments.toSorted((a, b) => worstFirst.indexOf(a.verdict) - worstFirst.indexOf(b.verdict));
  return { verdict: worst?.verdict ?? null, reason: worst?.reason ?? null, judgedAt: worst?.judgedAt ?? null };
}

import { applicationOf } from '#inventory/index.ts';
import { ruleFor } from '#rules/index.ts';
import type { RuntimeRule } from '../contract.ts';
import type { AgentConfiguration } from './desired-configuration.ts';

/** What a rule's scope may look at. */
export interface RuleSubject {
  readonly images: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  /** As the agent sees it; a collection of its host outweighs it. */
  readonly environment?: string | undefined;
}

/** The rule that holds on this host. Nothing is known of rules before the first orders. */
export function ruleOf(
  orders: AgentConfiguration | undefined,
  { images, labels, environment: seen }: RuleSubject,
  host: string,
): RuntimeRule | undefined {
  if (orders === undefined) return undefined;
  const environment = orders.environment ?? seen;
  const application = applicationOf(labels)?.name;
  return ruleFor(orders.rules, orders.collections, {
    images,
    labels,
    host,
    ...(environment !== undefined && { environment }),
    ...(application !== undefined && { application }),
  });
}

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

/** The rule that applies on this host; no rule is known before the first configuration. */
export function ruleOf(
  configuration: AgentConfiguration | undefined,
  { images, labels, environment: seen }: RuleSubject,
  host: string,
): RuntimeRule | undefined {
  if (configuration === undefined) return undefined;
  const environment = configuration.environment ?? seen;
  const application = applicationOf(labels)?.name;
  return ruleFor(configuration.rules, configuration.collections, {
    images,
    labels,
    host,
    ...(environment !== undefined && { environment }),
    ...(application !== undefined && { application }),
  });
}

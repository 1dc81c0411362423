import type { PolicyText } from './compile-policy.ts';
import type { SensorPolicies } from './sensor-policies.ts';

/** Key of the policy of the agent's own container. */
export const agentKey = 'agent';

/** Nothing is refused or told: an agent in a container runs programs of its host, none of which its image has. */
const nothing: PolicyText = {
  kind: 'policy',
  flags: 0,
  driftEffect: 'ignore',
  codeEffect: 'ignore',
  modelEffect: 'ignore',
  toolEffect: 'ignore',
  table: 0,
  images: [],
  tools: [],
  edges: [],
  digests: [],
  folders: [],
};

/** Takes a container out of all rules. */
export function exempt(desk: SensorPolicies, container: string): void {
  desk.put(agentKey, nothing);
  desk.assign(container, agentKey);
}

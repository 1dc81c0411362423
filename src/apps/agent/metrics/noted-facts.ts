import { GateFact } from '#gate/contract.ts';
import type { Reporter } from '#inventory/agent/index.ts';
import { ArmedFact, SensorFact } from '#runtime/contract.ts';

/** What the agent last told its console of what protects the host. */
export interface NotedFacts {
  readonly sensor: () => SensorFact | undefined;
  readonly gate: () => GateFact | undefined;
  /** By container. */
  readonly armed: () => ReadonlyMap<string, ArmedFact>;
}

/** The same reporter, and its last words: metrics and the console's pages then say the same. */
export function noteFacts(reporter: Reporter): { readonly reporter: Reporter; readonly facts: NotedFacts } {
  // Parsed when somebody asks: most of what is said is said again.
  let sensor: unknown;
  let gate: unknown;
  const armed = new Map<string, unknown>();
  return {
    reporter: {
      ...reporter,
      state: (key, body, named) => {
        reporter.state(key, body, named);
        if (key.kind === 'sensor') sensor = body;
        if (key.kind === 'gate') gate = body;
        if (key.kind === 'armed') armed.set(key.id, body);
      },
      forget: (key) => {
        reporter.forget(key);
        if (key.kind === 'armed') armed.delete(key.id);
      },
    },
    facts: {
      sensor: () => SensorFact.optional().parse(sensor),
      gate: () => GateFact.optional().parse(gate),
      armed: () => new Map([...armed].map(([id, body]) => [id, ArmedFact.parse(body)])),
    },
  };
}

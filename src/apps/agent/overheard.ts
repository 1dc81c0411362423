import type { Reporter } from '#inventory/agent/index.ts';
import { GateFact } from '#gate/contract.ts';
import { SensorFact } from '#runtime/contract.ts';
import type { HostScanNews } from './news.ts';

/** A reporter of whose words on sensor and gate the program that started the agent hears too. */
export function overheard(reporter: Reporter, announce: (news: HostScanNews) => void): Reporter {
  return {
    ...reporter,
    state: (key, body) => {
      reporter.state(key, body);
      if (key.kind === 'sensor') announce({ kind: 'sensor', fact: SensorFact.parse(body) });
      if (key.kind === 'gate') announce({ kind: 'gate', fact: GateFact.parse(body) });
    },
  };
}

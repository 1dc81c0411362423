import type { Reporter } from '#inventory/agent/index.ts';
import { GateFact } from '#gate/contract.ts';
import { SensorFact } from '#runtime/contract.ts';
import type { HostScanNews } from './news.ts';

/** A reporter of whose words on sensor and gate the program that started the agent hears too, each when it is new. */
export function overheard(reporter: Reporter, announce: (news: HostScanNews) => void): Reporter {
  const heard = new Map<string, string>();
  return {
    ...reporter,
    state: (key, body, named) => {
      reporter.state(key, body, named);
      if (key.kind !== 'sensor' && key.kind !== 'gate') return;
      const text = JSON.stringify(body);
      if (heard.get(key.kind) === text) return;
      heard.set(key.kind, text);
      if (key.kind === 'sensor') announce({ kind: 'sensor', fact: SensorFact.parse(body) });
      else announce({ kind: 'gate', fact: GateFact.parse(body) });
    },
  };
}

import type { SensorFact } from '#runtime/contract.ts';
import { stoppableBy } from '#runtime/index.ts';
import type { AgentConfig } from './config.ts';
import type { HostScanNews } from './news.ts';

interface GreetingOptions {
  readonly config: Pick<AgentConfig, 'consoleUrl' | 'introduction'>;
  readonly say: (sentence: string) => void;
}

/**
 * Tells whoever started the agent as what it joined and what its sensor reports: one line once the sensor's state is
 * known, and one more whenever that becomes another.
 */
export function createGreeting({ config, say }: GreetingOptions): (news: HostScanNews) => void {
  let said: string | undefined;
  return (news) => {
    if (news.kind !== 'sensor') return;
    const sensor = sensorWords(news.fact);
    if (sensor === said) return;
    say(said === undefined ? `${joinedWords(config)}; ${sensor}.` : `${capitalized(sensor)}.`);
    said = sensor;
  };
}

/** `joined https://console.example:8084 as pier-1, environment prod` */
function joinedWords({ consoleUrl, introduction }: GreetingOptions['config']): string {
  const { host, instance, environment } = introduction;
  const name = instance === 'default' ? host : `${host}/${instance}`;
  const where = environment === undefined ? 'the environment of its join token' : `environment ${environment}`;
  return `joined ${consoleUrl} as ${name}, ${where}`;
}

/** What the sensor can do as it reported; what it does prevent is said by rules. */
function sensorWords({ state, mechanisms, reason }: SensorFact): string {
  switch (state) {
    case 'working': {
      const stops = stoppableBy(mechanisms);
      return stops.length === 0
        ? 'sensor works and can prevent nothing on this kernel'
        : `sensor works and can prevent ${stops.join(' and ')}`;
    }
    case 'away':
      return `sensor away: ${bare(reason) ?? 'it does not answer'}`;
    case 'missing':
      return `sensor missing: ${bare(reason) ?? 'none is installed'}`;
  }
}

function bare(reason: string | undefined): string | undefined {
  return reason?.replace(/\.\s*$/, '');
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

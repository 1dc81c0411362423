import { setTimeout as wait } from 'node:timers/promises';
import type { Environment } from '#base/index.ts';
import type { HostScanNews } from '../host-scan/host-scan.ts';
import { type Child, startChild } from './child.ts';

export interface LocalScanOptions {
  readonly consoleUrl: string;
  /** Makes a token for one run of the scanner. */
  readonly token: () => Promise<string>;
  readonly env: Environment;
  readonly also: readonly string[];
  /** Scan what this machine holds, not only the targets in `also`. */
  readonly local: boolean;
  readonly heard: (news: HostScanNews) => void;
}

/** The scanner of this host. It is started again when it dies, and once a day with a new token. */
export function startLocalScan(options: LocalScanOptions): { stop(): Promise<void> } {
  const ended = new AbortController();
  let child: Child | undefined;
  const running = keepRunning();

  async function keepRunning(): Promise<void> {
    while (!ended.signal.aborted) {
      child = startChild({
        words: [
          'scan-host',
          '--console',
          options.consoleUrl,
          '--until-input-ends',
          ...(options.local ? [] : ['--no-local-scan']),
          ...options.also.flatMap((target) => ['--also', target]),
        ],
        env: { ...options.env, SEAWALL_TOKEN: await options.token() },
        heard: (news) => options.heard(news as HostScanNews),
      });
      const renewal = setTimeout(() => void child?.stop(), 24 * 3_600_000);
      const { lastWords } = await child.ended;
      clearTimeout(renewal);
      if (ended.signal.aborted) return;
      if (lastWords !== '') options.heard({ kind: 'failed', name: 'the scanner of this host', reason: lastWords });
      await wait(2000, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }

  return {
    async stop() {
      ended.abort();
      await child?.stop();
      await running;
    },
  };
}

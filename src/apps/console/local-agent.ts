import { setTimeout as wait } from 'node:timers/promises';
import type { Environment } from '#base/index.ts';
import type { HostScanNews } from '../agent/news.ts';
import { type Child, startChild } from './child.ts';

export interface LocalAgentOptions {
  readonly consoleUrl: string;
  /** Makes a join token for one start of the agent, which uses it when it has not joined this console before. */
  readonly joinToken: () => Promise<string>;
  readonly env: Environment;
  readonly also: readonly string[];
  /** Watch and scan what this machine holds, not only the targets in `also`. */
  readonly local: boolean;
  readonly heard: (news: HostScanNews) => void;
}

/** As `bin/seawall` starts an agent: its heap stays smaller than a console's. */
export const agentHeap = ['--max-semi-space-size=4', '--heap-growing-percent=40'] as const;

/** The agent of this host, as a child of the console. It is started again when it dies. */
export function startLocalAgent(options: LocalAgentOptions): { stop(): Promise<void> } {
  const ended = new AbortController();
  let child: Child | undefined;
  const running = keepRunning();

  async function keepRunning(): Promise<void> {
    while (!ended.signal.aborted) {
      const token = await options.joinToken();
      if (ended.signal.aborted) return;
      child = startChild({
        words: wordsFor(options),
        env: options.env,
        line: token,
        flags: agentHeap,
        heard: (news) => options.heard(news as HostScanNews),
      });
      const { lastWords } = await child.ended;
      if (ended.signal.aborted) return;
      if (lastWords !== '') options.heard({ kind: 'failed', name: 'this host', reason: lastWords });
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

function wordsFor({ consoleUrl, local, also }: LocalAgentOptions): readonly string[] {
  const words = ['agent', '--console', consoleUrl, '--token-file', '-', '--until-input-ends', '--news'];
  return [...words, ...(local ? [] : ['--no-local-scan']), ...also.flatMap((target) => ['--also', target])];
}

import { pluginServer } from '#gate/agent/docker-authz/program-status.ts';
import { until } from '../lab.ts';
import type { Dock } from './dock.ts';
import type { Quay } from './quay.ts';

/** Where the engine of this host finds the authorization plugin. */
export function pluginOf({ host, name }: Quay): string {
  return host.place(`/run/docker/plugins/seawall-${name}.sock`);
}

/** Starts the agent anew with the plugin and further words, installs the gate with it, and starts the engine anew. */
export async function plugIn(dock: Dock, quay: Quay, ...words: readonly string[]): Promise<void> {
  await quay.endAgent();
  quay.startAgent('--authorization', ...words);
  // The program at the socket outlives agents, so the socket says nothing: the program tells whether this agent answers it.
  const isAnswered = async (): Promise<boolean> => {
    const server = await pluginServer(pluginOf(quay));
    return typeof server === 'object' && server.agent === 'answers';
  };
  await until(`an agent that answers the plugin of ${quay.name}`, isAnswered, { seconds: 40 });
  await dock.install(quay, '--authorization');
  await quay.engine.stop();
  await quay.engine.start();
}

import { createJoinToken, listJoinTokens } from '#link/contract.ts';
import { copyData } from '../data-copy.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';

const alerts = 5;
const newer = 'made after the copy';

/** What agents told a console that lost it again. */
export const restoreCases: readonly LabCase<Dock>[] = [
  {
    id: 'K2',
    title: 'alerts of before and while the console is away all arrive after an older copy of its data is restored',
    protectedBy: 'the sensor with a rule that prevents',
    isLongDisarmed: true,
    async run(dock) {
      const { nginx } = await learnedServers(dock);
      await dock.console().end('SIGTERM');
      const restore = copyData(dock.state);
      await dock.restartConsole();
      await dock.ask(createJoinToken, { body: { name: newer, environments: ['dev'] } });
      const since = new Date();
      const raise = async (when: string): Promise<readonly string[]> => {
        const paths = Array.from({ length: alerts }, (_, at) => `/opt/${when}-${at}`);
        for (const path of paths) await dock.inside(nginx.id, 'sh', '-c', `cp /mark/intruder ${path}; ${path}`);
        return paths;
      };
      const arrive = async (paths: readonly string[]): Promise<void> => {
        for (const path of paths) await dock.alert(nginx.id, since, { path, seconds: 60 });
      };
      const acknowledged = await raise('acknowledged');
      await arrive(acknowledged);
      await dock.console().end('SIGTERM');
      const away = await raise('away');
      restore();
      await dock.restartConsole();
      const { tokens } = await dock.ask(listJoinTokens);
      expectThat(!tokens.some((one) => one.name === newer), 'the console has what came after the copy');
      await arrive([...acknowledged, ...away]);
      return `${acknowledged.length} that it had acknowledged, ${away.length} of while it was away`;
    },
  },
];

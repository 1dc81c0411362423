import { expect, test } from 'vitest';
import type { HostView } from '../../settings/index.ts';
import type { AskEngine } from './ask-engine.ts';
import { engineView } from './engine-view.ts';

const host: HostView = {
  places: async () => new Map(),
  devices: async () => new Map(),
  devicePaths: async () => [],
  isHostNamespace: async () => false,
  sockets: async () => [],
};

/** An engine with containers that each join the namespaces of the next, the last one those of the host or itself. */
function chain(length: number, last: string): { readonly ask: AskEngine; readonly asked: string[] } {
  const asked: string[] = [];
  const ask: AskEngine = async (path, schema) => {
    asked.push(path);
    if (path === '/info') return schema.parse({ SecurityOptions: ['name=cgroupns'] });
    if (path.startsWith('/volumes/')) return schema.parse({ Driver: 'local', Options: null });
    const at = Number(/^\/containers\/(\d+)\/json$/.exec(path)?.[1]);
    const mode = at === length - 1 ? last : `container:${at + 1}`;
    return schema.parse({
      Id: `${at}`,
      Image: '',
      Config: {},
      HostConfig: { PidMode: mode, NetworkMode: mode, IpcMode: mode },
    });
  };
  return { ask, asked };
}

test('a chain of containers costs one question for each of them, whatever they share', async () => {
  const { ask, asked } = chain(7, 'host');
  const view = await engineView(ask, host);
  expect((await view.container('0'))?.hostNamespaces).toEqual(['pid', 'network', 'ipc', 'user']);
  expect(asked.toSorted()).toEqual([...Array.from({ length: 7 }, (_, at) => `/containers/${at}/json`), '/info']);
});

test('a chain that nobody follows to its end counts as the host’s, a circle among them', async () => {
  const far = await engineView(chain(20, '').ask, host);
  expect((await far.container('0'))?.hostNamespaces).toContain('pid');
  const circle = chain(3, 'container:0');
  expect((await (await engineView(circle.ask, host)).container('0'))?.hostNamespaces).toContain('pid');
  expect(circle.asked).toHaveLength(4);
});

test('a volume that many mounts name is asked about once', async () => {
  const { ask, asked } = chain(1, '');
  const view = await engineView(ask, host);
  await Promise.all(Array.from({ length: 100 }, () => view.volume('data')));
  expect(asked).toEqual(['/info', '/volumes/data']);
});

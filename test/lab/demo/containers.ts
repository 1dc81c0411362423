import { freePort } from '../../journeys/make-scan.ts';
import { until } from '../lab.ts';
import type { Server } from './visits.ts';
import { nginxSettings, type World, type WorldHost } from './world.ts';

/** How a container is called, and what it belongs to. */
interface Named {
  readonly name: string;
  readonly application: string;
}

export async function startAlpine({ docker }: WorldHost, image: string, { name, application }: Named): Promise<void> {
  await docker(
    'run',
    '-d',
    '--name',
    name,
    '--network',
    'none',
    '--label',
    `seawall.application=${application}`,
    image,
  );
}

export async function replace(host: WorldHost, image: string, named: Named): Promise<void> {
  await host.docker('rm', '-f', named.name);
  await startAlpine(host, image, named);
}

export async function startGate(world: World, { docker }: WorldHost): Promise<Server> {
  const port = await freePort();
  const mounts = ['-v', `${nginxSettings(world, port)}:/etc/nginx/nginx.conf:ro`];
  const words = [
    '--name',
    'gate',
    '--network',
    'host',
    '-e',
    `PORT=${port}`,
    '--label',
    'seawall.application=storm-surge',
  ];
  return { id: (await docker('run', '-d', ...words, ...mounts, 'surge/gate:1')).trim(), port };
}

export async function startTomcat(
  world: World,
  { docker }: WorldHost,
  { image, name }: { readonly image: string; readonly name: string },
): Promise<Server> {
  const port = await freePort();
  const settings = [
    '-e',
    `CATALINA_OPTS=-Dhttp.port=${port} -Xmx96m`,
    '-e',
    'MARK=/mark/tide',
    '-v',
    `${world.marks}:/mark`,
  ];
  const words = ['--name', name, '--network', 'host', '--label', 'seawall.application=storm-surge', ...settings];
  const id = (await docker('run', '-d', ...words, '--tmpfs', '/scratch:exec', image)).trim();
  await until(`an answer of ${name}`, async () => (await fetch(`http://127.0.0.1:${port}/hole.jsp`)).ok, {
    seconds: 90,
    every: 250,
  });
  return { id, port };
}

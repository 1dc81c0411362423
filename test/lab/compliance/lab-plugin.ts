import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Yard } from './lab-engine.ts';

const perl = '/usr/bin/perl';
const socket = 'lab.sock';
/** Listens, which is all that an engine wants of a plugin before it calls it enabled. */
const listening = `socket(S,1,1,0);bind(S,pack('Sa108',1,'/run/docker/plugins/${socket}'));listen(S,5);while(accept(C,S)){close C}`;

/** A managed plugin that wants more than it should, enabled on an engine. */
export async function enablePlugin({ docker }: Yard, folder: string): Promise<void> {
  const place = join(folder, 'plugin');
  const libraries = execFileSync('ldd', [perl], { encoding: 'utf8' }).matchAll(/\/\S+/g);
  for (const path of [perl, ...[...libraries].map(([file]) => file)]) {
    const to = join(place, 'rootfs', path);
    mkdirSync(dirname(to), { recursive: true });
    copyFileSync(path, to);
  }
  mkdirSync(join(place, 'rootfs/run/docker/plugins'), { recursive: true });
  const config = {
    description: 'lab',
    documentation: '',
    entrypoint: [perl, '-e', listening],
    interface: { types: ['docker.volumedriver/1.0'], socket },
    linux: { capabilities: ['CAP_SYS_ADMIN'] },
    network: { type: 'none' },
  };
  writeFileSync(join(place, 'config.json'), JSON.stringify(config));
  await docker('plugin', 'create', 'lab/plugin:1', place);
  await docker('plugin', 'enable', 'lab/plugin:1');
}

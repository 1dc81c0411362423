import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { dockerArchive } from '../../make/image.ts';
import { codePages, makeMapCode } from '../../make/mapping-image.ts';
import { directory, file, makeTar, symlink } from '../../make/tar.ts';

/** Name of the image in the guest's engine. */
export const imageName = 'dynamic:1';

export const loaderPath = '/lib64/ld-linux-x86-64.so.2';

const programs = ['sh', 'ls', 'cp', 'cat', 'id', 'sleep', 'true', 'touch', 'perl'] as const;

/** Programs of this machine's Debian with the libraries that they load, and `map-code`, in one layer; as `docker save` archive. */
export async function dynamicImage(): Promise<Uint8Array> {
  const real = programs.map((name) => realpathSync(`/usr/bin/${name}`));
  const listed = execFileSync('ldd', real, { encoding: 'utf8' });
  const libraries = new Set([...listed.matchAll(/=> (\/\S+)/gu)].map(([, path = '']) => path));
  const layer = makeTar([
    directory('bin'),
    directory('tmp'),
    directory('lib64'),
    symlink('lib', 'lib64'),
    ...programs.map((name, at) => file(`bin/${name}`, readFileSync(real[at] ?? ''), 0o755)),
    ...[...libraries].map((path) => file(`lib64/${basename(path)}`, readFileSync(realpathSync(path)), 0o755)),
    file('bin/map-code', await makeMapCode(), 0o755),
    file('lib64/code.so', codePages(), 0o644),
    file(loaderPath.slice(1), readFileSync(realpathSync(loaderPath)), 0o755),
  ]);
  return dockerArchive([layer], { names: [imageName], config: { config: { Env: ['PATH=/bin'] } } }).bytes;
}

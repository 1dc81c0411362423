import { readFileSync } from 'node:fs';
import { dockerArchive, type MadeImage } from '../../make/image.ts';
import { dpkgStatus, osRelease } from '../../make/packages.ts';
import { directory, file, makeTar } from '../../make/tar.ts';

/** Programs of busybox, with words that let them end at once. */
const programs = [
  'ls /bin',
  'cat /etc/os-release',
  'date',
  'seq 3',
  'wc /etc/os-release',
  'head /etc/os-release',
  'tail /etc/os-release',
  'md5sum /etc/os-release',
  'sha256sum /etc/os-release',
  'sort /etc/os-release',
  'stat /etc/os-release',
  'dirname /etc/os-release',
  'basename /etc/os-release',
  'du /etc',
  'cut -c1 /etc/os-release',
  'tac /etc/os-release',
  'hexdump /etc/os-release',
  'od /etc/os-release',
  'factor 4000',
  'expr 1',
  'uniq /etc/os-release',
  'nl /etc/os-release',
  'rev /etc/os-release',
] as const;

/** Programs of one image. */
const each = 3;

/** An image whose container runs its programs one after another and ends. */
export interface ShortImage extends MadeImage {
  readonly name: string;
}

/** Images that share a shell; each has programs of its own, which differ from the others' in name, content, or both. */
export function shortImages(count: number): readonly ShortImage[] {
  const busybox = readFileSync('/usr/bin/busybox');
  const ground = makeTar([
    directory('bin'),
    directory('etc'),
    osRelease('debian', '13'),
    dpkgStatus([{ name: 'busybox-static', version: '1:1.37.0-6', source: 'busybox' }]),
    file('bin/sh', busybox, 0o755),
    file('bin/sleep', busybox, 0o755),
  ]);
  return Array.from({ length: count }, (_, index) => {
    const own = Array.from({ length: each }, (_, at) => programs[(index * each + at) % programs.length] ?? 'ls /bin');
    const layer = makeTar(
      own.map((words) => file(`bin/${words.split(' ')[0]}`, Buffer.concat([busybox, Buffer.from(`${index}`)]), 0o755)),
    );
    const name = `surge/spray-${index + 1}:1`;
    const script = [...own, 'sleep 0.2'].map((words) => `/bin/${words}`).join('; ');
    const config = { config: { Entrypoint: ['/bin/sh', '-c', script], Env: ['PATH=/bin'] } };
    return { name, ...dockerArchive([ground, layer], { names: [name], config }) };
  });
}

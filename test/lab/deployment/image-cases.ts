import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { releaseOf } from '../../../tools/release/release.ts';
import { treeFolder } from '../../../tools/release/tree.ts';
import { repository } from '../../journeys/seawall.ts';
import { debianImage } from '../../make/debian.ts';
import { expectThat, type LabCase } from '../lab.ts';
import { consoleIn } from './console-container.ts';
import type { Deployment } from './world.ts';

const run = promisify(execFile);

/** Megabytes that the console's image with PostgreSQL takes, unpacked. */
const largest = 350;

/** What is released as images. */
export const imageCases: readonly LabCase<Deployment>[] = [
  {
    id: 'I6',
    title: `the console's image with PostgreSQL takes at most ${largest} MB unpacked`,
    async run({ harbour, released }) {
      const ground = await harbour('docker');
      const sizes = new Map<string, number>();
      for (const { name } of (await released()).images) {
        const size = Number(await ground.must('image', 'inspect', '--format', '{{.Size}}', name));
        sizes.set(name, Math.ceil(size / 1e6));
      }
      const figures = [...sizes].map(([name, size]) => `${name} ${size} MB`).join(', ');
      expectThat((sizes.get('seawall/console') ?? Number.POSITIVE_INFINITY) <= largest, figures);
      return figures;
    },
  },
  {
    id: 'I7',
    title: 'two releases of one commit, from two folders with npm packages of their own, are equal byte for byte',
    protectedBy: 'the time of the commit',
    shownBy: '`npm test` makes the package and the one file twice, in package.test.ts and one-file.test.ts.',
    minutes: 30,
    async run({ armed }) {
      const work = mkdtempSync(join(tmpdir(), 'seawall-releases-'));
      try {
        const first = await releaseFrom(join(work, 'first'), 0);
        const second = await releaseFrom(join(work, 'a-folder-with-a-longer-name'), armed ? 0 : 1);
        const names = readdirSync(first);
        expectThat(names.join() === readdirSync(second).join(), `${names} and ${readdirSync(second)}`);
        const differing: string[] = [];
        for (const name of names)
          if ((await sha256(join(first, name))) !== (await sha256(join(second, name)))) differing.push(name);
        expectThat(differing.length === 0, `these differ: ${differing.join(', ')}`);
        return `${names.length} files, ${(await sha256(join(first, 'SHA256SUMS'))).slice(0, 12)}`;
      } finally {
        rmSync(work, { recursive: true });
      }
    },
  },
  {
    id: 'I8',
    title: 'the Dockerfile makes a console on a base of one’s own, without a network',
    shownBy: 'I2 shows the same with the images of the release.',
    async run({ harbour, released }) {
      const ground = await harbour('docker');
      await ground.must('load', '-q', '-i', (await debianImage()).archive);
      const file = join(repository, 'integrations/docker/Dockerfile');
      const words = ['--network', 'none', '--build-arg', 'BASE=made/debian:13', '-t', 'lab/console', '-f', file];
      await ground.must('build', '-q', ...words, treeFolder((await released()).release));
      const console = await consoleIn(ground, { image: 'lab/console' });
      try {
        await console.run();
        await console.served();
      } finally {
        await console.remove();
      }
      return undefined;
    },
  },
];

/** Releases the last commit of this checkout from a clone of it, dated some seconds later; answers the folder of the artefacts. */
async function releaseFrom(clone: string, later: number): Promise<string> {
  await run('git', ['clone', '--quiet', repository, clone]);
  mkdirSync(join(clone, '.cache'));
  for (const place of ['node_modules', '.cache/release']) {
    // Root file systems of Debian are made where they are not there.
    const from = join(repository, place);
    if (existsSync(from)) await run('cp', ['-a', realpathSync(from), join(clone, place)]);
  }
  const release = releaseOf(clone);
  const path = `${join(clone, 'node_modules/.bin')}:${process.env['PATH']}`;
  const env = { ...process.env, PATH: path, SOURCE_DATE_EPOCH: String(release.epoch + later) };
  await run(process.execPath, ['tools/release.ts'], { cwd: clone, env, maxBuffer: 2 ** 26 });
  return release.out;
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

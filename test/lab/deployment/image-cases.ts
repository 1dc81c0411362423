import { createHash } from 'node:crypto';
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { makeImages } from '../../../tools/release/images.ts';
import { layTree, treeFolder } from '../../../tools/release/tree.ts';
import { repository } from '../../journeys/seawall.ts';
import { debianImage } from '../../make/debian.ts';
import { expectThat, type LabCase } from '../lab.ts';
import { consoleIn } from './console-container.ts';
import type { Deployment } from './world.ts';

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
    title: 'two releases of one commit have the same images, byte for byte',
    protectedBy: 'the time of the commit',
    async run({ released, armed }) {
      const { release, images } = await released();
      const out = mkdtempSync(join(tmpdir(), 'seawall-release-'));
      try {
        const second = { ...release, out, epoch: armed ? release.epoch : release.epoch + 1 };
        await layTree(second);
        const again = await makeImages(second);
        for (const [index, { name, archive }] of images.entries()) {
          const other = again[index];
          expectThat(other !== undefined && other.name === name, `${name} is missing`);
          const digests = [await sha256(archive), await sha256(other.archive)];
          expectThat(digests[0] === digests[1], `${basename(archive)} differs: ${digests.join(' and ')}`);
        }
        return images.map(({ name, digest }) => `${name} ${digest.slice(7, 19)}`).join(', ');
      } finally {
        rmSync(out, { recursive: true });
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

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

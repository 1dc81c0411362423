import { createToken } from '#access/contract.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { publishScan } from '#catalog/contract.ts';
import { getImage, getOverview } from '#explorer/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { analyzers, analyzeTarget } from '#catalog/index.ts';
import { defaultLimits, hostPlatform, openTarget } from '#image/index.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Estate } from './estate.ts';
import { flawed, surgeImage } from './images.ts';

const image = surgeImage({ name: 'registry.example/surge/portal:7', packages: [flawed.openssl], build: 'portal 7' });

/** Who is believed about an image. */
export const publisherCases: readonly LabCase<Estate>[] = [
  {
    id: 'W1',
    title: 'a CI token of another repository that publishes a clean catalog of what runs in prod changes nothing there',
    protectedBy: 'the binding of the token to its repository',
    async run(estate) {
      const { armed, ask, load, piers, row } = estate;
      await load(image, piers.prod);
      await piers.prod.docker('run', '-d', '--network', 'none', '--name', 'portal', 'registry.example/surge/portal:7');
      const judged = async () => (await row(image.digest)).placements.find((one) => one.environment === 'prod');
      await until('a failing verdict in prod', async () => (await judged())?.verdict === 'fail', { seconds: 20 });
      const honest = await scan(estate);
      const clean: ScanPublication = {
        ...honest,
        catalog: { ...honest.catalog, packages: honest.catalog.packages.filter(({ name }) => name === 'musl') },
      };
      const repositories = armed ? ['registry.example/other/*'] : ['registry.example/surge/*'];
      const { secret } = await ask(createToken, { body: { name: 'liar', role: 'ci', repositories } });
      await ask(publishScan, { body: clean } as never, secret);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const placement = await judged();
      expectThat(placement?.verdict === 'fail', `prod now says ${placement?.verdict}`);
      const { counts } = await row(image.digest);
      expectThat(counts.medium === 1, `${counts.medium} Medium findings are left`);
      return undefined;
    },
  },
  {
    id: 'W2',
    title: 'two publishers that differ are shown on the image and on the overview, and are an incident',
    async run({ ask }) {
      const { differences } = await until(
        'the difference',
        async () => {
          const detail = await ask(getImage, { params: { subject: image.digest } });
          return detail.differences.length > 0 ? detail : undefined;
        },
        { seconds: 10 },
      );
      const publishers = differences[0]?.scans.map(({ publisher }) => publisher) ?? [];
      expectThat(publishers.includes('liar') && publishers.length === 2, `publishers: ${publishers.join(', ')}`);
      const overview = await ask(getOverview, { query: {} });
      expectThat(
        overview.differences.some(({ subject }) => subject === image.digest),
        'the overview does not name the image',
      );
      const { title } = await until(
        'the incident',
        async () => {
          const { incidents } = await ask(listIncidents, { query: { image: image.digest, environment: 'prod' } });
          return incidents[0];
        },
        { seconds: 10 },
      );
      return `${publishers.join(' against ')}: ${title}`;
    },
  },
];

/** What an honest scan of the image finds. */
async function scan({ state }: Estate): Promise<ScanPublication> {
  const archive = join(state, 'portal.tar');
  writeFileSync(archive, image.bytes);
  const opened = await openTarget(`archive:${archive}`, {
    platform: hostPlatform(process.arch),
    limits: defaultLimits,
    dockerSocket: join(state, 'no.sock'),
  });
  try {
    const { subject, catalog } = await analyzeTarget(opened, { analyzers, limits: defaultLimits });
    const scanner = { name: 'seawall', version: '0', host: 'builder' };
    return { target: archive, subject, catalog, scannedAt: new Date().toISOString(), scanner };
  } finally {
    await opened.close();
  }
}

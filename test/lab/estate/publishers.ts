import { createToken } from '#access/contract.ts';
import type { ScanPublication } from '#catalog/contract.ts';
import { publishScan } from '#catalog/contract.ts';
import { getImage, getOverview } from '#explorer/contract.ts';
import { lookForProvenance } from '#provenance/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { SubjectId } from '#base/index.ts';
import { scanArchive } from '../../journeys/make-scan.ts';
import { pushImage } from '../../make/registry.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Estate } from './estate.ts';
import { vulnerable, isOfBase, surgeImage, surgeOciImage } from './images.ts';

/** Who is believed about an image. */
export const publisherCases: readonly LabCase<Estate>[] = [
  {
    id: 'W1',
    title:
      'a CI token that publishes a clean catalog of what runs in prod changes nothing there, though it may publish it',
    protectedBy: 'the scan of the host that holds the image',
    async run(estate) {
      const { armed, ask, load, piers, registry, row } = estate;
      const image = portal(estate);
      const honest = await scan(estate);
      const { secret } = await ask(createToken, {
        body: { name: 'liar', role: 'ci', repositories: [`${registry}/surge/*`] },
      });
      const publish = async (body: ScanPublication) => await ask(publishScan, { body } as never, secret);
      await pushImage(surgeOciImage(aboutPortal(estate)), { name: nameOf(estate) });
      if (armed) {
        await load(image, piers.prod);
        await piers.prod.docker('run', '-d', '--network', 'none', '--name', 'portal', nameOf(estate));
      } else await publish(honest);
      const judged = async () => {
        const { placements, verdict } = await row(image.digest);
        return armed ? placements.find((one) => one.environment === 'prod')?.verdict : verdict;
      };
      await until('a failing verdict', async () => (await judged()) === 'fail', { seconds: 30 });
      await until('the proof of its origin', () => isProven(estate), { seconds: 20, every: 500 });
      await publish({
        ...honest,
        catalog: { ...honest.catalog, packages: honest.catalog.packages.filter(isOfBase) },
      });
      await new Promise((resolve) => setTimeout(resolve, 3000));
      const verdict = await judged();
      expectThat(verdict === 'fail', `it is now judged ${verdict}`);
      const { counts } = await row(image.digest);
      expectThat(counts.medium === 1, `${counts.medium} Medium findings are left`);
      return undefined;
    },
  },
  {
    id: 'W2',
    title: 'two publishers that differ are shown on the image and on the overview, and are an incident',
    async run(estate) {
      const { ask } = estate;
      const { digest } = portal(estate);
      const { differences } = await until(
        'the difference',
        async () => {
          const detail = await ask(getImage, { params: { subject: digest } });
          return detail.differences.length > 0 ? detail : undefined;
        },
        { seconds: 10 },
      );
      const publishers = differences[0]?.scans.map(({ publisher }) => publisher) ?? [];
      expectThat(publishers.includes('liar') && publishers.length === 2, `publishers: ${publishers.join(', ')}`);
      await until(
        'the image on the overview',
        async () => (await ask(getOverview, { query: {} })).differences.some(({ subject }) => subject === digest),
        { seconds: 10 },
      );
      const { title } = await until(
        'the incident',
        async () => {
          const { incidents } = await ask(listIncidents, { query: { image: digest, environment: 'prod' } });
          return incidents[0];
        },
        { seconds: 10 },
      );
      return `${publishers.join(' against ')}: ${title}`;
    },
  },
];

function nameOf({ registry }: Estate): string {
  return `${registry}/surge/portal:7`;
}

function aboutPortal(estate: Estate) {
  return { name: nameOf(estate), packages: [vulnerable.openssl], build: 'portal 7' };
}

function portal(estate: Estate) {
  return surgeImage(aboutPortal(estate));
}

/** What an honest scan of the image finds. */
async function scan(estate: Estate): Promise<ScanPublication> {
  const archive = join(estate.state, 'portal.tar');
  writeFileSync(archive, portal(estate).bytes);
  return await scanArchive(archive);
}

async function isProven(estate: Estate): Promise<boolean> {
  const subject = portal(estate).digest as string as SubjectId;
  const { provenance } = await estate.ask(lookForProvenance, { params: { subject } });
  return provenance.origin.state === 'proven';
}

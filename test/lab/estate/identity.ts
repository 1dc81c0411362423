import { listContainers, listHosts } from '#inventory/contract.ts';
import { listVulnerabilities, listImages } from '#explorer/contract.ts';
import { openBrowser } from '../../journeys/browser.ts';
import { newLink } from '../../journeys/real-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Estate } from './estate.ts';
import { vulnerable, opensslVulnerability, surgeImage } from './images.ts';

/** What an image is, and where it runs. */
export const identityCases: readonly LabCase<Estate>[] = [
  {
    id: 'E1',
    title: 'one image under three names on both image stores is one subject',
    async run({ load, row, ask, piers }) {
      const image = surgeImage({ name: 'surge/tide:1', packages: [vulnerable.openssl, vulnerable.patch] });
      await load(image, piers.dev, piers.test, piers.prod);
      await piers.test.docker('tag', 'surge/tide:1', 'registry.test.example/tide:candidate');
      await piers.prod.docker('tag', 'surge/tide:1', 'registry.example/surge/tide:2026.1');
      const { placements } = await until(
        'three placements',
        async () => {
          const found = await row(image.digest);
          return found.placements.length === 3 && found.names.length === 3 ? found : undefined;
        },
        { seconds: 30 },
      );
      const { images } = await ask(listImages, { query: { search: 'tide' } });
      expectThat(images.length === 1, `${images.length} rows for one image`);
      return placements.map(({ environment }) => environment).join(', ');
    },
  },
  {
    id: 'E2',
    title: 'a container is on the console after its start, and gone after its end',
    async run({ ask, piers }) {
      const times: number[] = [];
      for (const pier of Object.values(piers)) {
        const id = await pier.docker('run', '-d', '--network', 'none', 'surge/tide:1');
        const started = performance.now();
        const up = async (): Promise<boolean> =>
          (await ask(listContainers, { query: { state: 'up', host: `pier/${pier.name}` } })).containers.some(
            (one) => one.id === id,
          );
        await until('the container', up, { seconds: 2, every: 20 });
        times.push(performance.now() - started);
        await pier.docker('rm', '-f', id);
        await until('its end', async () => !(await up()), { seconds: 2 });
      }
      return times.map((time) => `${Math.round(time)} ms`).join(', ');
    },
  },
  {
    id: 'E3',
    title: 'a vulnerable image that starts in prod is first on an open page within 2 s',
    async run(estate) {
      const { piers, console, state, load, row } = estate;
      const other = surgeImage({ name: 'surge/chart:1', packages: [vulnerable.coreutils] });
      await load(other, piers.prod);
      await row(other.digest);
      await until('the first scans of all hosts', () => isQuiet(estate), { seconds: 120 });
      const chart = await piers.prod.docker('run', '-d', '--network', 'none', 'surge/chart:1');
      await until('the ranking of what runs', async () => (await placeOf(estate)) > 0, { seconds: 20 });
      const browser = await openBrowser();
      try {
        await browser.page.goto(await newLink(state));
        await browser.page.waitForURL((url) => url.pathname !== '/sign-in');
        await browser.page.goto(`${console().origin}/vulnerabilities?environment=prod`);
        const ranking = browser.page.getByRole('table', { name: 'Vulnerabilities by risk' }).locator('tbody');
        await ranking.waitFor();
        const seen = async (): Promise<number> => placeIn(await ranking.innerText());
        const rows = () => ranking.locator('tr').count();
        await until('what the other image runs with', async () => (await rows()) > 0, { seconds: 5 });
        expectThat((await seen()) === -1, 'the vulnerability is ranked in prod before it runs there');
        const tide = await piers.prod.docker('run', '-d', '--network', 'none', 'surge/tide:1');
        const started = performance.now();
        await until('the vulnerability in the first place', async () => (await seen()) === 0, {
          seconds: 2,
          every: 20,
        });
        const time = performance.now() - started;
        await piers.prod.docker('rm', '-f', tide, chart);
        return `from on disk only to place 1 in ${Math.round(time)} ms`;
      } finally {
        await browser.close();
      }
    },
  },
];

/** Whether no agent scans: the page is timed on hosts at their usual work. */
async function isQuiet({ ask }: Estate): Promise<boolean> {
  const { hosts } = await ask(listHosts);
  return hosts.every(({ facts, counts }) => facts?.progress === undefined && counts.unscanned === 0);
}

/** Place of the vulnerability of openssl in the ranking of prod, from 0. */
async function placeOf({ ask }: Estate): Promise<number> {
  const { vulnerabilities } = await ask(listVulnerabilities, { query: { environment: 'prod' } });
  return vulnerabilities.findIndex(({ id }) => id === opensslVulnerability);
}

function placeIn(text: string): number {
  const ids = [...text.matchAll(/CVE-\d+-\d+/g)].map(([id]) => id);
  return [...new Set(ids)].indexOf(opensslVulnerability);
}

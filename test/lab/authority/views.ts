import { putCollection } from '#access/contract.ts';
import { isAppError } from '#base/index.ts';
import { listWantedScans, publishScan, type ScanPublication } from '#catalog/contract.ts';
import {
  getChanges,
  getImage,
  listExecutables,
  listFindings,
  listVulnerabilities,
  listImages,
  listPackages,
} from '#explorer/contract.ts';
import { listContainers } from '#inventory/contract.ts';
import { getScanVerdict } from '#policy/contract.ts';
import { getProvenance, lookForProvenance, pullImage } from '#provenance/contract.ts';
import { listIncidents } from '#runtime/contract.ts';
import { getScanFindings } from '#vulnerability/contract.ts';
import type { Caller } from '../lab-console.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Cargo, Harbour } from './harbour.ts';
import { named } from './publishing.ts';

/** What who sees one collection gets to see of the images of another team. */
export const viewCases: readonly LabCase<Harbour>[] = [
  {
    id: 'A23',
    title: 'who is signed in for one collection sees nothing of the image of another team, whatever he publishes',
    protectedBy: 'the collections of the user',
    async run(harbour) {
      const { armed, ask, cargo, piers, person, registry, run, scan } = harbour;
      const [own, theirs] = [cargo('shop', 'vulnerable'), cargo('mill', 'vulnerable')];
      const selects = { images: [`${registry}/shop/*`] };
      await ask(putCollection, { params: { id: 'shop' }, body: { name: 'Shop', description: '', selects } });
      const call = await person('of the shop', 'operator', armed ? ['shop'] : undefined);
      for (const one of [own, theirs]) {
        await run(one, piers.prod);
        const isListed = async () => (await ask(listImages, { query: { search: one.digest } })).total === 1;
        await until('the image', isListed, { seconds: 30 });
      }
      const seesOwn = async () => (await call(listImages, { query: { search: own.digest } })).total === 1;
      await until('his own image', seesOwn, { seconds: 20 });
      // Once he has published a scan of it himself, the answer is about his own.
      const { analyzers } = (await scan(theirs)).catalog;
      const subjects = [theirs.digest];
      const { wanted } = await call(listWantedScans, { body: { subjects, analyzers: [...analyzers] } });
      expectThat(wanted.length === 1, 'the question which scans are wanted tells of it');
      const forged = `${registry}/shop/forged:23`;
      const lies = [
        named(await scan(theirs), forged),
        named(await scan(theirs), own.name),
        claiming(await scan(own), theirs),
      ];
      const answers: string[] = [];
      for (const lie of lies) answers.push(await answerTo(call(publishScan, { body: lie as never })));
      await new Promise((resolve) => setTimeout(resolve, 2000));
      await seesNothing(harbour, call, { own, theirs });
      return `publishing is ${answers.join(', ')}`;
    },
  },
];

/** The image of one's own, with the digest of another one as its manifest and its index, from the same job. */
function claiming(publication: ScanPublication, { digest }: Cargo): ScanPublication {
  const { subject } = publication;
  if (subject.kind !== 'image') return publication;
  const aliases = { manifestDigest: digest as never, indexDigest: digest as never };
  return { ...publication, subject: { ...subject, ...aliases } };
}

/** Asks each way that could show an image; throws for the first that does. */
async function seesNothing(
  { image }: Harbour,
  call: Caller,
  { own, theirs }: { readonly own: Cargo; readonly theirs: Cargo },
): Promise<void> {
  const subject = theirs.digest;
  for (const search of [subject, theirs.name]) {
    const { total } = await call(listImages, { query: { search } });
    expectThat(total === 0, `the list of images shows ${total} for ${search}`);
  }
  const rows = await call(listFindings, { query: { limit: 500 } });
  expectThat(!JSON.stringify(rows).includes(subject), 'the findings show it');
  expectThat((await call(listFindings, { query: { subject } })).total === 0, 'the findings of it are shown');
  const vulnerabilities = await call(listVulnerabilities, { query: { search: theirs.name } });
  expectThat(vulnerabilities.total === 0, 'the explorer shows it');
  expectThat((await call(listContainers, { query: { subject } })).total === 0, 'its containers are shown');
  expectThat(
    (await call(listIncidents, { query: { image: subject as never } })).total === 0,
    'its incidents are shown',
  );
  const scan = (await image(subject)).scans.find(({ publisher }) => publisher.kind === 'agent');
  if (scan === undefined) throw new Error('No host has scanned the image.');
  const params = { subject };
  const hidden: Readonly<Record<string, () => Promise<unknown>>> = {
    page: () => call(getImage, { params }),
    packages: () => call(listPackages, { params }),
    executables: () => call(listExecutables, { params }),
    provenance: () => call(getProvenance, { params }),
    look: () => call(lookForProvenance, { params }),
    pull: () => call(pullImage, { params: { digest: subject } }),
    changes: () => call(getChanges, { params: { subject: own.digest }, query: { against: subject } }),
    findings: () => call(getScanFindings, { params: { scan: scan.scan } }),
    verdict: () => call(getScanVerdict, { params: { scan: scan.scan } }),
  };
  for (const [what, attempt] of Object.entries(hidden)) {
    const answer = await answerTo(attempt());
    expectThat(answer === 'not-found' || answer === 'not-allowed', `${what} of it: ${answer}`);
  }
}

/** `taken`, or the code of the refusal. */
async function answerTo(attempt: Promise<unknown>): Promise<string> {
  return await attempt.then(
    () => 'taken',
    (error: unknown) => {
      if (isAppError(error)) return error.code;
      throw error;
    },
  );
}

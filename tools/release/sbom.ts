import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageURL } from 'packageurl-js';
import { sealedBill } from '../../src/apps/cli/formats/cyclonedx/document.ts';
import { licencesOf } from '../../src/apps/cli/formats/licences.ts';
import { imageArchives } from './image-archives.ts';
import { shippedPlaces } from './notice.ts';
import { readLock } from './packages.ts';
import { type Release } from './release.ts';
import { seawallJson } from './seawall-json.ts';
import { programFolder, treeFolder } from './tree.ts';

interface Component {
  readonly 'bom-ref': string;
  readonly purl?: string;
  readonly [field: string]: unknown;
}

/**
 * Writes `seawall-VERSION.cdx.json`: the npm packages that ship, in bundles too, where no scan finds them; the programs in C;
 * the Debian packages of the images. The same release gives the same text.
 */
export async function makeSbom(release: Release): Promise<void> {
  const { version, epoch, out, root } = release;
  const ref = `pkg:generic/seawall@${version}`;
  const components = [...npmComponents(root), ...nativeComponents(release), ...(await debianComponents(release))];
  const bill = sealedBill(
    {
      version: 1,
      metadata: {
        tools: { components: [{ type: 'application', name: 'seawall', version }] },
        component: { 'bom-ref': ref, type: 'application', name: 'seawall', version, purl: ref },
      },
      components,
      dependencies: [{ ref, dependsOn: components.map((one) => one['bom-ref']) }],
      compositions: [{ aggregate: 'unknown', assemblies: [ref] }],
    },
    new Date(epoch * 1000),
  );
  writeFileSync(join(out, `seawall-${version}.cdx.json`), `${JSON.stringify(bill, undefined, 2)}\n`);
}

/** By the lock file, with the hashes by which npm fetches them. */
function npmComponents(root: string): readonly Component[] {
  const lock = readLock(root);
  const components = shippedPlaces(lock).map((place): Component => {
    const { version = '', license = '', integrity = '' } = lock.get(place) ?? {};
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const [group, own] = name.startsWith('@') ? [name.split('/')[0], name.split('/')[1]] : [undefined, name];
    const purl = new PackageURL('npm', group, own ?? name, version, undefined, undefined).toString();
    const sha512 = /^sha512-(\S+)$/.exec(integrity)?.[1];
    return {
      'bom-ref': purl,
      type: 'library',
      ...(group === undefined ? {} : { group }),
      name: own,
      version,
      ...(sha512 === undefined
        ? {}
        : { hashes: [{ alg: 'SHA-512', content: Buffer.from(sha512, 'base64').toString('hex') }] }),
      ...(license === '' ? {} : { licenses: licencesOf([license]) }),
      purl,
    };
  });
  return uniqueByRef(components);
}

/** The programs in C, as the tree holds them. */
function nativeComponents(release: Release): readonly Component[] {
  const folder = join(treeFolder(release), programFolder, 'native/build');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted()
    .map((name) => {
      const content = createHash('sha256')
        .update(readFileSync(join(folder, name)))
        .digest('hex');
      // Debian's busybox, unchanged, under a name of its own.
      const version = name === 'seawall-busybox' ? {} : { version: release.version };
      return {
        'bom-ref': `native:${name}`,
        type: 'application',
        name,
        ...version,
        hashes: [{ alg: 'SHA-256', content }],
      };
    });
}

/** Of all images, each package once. */
async function debianComponents(release: Release): Promise<readonly Component[]> {
  const bills = [];
  for (const { archive } of imageArchives(release)) {
    const words = ['sbom', `archive:${archive}`, '--quiet'];
    bills.push((await seawallJson(release.root, words)) as { readonly components: readonly Component[] });
  }
  const debian = bills.flatMap(({ components }) =>
    components.filter(({ purl }) => purl?.startsWith('pkg:deb/') === true),
  );
  // Layers differ from image to image; the package does not.
  return uniqueByRef(
    debian.map(({ 'bom-ref': ref, type, name, version, licenses, purl }) => ({
      'bom-ref': purl ?? ref,
      type,
      name,
      version,
      ...(licenses === undefined ? {} : { licenses }),
      ...(purl === undefined ? {} : { purl }),
    })),
  );
}

function uniqueByRef(components: readonly Component[]): readonly Component[] {
  const byRef = new Map(components.map((one) => [one['bom-ref'], one]));
  return [...byRef].toSorted(([left], [right]) => (left < right ? -1 : 1)).map(([, one]) => one);
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { messageOf } from '#base/index.ts';
import { makeChart, makeCompose } from './release/chart.ts';
import { makeDeb } from './release/deb.ts';
import { makeArm64Executable, makePlainFile, makeX64Executable } from './release/one-file.ts';
import { makeImages, whyNoImages } from './release/images.ts';
import { makeReadme } from './release/readme.ts';
import { type Release, releaseOf, removeEarlier, uncleanWarning } from './release/release.ts';
import { makeSbom } from './release/sbom.ts';
import { signRelease } from './release/sign.ts';
import { makeTarball } from './release/tarball.ts';
import { layTree } from './release/tree.ts';
import { makeVex } from './release/vex.ts';

/** `npm run release [-- --only NAME,... --out FOLDER]`: all artefacts of a release, offline, from this checkout. */

interface Step {
  readonly name: string;
  readonly what: string;
  /** Answers words where the artefact needs some, such as why it was not made. */
  readonly make: (release: Release) => Promise<string | void>;
}

/** In order: what later ones are made from comes first, the list of all files last. */
const steps: readonly Step[] = [
  { name: 'tree', what: 'installed programs', make: layTree },
  { name: 'cli', what: 'command line as one file, linux x64', make: makeX64Executable },
  { name: 'cli-arm64', what: 'command line as one file, linux arm64', make: makeArm64Executable },
  { name: 'cjs', what: 'command line for machines with Node', make: makePlainFile },
  { name: 'tarball', what: 'tarball', make: makeTarball },
  { name: 'deb', what: 'Debian package of agent, sensor and gate', make: makeDeb },
  { name: 'chart', what: 'Helm chart', make: makeChart },
  { name: 'compose', what: 'compose file', make: makeCompose },
  { name: 'images', what: 'container images', make: imagesOf },
  { name: 'sbom', what: 'bill of materials', make: makeSbom },
  { name: 'vex', what: 'our own rules on it, and what is said of open findings', make: makeVex },
  {
    name: 'readme',
    what: 'what each file is, and the first steps',
    make: async (release) => makeReadme(release, process.env['SEAWALL_RELEASE_KEY']),
  },
  {
    name: 'sums',
    what: 'list of files',
    make: async (release) => await signRelease(release, process.env['SEAWALL_RELEASE_KEY']),
  },
];

/** Their root file systems are made as root, unless somebody names others. */
async function imagesOf(release: Release): Promise<string | void> {
  const why = whyNoImages(release.root);
  if (why !== undefined) return `not made: ${why}`;
  await makeImages(release);
}

const { values } = parseArgs({ options: { only: { type: 'string' }, out: { type: 'string' } } });
const wanted = values.only?.split(',') ?? steps.map(({ name }) => name);
const unknown = wanted.filter((name) => !steps.some((step) => step.name === name));
if (unknown.length > 0) {
  console.error(
    `seawall: --only ${unknown.join(',')} names no step. The steps: ${steps.map(({ name }) => name).join(', ')}.`,
  );
  process.exit(2);
}
try {
  await makeRelease();
} catch (error) {
  console.error(`\nseawall: ${messageOf(error)}`);
  process.exitCode = 1;
}

async function makeRelease(): Promise<void> {
  const release = releaseOf(join(import.meta.dirname, '..'), values.out);
  const warning = uncleanWarning(release.root);
  if (warning !== undefined) console.error(`Warning: ${warning}`);
  if (values.only === undefined) removeEarlier(release);
  mkdirSync(release.out, { recursive: true });
  for (const { name, what, make } of steps.filter((step) => wanted.includes(step.name))) {
    const started = performance.now();
    process.stderr.write(`${name.padEnd(10)} ${what} … `);
    const words = await make(release);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${seconds} s${words === undefined ? '' : `: ${words}`}\n`);
  }
  console.log(`Seawall ${release.version} is in ${release.out}`);
}

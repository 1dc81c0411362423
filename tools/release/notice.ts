import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { placesOf, readLock } from './packages.ts';

/** Packages that the bundle of the pages is made with. The others of the release are the dependencies of `package.json`. */
const ofPages = [
  '@fontsource-variable/inter',
  '@fontsource-variable/jetbrains-mono',
  '@mantine/core',
  '@mantine/hooks',
  '@tanstack/react-query',
  '@tanstack/react-router',
  '@tanstack/react-virtual',
  'react',
  'react-dom',
  'uplot',
] as const;

/** What is linked into the programs in C, or beside them, from the Debian packages of the build machine. */
const native = `The programs in native/build hold, from Debian packages of the machine that built them:

GNU C library (LGPL-2.1-or-later), jansson (MIT): seawall-runc, seawall-authz, seawall-script
libbpf (LGPL-2.1-only or BSD-2-Clause), in generated code: seawall-sensor
busybox (GPL-2.0-only), unchanged from the package busybox-static: seawall-busybox

Their sources are those of the Debian packages glibc, jansson, libbpf and busybox.
`;

/** Licences of all that is in the release and not Seawall's own, each text once. */
export function noticeOf(root: string): string {
  const lock = readLock(root);
  const { dependencies, optionalDependencies } = lock.get('') ?? {};
  const places = placesOf(lock, [...Object.keys({ ...dependencies, ...optionalDependencies }), ...ofPages]);
  const texts = new Map<string, string[]>();
  for (const place of places) {
    const { version = '', license = '' } = lock.get(place) ?? {};
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const text = licenceOf(join(root, place)) ?? `Licence: ${license}\n`;
    texts.set(text, [...(texts.get(text) ?? []), `${name} ${version} (${license})`]);
  }
  const parts = [...texts].map(([text, packages]) => `${packages.join('\n')}\n\n${text.trimEnd()}\n`);
  return [`Seawall holds software of others, under these licences.\n`, native, ...parts].join(
    `\n${'-'.repeat(80)}\n\n`,
  );
}

function licenceOf(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const [name] = readdirSync(folder)
    .filter((file) => /^licen[cs]e(?:\.|-|$)/i.test(file))
    .toSorted();
  return name === undefined ? undefined : readFileSync(join(folder, name), 'utf8').replaceAll('\r\n', '\n');
}

import type { Distribution, Package, ScanPublication } from '#catalog/contract.ts';
import { purlOf } from '../../src/catalog/purl.ts';

/** Text as nobody should write it, and as an image may hold it: markup, quotes, escapes, halves of characters, turned directions. */
export const hostileTexts: readonly string[] = [
  '<img src=x onerror="window.harmed=1">',
  '</script><script>window.harmed=1</script>',
  '"><svg onload=window.harmed=1>',
  'javascript:window.harmed=1',
  "'; drop table explorer.image_row; --",
  '${7*7}{{7*7}}',
  '__proto__',
  'constructor',
  '../../../etc/passwd',
  '%00%0d%0a',
  '\u202Egpj.exe',
  '\u2028\u2029\uFEFF',
  '\uD800',
  'half \uDC00 pair',
  'e\u0301'.repeat(40),
  '👩‍👩‍👧‍👦'.repeat(12),
  'a'.repeat(500),
  '%_\\',
  '\u009b31m',
  '   ',
];

/** Characters that no line of text holds; an image's labels, build steps and paths may. */
export const controls: readonly string[] = ['\u0000', '\u001b[2J', '\r\n', '\u0007', '\u007f', 'a\u0000b'];

/** A publication whose every free text is hostile, `packages` of them; what is checked by form stays as it was. */
export function hostilePublication(sound: ScanPublication, packages: number): ScanPublication {
  if (sound.subject.kind !== 'image') throw new Error('An image is needed.');
  const { subject, catalog } = sound;
  const nested = hostileTexts.join('/');
  const wild = [...hostileTexts, ...controls];
  const distribution = { id: textAt(0).slice(0, 60), like: [], name: textAt(1) };
  const first = catalog.packages[0];
  if (first === undefined) throw new Error('A package is needed.');
  return {
    ...sound,
    target: textAt(0),
    scanner: { name: textAt(1).slice(0, 100), version: '0', host: textAt(2).slice(0, 200) },
    job: { name: textAt(0), url: 'javascript:window.harmed=1' },
    subject: {
      ...subject,
      names: [textAt(0), ...hostileTexts.slice(1)],
      layers: subject.layers.map((layer) => ({ ...layer, createdBy: nested })),
      history: wild.map((text) => ({ createdBy: text.repeat(20) })),
      settings: {
        ...subject.settings,
        entrypoint: wild,
        command: wild,
        labels: Object.fromEntries(wild.map((text, at) => [`${text.slice(0, 500)}${at}`, text])),
      },
    },
    catalog: {
      ...catalog,
      distribution,
      packages: Array.from({ length: packages }, (_, at) => ({
        ...first,
        ...namedAfter({ ...first, name: textAt(at), version: `${textAt(at + 1)}${at}` }, distribution),
        licenses: hostileTexts.slice(0, 5),
        vendor: textAt(at + 2),
        paths: [wild[at % wild.length] ?? '', nested],
        files: wild,
      })),
      faults: wild.map((text, at) => ({ code: 'corrupt-json', message: textAt(at), path: text })),
    },
  };
}

/** A package URL holds no half of a character and no empty name: there the nearest that one can be made of. */
function namedAfter(pkg: Package, distribution: Distribution): Pick<Package, 'name' | 'version' | 'purl'> {
  const { name, version } = pkg;
  for (const one of [
    { name, version },
    { name: `x${name.toWellFormed()}`, version: `1${version.toWellFormed()}` },
  ]) {
    try {
      return { ...one, purl: purlOf({ ...pkg, ...one }, distribution) };
    } catch {
      // Said above.
    }
  }
  throw new Error(`No package URL can be made of ${name}.`);
}

function textAt(at: number): string {
  return hostileTexts[at % hostileTexts.length] ?? '';
}

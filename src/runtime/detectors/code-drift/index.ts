import { codeFolderOf } from '../../code-folder.ts';
import { derivationAt } from '../../derivations.ts';
import type { Detector, DetectorContext } from '../../detector.ts';
import type { CodeSighting } from '../../event.ts';
import { entryText } from '../../entry-text.ts';
import { printable } from '../../printable.ts';
import { lateRemedy, sentence, wasStopped } from '../../sentence.ts';

/** Libraries, Java code and scripts that came after the image, at the moment that something runs them. */
export const codeDrift: Detector = {
  id: 'code-drift',
  version: 1,
  summary: "A library, Java archive, page or script is run that is not the image's, or was changed",
  techniques: ['T1574.006', 'T1505.003', 'T1059', 'T1059.004', 'T1059.006', 'T1059.007'],
  aspect: 'code',
  detect(sighting, context) {
    if (sighting.kind !== 'code' || context.permission === 'allowed') return undefined;
    if (context.graded.grade === 'nothing' && !wasStopped(sighting)) return undefined;
    return {
      severity: 'high',
      technique: techniqueOf(sighting),
      message: sentence(sighting, wrongWith(sighting, context)),
      remedy: `${lateRemedy(sighting)}Find out what wrote the file. If the application brings code with it at run time, ${allowing(sighting)}; else recreate the container from its image.`,
    };
  },
};

/** A library that a program made has another content each time: its folder is what can be allowed. */
function allowing({ code, writer, process, file }: CodeSighting): string {
  const line =
    code === 'library' && writer === process.path
      ? entryText({ dimension: 'file', kind: 'generated-code', path: process.path, folder: codeFolderOf(file.path) })
      : undefined;
  if (line === undefined) return 'allow its folder or file in the model';
  return `allow its file in the model, or all code of its folder with the line ${line}`;
}

function wrongWith(sighting: CodeSighting, context: DetectorContext): string {
  const product = sighting.origin === 'upper' ? derivationAt(sighting.file.path) : undefined;
  const wrong = foreignness(sighting, context);
  return product === undefined
    ? wrong
    : `${wrong}; it lies where ${product.product} of the image's own code would, and is not proven to be that`;
}

function foreignness({ writer, process, origin }: CodeSighting, { classified }: DetectorContext): string {
  if (classified.class === 'notable') return 'which it wrote itself in a folder that its model does not hold';
  const where = whereWords[origin] ?? 'code that is not in the image';
  if (writer === undefined) return where;
  return `${where}, written by ${writer === process.path ? 'itself' : printable(writer)}`;
}

const whereWords: Readonly<Partial<Record<CodeSighting['origin'], string>>> = {
  image: 'code of the image that is not as it was scanned',
  'other-mount': 'code that lies on a mount and not in the image',
  memory: 'code that exists in memory only',
  deleted: 'code whose file was deleted before',
};

function techniqueOf({ code, file }: CodeSighting): string {
  if (code === 'library') return 'T1574.006';
  if (code === 'java' || /\.(?:php\d?|phtml|phar)$/i.test(file.path)) return 'T1505.003';
  const suffix = /\.(\w+)$/.exec(file.path)?.[1]?.toLowerCase() ?? '';
  return suffixes[suffix] ?? 'T1059';
}

const suffixes: Readonly<Partial<Record<string, string>>> = {
  sh: 'T1059.004',
  py: 'T1059.006',
  pyc: 'T1059.006',
  js: 'T1059.007',
  mjs: 'T1059.007',
  cjs: 'T1059.007',
};

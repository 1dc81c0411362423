import { baseName, isMultiCall } from './programs.ts';

/** Applet whose name is none that a program has: too long, or of other signs. All such names are one. */
export const oddApplet = '{odd}';
/** Stands for every applet, once a program had too many different ones. No program's words can spell it. */
export const anyApplet = '{any}';

const longestName = 31;
const longestWords = 256;
const mostOwn = 4;
const plain = /^[!-z|~]+$/;
/** Names that BusyBox and toybox take as their own, whatever follows them. */
const boxes = ['busybox', 'toybox'];
const coreutilsChoice = '--coreutils-prog';

/**
 * Applet that a multi-call program runs, by its words: the base name of the first one without a leading dash, or, where
 * that is the program's own name, the base name of the next. Where the program itself looks elsewhere it is odd.
 * `native/sensor/applet.h` is the same rule in the kernel, and `native/test/applet-cases.tsv` holds both to it.
 */
export function appletOf(words: readonly string[], own: string | undefined): string {
  let at = 0;
  for (const [index, word] of words.entries()) {
    const end = at + Buffer.byteLength(word) + 1;
    const name = nameOf(index === 0 ? word.replace(/^-/, '') : word);
    if (end > longestWords || name === undefined || (index === 0 && name.startsWith('-'))) return oddApplet;
    if (own === undefined) return name;
    if (name !== own)
      return isElsewhere(name, own) || (index === 0 && isChosenBehind(words[1], own, end)) ? oddApplet : name;
    if (index + 1 === words.length) return name;
    if (index + 1 === mostOwn) return oddApplet;
    at = end;
  }
  return oddApplet;
}

/** BusyBox and toybox take such a name as their own, and look at the word behind it. */
function isElsewhere(name: string, own: string): boolean {
  return [own, ...boxes].some((box) => name.startsWith(box));
}

/** Coreutils run what the word behind the first chooses; the kernel reads no more than so many bytes of it. */
function isChosenBehind(word: string | undefined, own: string, at: number): boolean {
  if (own !== 'coreutils' || word === undefined) return false;
  const looked = Math.min(coreutilsChoice.length, Buffer.byteLength(word) + 1);
  return word.startsWith(coreutilsChoice) || at + looked > longestWords;
}

function nameOf(word: string): string | undefined {
  const name = baseName(word);
  return name.length <= longestName && plain.test(name) && !name.includes('\\') ? name : undefined;
}

/** Applet of a program that is known as multi-call by its name; `undefined` for others, and without its words. */
export function namedApplet(path: string, argv: readonly string[] | undefined): string | undefined {
  if (argv === undefined || argv.length === 0 || !isMultiCall(path)) return undefined;
  return appletOf(argv, baseName(path));
}

/** Number of an applet in edges of policies: 64 bits of FNV-1a of its name; 0 is any applet, and 1 the odd one. */
export function appletNumber(applet: string): bigint {
  if (applet === anyApplet) return 0n;
  if (applet === oddApplet) return 1n;
  const hash = fnv1a(applet);
  return hash > 1n ? hash : hash + 2n;
}

/** Number of a multi-call program's own name in an image's table: the low half of its FNV-1a. */
export function ownNameNumber(name: string): number {
  return Number(BigInt.asUintN(32, fnv1a(name)));
}

function fnv1a(text: string): bigint {
  return Buffer.from(text).reduce((hash, byte) => BigInt.asUintN(64, (hash ^ BigInt(byte)) * prime), basis);
}

const basis = 0xcb_f2_9c_e4_84_22_23_25n;
const prime = 0x1_00_00_00_01_b3n;

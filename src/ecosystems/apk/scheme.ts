import type { VersionScheme } from '../scheme.ts';

/**
 * Order of Alpine package versions: `digits{.digits}{letter}{_suffix{number}}{~hash}{-r#}` (apk-package(5)).
 * The rules are those of apk-tools 3; version 2 differs where a last fraction is all zeros. It also lets digits follow a
 * letter (`1.9.5p2`), as branches of its time have them.
 */
export const apk: VersionScheme = {
  id: 'apk',
  version: 2,
  summary: 'Alpine and Wolfi package versions, as apk orders them',
  compare(left, right) {
    const a = parse(left);
    const b = parse(right);
    if (a === undefined || b === undefined) return undefined;
    for (let i = 0; ; i++) {
      const one = a[i];
      const other = b[i];
      if (one === undefined && other === undefined) return 0;
      const difference = compareTokens(one, other);
      if (difference !== 0) return difference;
    }
  },
};

/** Kinds in the order in which a version may name them; of two versions the one that is earlier in it is newer. */
const kinds = ['first', 'fraction', 'digits', 'letter', 'suffix', 'suffix-number', 'hash', 'revision'] as const;
type Kind = (typeof kinds)[number];

interface Token {
  readonly kind: Kind;
  readonly text: string;
}

const beforeRelease = ['alpha', 'beta', 'pre', 'rc'];
const afterRelease = ['cvs', 'svn', 'git', 'hg', 'p'];

const form =
  /^(?<first>\d+)(?<parts>(?:\.\d+|[a-z]\d+)*[a-z]?)(?<suffixes>(?:_(?:alpha|beta|pre|rc|cvs|svn|git|hg|p)\d*)*)(?:~(?<hash>[0-9a-f]+))?(?:-r(?<revision>\d+))?$/;

function parse(text: string): readonly Token[] | undefined {
  const parts = form.exec(text)?.groups;
  if (parts === undefined) return undefined;
  const inner = (parts['parts'] ?? '').match(/\.\d+|[a-z]|\d+/g) ?? [];
  const suffixes = (parts['suffixes'] ?? '').split('_').slice(1);
  return [
    ...token('first', parts['first']),
    ...inner.map(innerToken),
    ...suffixes.flatMap((suffix) => [
      ...token('suffix', suffix.replace(/\d+$/, '')),
      ...token('suffix-number', /\d+$/.exec(suffix)?.[0]),
    ]),
    ...token('hash', parts['hash']),
    ...token('revision', parts['revision']),
  ];
}

/** `.4`, a letter, or the digits behind a letter. */
function innerToken(text: string): Token {
  if (text.startsWith('.')) return { kind: 'fraction', text: text.slice(1) };
  return { kind: /\d/.test(text) ? 'digits' : 'letter', text };
}

function token(kind: Kind, text: string | undefined): readonly Token[] {
  return text === undefined || text === '' ? [] : [{ kind, text }];
}

function compareTokens(left: Token | undefined, right: Token | undefined): number {
  if (left?.kind !== right?.kind) return compareKinds(left, right);
  if (left === undefined || right === undefined) return 0;
  switch (left.kind) {
    case 'fraction':
      return left.text.startsWith('0') || right.text.startsWith('0')
        ? compareText(left.text, right.text)
        : compareNumbers(left.text, right.text);
    case 'first':
    case 'digits':
    case 'suffix-number':
    case 'revision':
      return compareNumbers(left.text, right.text);
    case 'suffix':
      return suffixRank(left.text) - suffixRank(right.text);
    case 'letter':
    case 'hash':
      return compareText(left.text, right.text);
  }
}

/** A suffix of a pre-release is older than anything that could stand in its place. */
function compareKinds(left: Token | undefined, right: Token | undefined): number {
  if (isPreRelease(left)) return -1;
  if (isPreRelease(right)) return 1;
  return place(right) - place(left);
}

function isPreRelease(token: Token | undefined): boolean {
  return token?.kind === 'suffix' && beforeRelease.includes(token.text);
}

function place(token: Token | undefined): number {
  return token === undefined ? kinds.length : kinds.indexOf(token.kind);
}

function suffixRank(suffix: string): number {
  const before = beforeRelease.indexOf(suffix);
  return before >= 0 ? before - beforeRelease.length : afterRelease.indexOf(suffix);
}

function compareNumbers(left: string, right: string): number {
  const a = left.replace(/^0+/, '');
  const b = right.replace(/^0+/, '');
  return a.length - b.length || compareText(a, b);
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

import type { VersionScheme } from '../scheme.ts';

/**
 * Versions of NuGet (https://learn.microsoft.com/nuget/concepts/package-versioning): semantic versions with one to four
 * numbers, missing ones zero. Labels of a pre-release are the same in upper and lower case; what follows `+` says nothing.
 */
export const nuget: VersionScheme = {
  id: 'nuget',
  version: 1,
  summary: 'NuGet versions, as NuGet orders them',
  compare(left, right) {
    const [a, b] = [parse(left), parse(right)];
    return a === undefined || b === undefined ? undefined : compareVersions(a, b);
  },
};

interface Version {
  readonly numbers: readonly number[];
  /** None: a release, which comes after all its pre-releases. */
  readonly labels: readonly string[];
}

const form = /^(\d{1,20}(?:\.\d{1,20}){0,3})(?:-([\dA-Za-z.-]+))?(?:\+([\dA-Za-z.-]+))?$/;
const longest = 512;
/** NuGet keeps numbers in 32 bits; a label beyond is a word. */
const most = 2 ** 31 - 1;

function parse(text: string): Version | undefined {
  const found = text.length > longest ? null : form.exec(text.trim());
  if (found === null) return undefined;
  const [, numbers = '', labels, metadata] = found;
  const version = { numbers: numbers.split('.').map(Number), labels: labels?.toLowerCase().split('.') ?? [] };
  if (version.numbers.some((number) => number > most) || version.labels.some((label) => !isLabel(label)))
    return undefined;
  return metadata?.split('.').includes('') ? undefined : version;
}

function isLabel(label: string): boolean {
  return label !== '' && !/^0\d+$/.test(label);
}

function compareVersions(left: Version, right: Version): number {
  for (let at = 0; at < 4; at++) {
    const order = (left.numbers[at] ?? 0) - (right.numbers[at] ?? 0);
    if (order !== 0) return order;
  }
  if (left.labels.length === 0 || right.labels.length === 0) return right.labels.length - left.labels.length;
  for (const [at, label] of left.labels.entries()) {
    const other = right.labels[at];
    const order = other === undefined ? 1 : compareLabels(label, other);
    if (order !== 0) return order;
  }
  return left.labels.length - right.labels.length;
}

/** Numbers come before words. */
function compareLabels(left: string, right: string): number {
  const [leftNumber, rightNumber] = [numberIn(left), numberIn(right)];
  if (leftNumber !== undefined && rightNumber !== undefined) return leftNumber - rightNumber;
  if (leftNumber !== undefined || rightNumber !== undefined) return leftNumber === undefined ? 1 : -1;
  return left === right ? 0 : left < right ? -1 : 1;
}

function numberIn(label: string): number | undefined {
  const number = /^-?\d{1,10}$/.test(label) ? Number(label) : Number.NaN;
  return number >= -most - 1 && number <= most ? number : undefined;
}

import type { ReplyOf } from '#http/index.ts';
import type { CodeVerdict, getCode, MappedFile } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How a statement about running code is marked. What is not wholly known is never green. */
export const codeStates: Readonly<Record<CodeVerdict['kind'], { readonly state: MarkState; readonly word: string }>> = {
  proven: { state: 'pass', word: 'All of this image' },
  other: { state: 'fail', word: 'Other code' },
  incomplete: { state: 'unknown', word: 'Not everything is known' },
  stale: { state: 'unknown', word: 'Not known now' },
};

/** Milliseconds for which the answer of a host is waited for. */
const patience = 60_000;

/** How the last question stands: its answer is to come, it never came, or there is none to wait for. */
export function questionOf(
  reply: Pick<ReplyOf<typeof getCode>, 'code' | 'asked'> | undefined,
  now: number,
): 'waiting' | 'silent' | 'none' {
  const asked = reply?.asked;
  if (asked === undefined || reply?.code?.statement.request === asked.request) return 'none';
  return now - Date.parse(asked.at) > patience ? 'silent' : 'waiting';
}

/** What is known of a file that runs. */
export function fileWords({ standing, why, layer, package: owner, processes }: MappedFile): string {
  const how = why === undefined ? standings[standing] : `${standings[standing]}: ${whys[why]}`;
  const where = layer === undefined ? [] : [`layer ${layer}`];
  const whose = owner === undefined ? [] : [owner];
  return [how, ...where, ...whose, processes === 1 ? '1 process' : `${processes} processes`].join(', ');
}

const standings: Readonly<Record<MappedFile['standing'], string>> = {
  image: 'of the image',
  unlisted: 'of its layers, not in its scan',
  allowed: 'allowed by its content',
  other: 'not of the image',
};

const whys: Readonly<Record<NonNullable<MappedFile['why']>, string>> = {
  changed: 'not as it was scanned',
  written: 'written or changed in the container',
  mount: 'lies on a mount',
  memory: 'exists in memory only',
  deleted: 'was deleted',
  unknown: 'where it lies is not known',
};

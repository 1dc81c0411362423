import type { ReplyOf } from '#http/index.ts';
import type { CodeVerdict, getCode, MappedFile } from '#runtime/contract.ts';
import type { MarkState } from '../../ui/state-mark.tsx';

/** How a statement about running code is marked. What is not wholly known is never green. */
export const codeStates: Readonly<Record<CodeVerdict['kind'], { readonly state: MarkState; readonly word: string }>> = {
  proven: { state: 'pass', word: 'All of this image' },
  other: { state: 'fail', word: 'Other code' },
  incomplete: { state: 'unknown', word: 'Not everything is known' },
};

/** Milliseconds for which the answer of a host is waited for. */
const patience = 60_000;

/** Whether the answer to a question of this page, or of anybody, is still to come. */
export function isAwaited(
  reply: Pick<ReplyOf<typeof getCode>, 'code' | 'asked'> | undefined,
  request: string | undefined,
  now: number,
): boolean {
  const asked = reply?.asked;
  if (asked === undefined || now - Date.parse(asked.at) > patience) return false;
  return request === undefined || asked.request === request || reply?.code?.statement.request !== request;
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
  unlisted: 'of its layers, not listed by its scan',
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

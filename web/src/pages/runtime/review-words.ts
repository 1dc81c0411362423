import type { ReviewCaution, ReviewGroup, ReviewGrouping, StoppedEntry, StopPart } from '#runtime/contract.ts';
import { count, counted } from '../../ui/format.ts';

export const groupingWords: Readonly<Record<ReviewGrouping, string>> = {
  program: 'Program',
  package: 'Package',
  deploy: 'Deploy',
};

/** Why a line is never learned: a mark. */
export const cautionMarks: Readonly<Record<ReviewCaution, string>> = {
  drift: 'not of the image',
  code: 'code not of the image',
  loader: 'loader',
  session: 'session',
  'never-learned': 'never learned',
};

/** What is allowed with such entries, after a number: `2 programs that are not the image's`. */
export function cautionWords(caution: ReviewCaution, entries: number): string {
  switch (caution) {
    case 'drift':
      return `${counted(entries, 'program')} that ${entries === 1 ? 'is' : 'are'} not the image's, or changed`;
    case 'code':
      return `${counted(entries, 'code file')} that ${entries === 1 ? 'is' : 'are'} not the image's`;
    case 'loader':
      return `${counted(entries, 'entry', 'entries')} of a loader, which starts programs past the check of their own start`;
    case 'session':
      return `${counted(entries, 'entry', 'entries')} of docker exec sessions`;
    case 'never-learned':
      return `${counted(entries, 'entry', 'entries')} of what is never learned, or unknown to the scan`;
    default:
      return caution satisfies never;
  }
}

/** Name of a group; packages and versions as people read them. */
export function groupName({ name, since }: Pick<ReviewGroup, 'name' | 'since'>, by: ReviewGrouping): string {
  switch (by) {
    case 'program':
      return name ?? 'unknown program';
    case 'package':
      return name === undefined ? 'No package owns it' : packageWords(name);
    case 'deploy':
      return since === 'earlier' ? 'Waits since the version before' : 'New since this version came';
    default:
      return by satisfies never;
  }
}

/** `pkg:deb/debian/coreutils@9.7?arch=amd64` as `coreutils 9.7`. */
function packageWords(purl: string): string {
  const [path = purl] = purl.split('?');
  const name = path.slice(path.lastIndexOf('/') + 1).replace('@', ' ');
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** By which part of a rule something would have been stopped. */
export const partWords: Readonly<Record<StopPart, string>> = {
  drift: "not the image's program",
  code: "not the image's code",
  model: 'not in the model',
  tool: 'a tool, never learned',
};

/** How often something happened. */
export function seenWords({ alerts, stopped, hours }: Pick<StoppedEntry, 'alerts' | 'stopped' | 'hours'>): string {
  const parts = [
    ...(alerts > 0 ? [counted(alerts, 'alert')] : []),
    ...(stopped > 0 ? [`stopped ${stopped === 1 ? 'once' : `${count(stopped)} times`}`] : []),
    ...(hours > 0 ? [`in ${counted(hours, 'hour')}`] : []),
  ];
  return parts.join(', ');
}

/** Who starts a program that would have been stopped, or in what session; who starts what runs a code file is not told. */
export function starterWords({ caller, file, session }: Pick<StoppedEntry, 'caller' | 'file' | 'session'>): string {
  const by = caller === undefined ? '' : `started by ${caller}`;
  if (session === 'exec') return [by, 'in a docker exec session'].filter((words) => words !== '').join(', ');
  return by === '' && file === undefined ? 'started by the engine' : by;
}

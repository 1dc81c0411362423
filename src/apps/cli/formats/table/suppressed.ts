import { plain } from '../../plain.ts';
import type { RenderOptions, ScanResult } from '../../scan/result.ts';
import { lineOf } from './paint.ts';

/** Findings that are named with the reason why they do not count. */
const mostNamed = 20;

/** What the user or a VEX document took out of the count is named; of what the distribution answers, how many there are. */
export function suppressedLines({ findings }: ScanResult, { columns }: RenderOptions): readonly string[] {
  const suppressed = findings.filter((finding) => finding.suppressed !== undefined);
  const named = suppressed.filter((finding) => finding.suppressed?.kind !== undefined);
  const answered = suppressed.length - named.length;
  const more = named.length - mostNamed;
  const texts = [
    ...named.slice(0, mostNamed).map(({ id, package: name, suppressed: why }) => {
      const word = why?.kind === 'ignored' ? 'Ignored' : 'Not counted';
      return `${word}: ${id} in ${name}, by ${why?.by}: ${why?.reason}`;
    }),
    ...(more > 0 ? [`${count(more)} more ignored or not affected; --format json tells each reason.`] : []),
    ...(answered > 0
      ? [
          `${count(answered)} not counted: the distribution fixed or owns ${answered === 1 ? 'it' : 'them'}; --format json tells each reason.`,
        ]
      : []),
  ];
  return texts.map((text) => lineOf({ text: plain(text) }, columns));
}

function count(number: number): string {
  return `${number} finding${number === 1 ? '' : 's'}`;
}

import { plain } from '../../plain.ts';
import {
  type FaultGroup,
  type FaultSection,
  faultGroups,
  faultPlace,
  faultSections,
  moreFaults,
} from '../../scan/fault-groups.ts';
import type { RenderOptions, ScanResult } from '../../scan/result.ts';
import { lineOf, type Paint } from './paint.ts';

/** Faults of one code that are told one by one, and codes. */
const mostOfOne = 10;
const mostCodes = 30;
/** Unidentified files of which each is told with a sentence; of more, only so many paths are. */
const mostSentences = 3;
const mostPaths = 5;

/** What was not seen, not judged, not identified: by kind, each with what removes it. */
export function faultLines(result: ScanResult, options: RenderOptions, paint: Paint): readonly string[] {
  return faultSections(result).flatMap((section) => [section.title, ...sectionLines(section, options, paint), '']);
}

function sectionLines({ kind, faults }: FaultSection, { columns }: RenderOptions, paint: Paint): readonly string[] {
  const isLong = kind === 'unidentified' && faults.length > mostSentences;
  const groups = faultGroups(faults, isLong ? mostPaths : mostOfOne);
  const lines = groups.slice(0, mostCodes).flatMap((group) => [
    ...group.shown.map((fault) => {
      const text = plain(isLong && fault.path !== undefined ? faultPlace(fault) : sentenceOf(fault));
      return lineOf({ first: plain(group.code), paint: (word) => paint('yellow', word), text, indent: 2 }, columns);
    }),
    ...(group.more > 0 ? [`  ${moreFaults(group, '--format json tells')}`] : []),
    lineOf({ text: `→ ${plain(group.remedy)}`, indent: 4 }, columns),
  ]);
  const hidden = groups.slice(mostCodes).reduce((sum, one) => sum + one.shown.length + one.more, 0);
  return hidden > 0 ? [...lines, `  … and ${hidden} of other kinds; --format json tells all.`] : lines;
}

function sentenceOf(fault: FaultGroup['shown'][number]): string {
  const place = faultPlace(fault);
  return `${fault.message}${place === '' ? '' : `  (${place})`}`;
}

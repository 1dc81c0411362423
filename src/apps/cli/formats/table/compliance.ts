import { totalsOf } from '../../compliance/totals.ts';
import { plain } from '../../plain.ts';
import type { RenderOptions, ScanResult } from '../../scan/result.ts';
import { lineOf, type Paint } from './paint.ts';

/** Violations of compliance that are told one by one. */
const mostShown = 30;

/** What compliance rules block and alert on, each with the change that ends it, and how all checks stand. */
export function complianceLines(
  { verdict, compliance }: ScanResult,
  { columns }: RenderOptions,
  paint: Paint,
): readonly string[] {
  const broken = verdict.violations.filter(({ rule }) => rule === 'compliance');
  const more = broken.length - mostShown;
  const lines = broken.slice(0, mostShown).flatMap(({ effect, message, remedy }) => [
    lineOf(
      {
        first: effect === 'block' ? 'blocks' : 'alerts',
        paint: (word) => paint(effect === 'block' ? 'red' : 'yellow', word),
        text: plain(message),
        indent: 2,
      },
      columns,
    ),
    lineOf({ text: `→ ${plain(remedy)}`, indent: 4 }, columns),
  ]);
  return [
    ...(broken.length === 0 ? [] : ['Compliance', ...lines]),
    ...(more > 0 ? [`  … and ${more} more; --format json tells all.`] : []),
    ...(broken.length === 0 ? [] : ['']),
    ...(compliance === undefined ? [] : [lineOf({ text: `Compliance: ${totalsOf(compliance)}` }, columns)]),
  ];
}

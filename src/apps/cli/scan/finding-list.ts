import { AppError } from '#base/index.ts';
import type { Severity } from '#vulnerability/index.ts';
import { type OptionValue, text } from '../command.ts';
import { severities } from '../formats/table/severities.ts';
import type { FindingList } from './result.ts';

/**
 * What `--list` and `--severity` ask for; nothing without them. They change what the table lists, never the verdict.
 * Throws `usage` for a severity that does not exist.
 */
export function findingListOf(options: Readonly<Record<string, OptionValue>>): FindingList | undefined {
  const written = text(options['severity']);
  if (written === undefined) return options['list'] === true ? {} : undefined;
  return { severities: written.split(',').map((one) => severityOf(one.trim())) };
}

function severityOf(written: string): Severity {
  const known = severities.find((one) => one === written.toLowerCase());
  if (known !== undefined) return known;
  throw new AppError('usage', `--severity ${written} is no severity.`, {
    next: `Severities are ${severities.join(', ')}; several stand with commas between.`,
  });
}

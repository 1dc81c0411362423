import { checks } from './checks/index.ts';
import { type Answered, type ComplianceObjection, objectionsTo, type StartRuling } from './judge-start.ts';
import { isNamed } from './effect.ts';

const imageChecks = new Map(checks.image.map((check) => [check.id, check]));

/**
 * What a compliance rule objects to in an image that is to start, by the answers about it that are not simply a pass.
 * `undefined`: nobody has them, and that is never a pass. Pure.
 */
export function judgeImage(
  results: readonly Answered[] | undefined,
  { rule }: Pick<StartRuling, 'rule'>,
): readonly ComplianceObjection[] {
  if (results !== undefined) {
    const known = results.filter(({ id }) => imageChecks.has(id));
    return objectionsTo(known, {
      ruling: { rule, asker: 'dockerfile' },
      about: (id) => imageChecks.get(id),
      unknown: [],
    });
  }
  const { lines, notAssessed } = rule;
  const asks = [...imageChecks.values()].some(
    (check) => (lines.find((line) => isNamed(line.checks, check))?.effect ?? 'ignore') !== 'ignore',
  );
  return asks && notAssessed !== 'ignore' ? [{ ...unknownImage, effect: notAssessed }] : [];
}

const unknownImage = {
  check: 'IMG',
  message: 'No check of images could be assessed: its scan is older than they are, or did not come to an end.',
  remedy: 'Scan the image again.',
} as const;

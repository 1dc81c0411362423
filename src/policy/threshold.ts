import { AppError } from '#base/index.ts';
import type { Severity } from '#vulnerability/index.ts';
import type { Threshold } from './contract.ts';
import type { PolicyFinding } from './facts.ts';

const places: Readonly<Record<Exclude<Severity, 'unrated'>, number>> = {
  negligible: 0,
  low: 1,
  medium: 2,
  high: 3,
  critical: 4,
};

/**
 * A limit as people write it: `low`, `medium`, `high`, `critical`, or a CVSS base score from 0 to 10.
 * Throws `AppError('usage')`.
 */
export function parseThreshold(text: string): Threshold {
  const word = text.trim().toLowerCase();
  switch (word) {
    case 'low':
    case 'medium':
    case 'high':
    case 'critical':
      return { by: 'severity', severity: word };
    default: {
      const score = /^\d{1,2}(?:\.\d+)?$/.test(word) ? Number(word) : -1;
      if (score >= 0 && score <= 10) return { by: 'cvss', score };
      throw new AppError('usage', `"${text.slice(0, 40)}" is no limit.`, {
        next: 'Use low, medium, high, critical, or a CVSS score from 0 to 10.',
      });
    }
  }
}

/** Whether a rated finding is at or above a limit. A rating without a number counts as reaching a limit by number. */
export function reaches(finding: Pick<PolicyFinding, 'severity' | 'score'>, threshold: Threshold): boolean {
  if (finding.severity === 'unrated') return false;
  switch (threshold.by) {
    case 'severity':
      return places[finding.severity] >= places[threshold.severity];
    case 'cvss':
      return finding.score === undefined || finding.score >= threshold.score;
    default:
      return threshold satisfies never;
  }
}

/** `Medium`, `CVSS 7.5`. */
export function nameThreshold(threshold: Threshold): string {
  return threshold.by === 'severity' ? capitalize(threshold.severity) : `CVSS ${threshold.score.toFixed(1)}`;
}

/** `High (7.5)`, `unrated`. */
export function nameRating({ severity, score }: Pick<PolicyFinding, 'severity' | 'score'>): string {
  if (severity === 'unrated') return 'unrated';
  return score === undefined ? capitalize(severity) : `${capitalize(severity)} (${score.toFixed(1)})`;
}

function capitalize(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

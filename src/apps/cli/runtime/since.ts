import { AppError } from '#base/index.ts';

const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** The moment that `--since` names: itself, or how long ago. Throws `usage` for what is neither. */
export function sinceOf(written: string | undefined): string | undefined {
  if (written === undefined) return undefined;
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(written) ?? [];
  if (count !== undefined) return new Date(Date.now() - Number(count) * (units[unit] ?? 0)).toISOString();
  const moment = Date.parse(written);
  if (Number.isNaN(moment))
    throw new AppError('usage', `--since ${written} is no moment.`, {
      next: 'Give one like 2026-11-24T15:00:00Z, or how long ago: 10m, 2h, 3d.',
    });
  return new Date(moment).toISOString();
}

import { AppError } from '#base/index.ts';
import { type CommandCall, text } from '../command.ts';

/** Which images are held against the result. */
export interface BasesWanted {
  readonly base: string;
  readonly newer?: string | undefined;
}

/** What `--base` and `--newer-base` ask for; nothing without them. Throws `usage`. */
export function basesWanted(options: CommandCall['options']): BasesWanted | undefined {
  const base = text(options['base']);
  const newer = text(options['newerBase']);
  if (base !== undefined) return { base, newer };
  if (newer === undefined) return undefined;
  throw new AppError('usage', '--newer-base needs --base.', {
    next: 'Name the image that it is built on, or write `--base auto`.',
  });
}

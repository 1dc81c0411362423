import { AppError } from '#base/index.ts';
import type { CallOptions } from '#http/index.ts';
import { type CommandCall, text } from '../command.ts';

/** The console that is named, and the token for it. Throws `usage` where one of them is missing. */
export function consoleOf({ options, env }: Pick<CommandCall, 'options' | 'env'>): CallOptions {
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (baseUrl === undefined || baseUrl === '')
    throw new AppError('usage', 'No console is named.', { next: 'Name one with --console or SEAWALL_CONSOLE.' });
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', { next: 'Name one with --token or SEAWALL_TOKEN.' });
  return { baseUrl: baseUrl.replace(/\/+$/, ''), token };
}

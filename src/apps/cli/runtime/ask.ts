import { AppError, stateFolder } from '#base/index.ts';
import { call, type CallInput, type Endpoint, type ReplyOf } from '#http/index.ts';
import { changeModel } from '#runtime/contract.ts';
import { type CommandCall, text } from '../command.ts';
import { userId } from '../scan/database-here.ts';

/** A console that is asked about models and alerts. */
export interface RuntimeConsole {
  ask<E extends Endpoint>(endpoint: E, input: Partial<CallInput<E>>): Promise<ReplyOf<E>>;
  relearn(model: string): Promise<void>;
}

/** Asks the named console; without one, that which runs here, for who may read its state folder. */
export async function withConsole<Value>(
  { options, env }: Pick<CommandCall, 'options' | 'env'>,
  work: (console: RuntimeConsole) => Promise<Value>,
): Promise<Value> {
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  if (baseUrl === undefined || baseUrl === '') {
    const { withLocalRuntime } = await import('../../console/local-runtime.ts');
    return await withLocalRuntime({ stateFolder: stateFolder(env, userId()), env }, work);
  }
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', { next: 'Name one with --token or SEAWALL_TOKEN.' });
  const to = { baseUrl: baseUrl.replace(/\/+$/, ''), token };
  return await work({
    ask: async (endpoint, input) => await call(endpoint, input, to),
    relearn: async (id) => void (await call(changeModel, { params: { id }, body: { to: 'relearning' } }, to)),
  });
}

/** Whether `--format` asks for JSON. Throws `usage` for what is neither. */
export function formatOf({ options }: Pick<CommandCall, 'options'>): 'table' | 'json' {
  const format = text(options['format']) ?? 'table';
  if (format === 'table' || format === 'json') return format;
  throw new AppError('usage', `--format ${format} is neither table nor json.`);
}

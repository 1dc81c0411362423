import { join } from 'node:path';
import { AppError } from '#base/index.ts';
import { findScriptRunner, type WantedScripts } from '#catalog/index.ts';
import { listScripts, type ScriptCheck } from '#compliance/contract.ts';
import { call } from '#http/index.ts';
import { checkoutFolder } from '../checkout.ts';
import { type CommandCall, text } from '../command.ts';

/** Checks of a console by scripts that a scan may run, and what runs them. */
export interface ScriptsThere {
  readonly checks: readonly ScriptCheck[];
  readonly wanted: WantedScripts;
}

/** Asks the console for them; `undefined` without `--allow-scripts`. Throws `usage` where no console is named. */
export async function scriptsThere({
  options,
  env,
}: Pick<CommandCall, 'options' | 'env'>): Promise<ScriptsThere | undefined> {
  if (options['allowScripts'] !== true) return undefined;
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (baseUrl === undefined || token === undefined)
    throw new AppError(
      'usage',
      '--allow-scripts needs a console, where administrators write the scripts, and a token.',
      {
        next: 'Name them with --console and --token, or SEAWALL_CONSOLE and SEAWALL_TOKEN.',
      },
    );
  const { checks } = await call(listScripts, {}, { baseUrl: baseUrl.replace(/\/+$/, ''), token });
  const runner = findScriptRunner([join(checkoutFolder(), 'native/build'), '/usr/lib/seawall']);
  return { checks, wanted: { scripts: checks.map(({ id, script }) => ({ check: id, script })), runner } };
}

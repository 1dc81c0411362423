import { AppError } from '#base/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { completionScript, shells } from '../completion/script.ts';

/** `seawall completion SHELL`: a script that completes commands and options. */
export async function run({ arguments: [named = ''], program, terminal }: CommandCall): Promise<ExitCode> {
  const shell = shells.find((one) => one === named);
  if (shell === undefined)
    throw new AppError('usage', `There is no completion for ${named}.`, { next: `Shells are ${shells.join(', ')}.` });
  terminal.out(completionScript(program, shell));
  return 0;
}

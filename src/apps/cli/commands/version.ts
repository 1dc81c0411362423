import type { CommandCall, ExitCode } from '../command.ts';
import { version } from '../version.ts';

/** `seawall version`: the version alone on one line. */
export async function run({ terminal }: CommandCall): Promise<ExitCode> {
  terminal.out(`${version}\n`);
  return 0;
}

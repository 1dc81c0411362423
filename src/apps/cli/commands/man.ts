import type { CommandCall, ExitCode } from '../command.ts';
import { manualPage } from '../manual-page.ts';
import { version } from '../version.ts';

/** `seawall man`: the manual page in roff. */
export async function run({ program, terminal }: CommandCall): Promise<ExitCode> {
  terminal.out(manualPage(program, version));
  return 0;
}

import { removeGate, withGateLock } from '#gate/agent/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { contextOf, needsRoot } from '../gate/context.ts';
import { reportWork } from '../gate/work-report.ts';

/** `seawall gate remove`: the host is as it was before `gate install`, byte for byte. */
export async function run(call: CommandCall): Promise<ExitCode> {
  needsRoot('gate remove');
  const context = contextOf(call);
  reportWork(await withGateLock(context.gateFolder, () => removeGate(context)), call.terminal);
  return 0;
}

import { removeGate, withGateLock } from '#gate/agent/index.ts';
import type { CommandCall, ExitCode } from '../command.ts';
import { groundOf, needsRoot } from '../gate/ground.ts';
import { reportWork } from '../gate/work-report.ts';

/** `seawall gate remove`: the host is as it was before `gate install`, byte for byte. */
export async function run(call: CommandCall): Promise<ExitCode> {
  needsRoot('gate remove');
  const ground = groundOf(call);
  reportWork(await withGateLock(ground.gateFolder, () => removeGate(ground)), call.terminal);
  return 0;
}

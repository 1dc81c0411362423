import { installGate, wrapperState, withGateLock } from '#gate/agent/index.ts';
import { AppError } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { contextOf, needsRoot } from '../gate/context.ts';
import { reportWork } from '../gate/work-report.ts';

/** `seawall gate install`: puts the gate in place, brings one up to date, or goes on where it was ended. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  needsRoot('gate install');
  const context = contextOf(call);
  const wish = {
    divert: options['divert'] === false ? 'no' : 'yes',
    authorization: options['authorization'] === true ? 'yes' : 'no',
    broken: answerOf('--when-broken', text(options['whenBroken']) ?? 'deny'),
    unknownInstance: answerOf('--unknown-engines', text(options['unknownEngines']) ?? 'allow'),
  } as const;
  const work = await withGateLock(context.gateFolder, () => installGate(context, wish));
  reportWork(work, terminal);
  const { state } = wrapperState(context);
  terminal.out(state === 'partial' ? 'The gate is partial. ' : 'The gate is installed. ');
  terminal.out('`seawall gate status` shows how it stands, `seawall gate remove` undoes all of it.\n');
  return 0;
}

function answerOf(option: string, word: string): 'allow' | 'deny' {
  if (word === 'allow' || word === 'deny') return word;
  throw new AppError('usage', `${option} ${word} is neither allow nor deny.`);
}

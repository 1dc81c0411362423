import { hostname } from 'node:os';
import { AppError } from '#base/index.ts';
import { hostSubjects } from '#compliance/agent/index.ts';
import { installedWrapper } from '#gate/agent/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { judgeSubject } from '../compliance/judge-subject.ts';
import { gateFolder } from '../gate/context.ts';
import { dockerSocketOf } from '../scan/options.ts';

/** `seawall compliance container NAME`: a container of this host's engine, running or not. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const [name = ''] = call.arguments;
  const socket = text(call.options['engine']) ?? dockerSocketOf(call.env);
  const subjects = hostSubjects({
    socket,
    host: hostname(),
    running: () => [],
    wrapper: () => installedWrapper(gateFolder),
  });
  return await judgeSubject(call, async () => {
    const documents = await subjects.read({ kind: 'container', id: name, name });
    if (documents === undefined)
      throw new AppError('not-found', `The engine at ${socket} has no container ${name}.`, {
        next: '`docker ps -a` lists what it has.',
      });
    return { kind: 'container', name, parts: [{ kind: 'container', documents }] };
  });
}

import { hostname } from 'node:os';
import { AppError } from '#base/index.ts';
import { hostSubjects } from '#compliance/agent/index.ts';
import { installedWrapper } from '#gate/agent/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { judgeSubject, type SubjectPart } from '../compliance/judge-subject.ts';
import { gateFolder } from '../gate/context.ts';
import { dockerSocketOf } from '../scan/options.ts';

/** `seawall compliance host`: the host that it runs on, and the engine there where one answers. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const name = hostname();
  const socket = text(call.options['engine']) ?? dockerSocketOf(call.env);
  const subjects = hostSubjects({ socket, host: name, running: () => [], wrapper: () => installedWrapper(gateFolder) });
  return await judgeSubject(call, async () => {
    const parts: SubjectPart[] = [];
    for (const kind of ['host', 'engine'] as const) {
      const documents = await subjects.read({ kind, id: 'self', name });
      if (documents !== undefined) parts.push({ kind, documents });
      else if (text(call.options['engine']) !== undefined)
        throw new AppError('docker-unavailable', `No engine answers at ${socket}.`);
    }
    return { kind: 'host', name, parts };
  });
}

import { hostname } from 'node:os';
import { AppError, missing } from '#base/index.ts';
import { hostSubjects } from '#compliance/agent/index.ts';
import { checks } from '#compliance/index.ts';
import { installedWrapper } from '#gate/agent/index.ts';
import { whyNotHostRoot } from '#inventory/agent/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { judgeSubject, type SubjectPart } from '../compliance/judge-subject.ts';
import { gateFolder } from '../gate/context.ts';
import { engineSocketOf } from '../scan/options.ts';

/** `seawall compliance host`: the host that it runs on, and its engine; of one that does not answer nothing is assessed. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const name = hostname();
  const socket = engineSocketOf(call);
  const hidden = await whyNotHostRoot({ env: call.env, socket });
  const subjects = hostSubjects({
    socket,
    host: name,
    ...(hidden !== undefined && { hidden }),
    running: () => [],
    wrapper: () => installedWrapper(gateFolder),
  });
  return await judgeSubject(call, async () => {
    const engine = await subjects.read({ kind: 'engine', id: 'self', name });
    if (engine === undefined && text(call.options['engine']) !== undefined)
      throw new AppError('docker-unavailable', `No engine answers at ${socket}.`);
    const host = (await subjects.read({ kind: 'host', id: 'self', name })) ?? [];
    const parts: readonly SubjectPart[] = [
      { kind: 'host', documents: host },
      { kind: 'engine', documents: engine ?? [silentEngine(socket)] },
    ];
    return { kind: 'host', name, parts };
  });
}

/** What is known of an engine that does not answer: nothing, and why. */
function silentEngine(socket: string): SubjectPart['documents'][number] {
  const unknown = missing(`no engine answers at ${socket}; start it, or name its socket with --engine`);
  const names = checks.engine.flatMap(({ needs }) => needs);
  return { kind: 'engine', fields: Object.fromEntries(names.map((name) => [name, unknown])) };
}

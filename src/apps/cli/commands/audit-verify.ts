import { type AcceptedRestore, type ChainStart, verifyAudit } from '#access/contract.ts';
import { AppError, stateFolder } from '#base/index.ts';
import { call, type ReplyOf } from '#http/index.ts';
import { withLocalAccess } from '../../console/local-access.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain } from '../plain.ts';
import { userId } from '../scan/database-here.ts';

/** `seawall audit verify`: 0 intact, 1 broken or not what agents hold, with the entry named, 2 it could not be asked. */
export async function run(request: CommandCall): Promise<ExitCode> {
  const { terminal } = request;
  const found = await verification(request);
  switch (found.state) {
    case 'intact':
      terminal.out(`${intactWords(found.restores)}: ${found.entries} entries, the last hash is ${found.head}\n`);
      for (const start of found.starts) terminal.err(`${startWords(start)}\n`);
      for (const restore of found.restores) terminal.err(`${restoreWords(restore)}\n`);
      terminal.err(`${agentWords(found.agents)}\n`);
      return 0;
    case 'differs':
      terminal.out(`differs at entry ${found.sequence} from what agents hold\n`);
      terminal.err(`seawall: ${plain(found.reason)}\n`);
      return 1;
    case 'broken':
      terminal.out(`broken at entry ${found.sequence}, after ${found.entries} sound ones\n`);
      terminal.err(`seawall: ${plain(found.reason)}\n`);
      return 1;
  }
}

function startWords({ kind, through, sequence, at }: ChainStart): string {
  switch (kind) {
    case 'audit-sealed':
      return `Entries up to ${through} are from before the trail was keyed; entry ${sequence} of ${at} vouches for them.`;
    case 'keys-reset':
      return `The keys were discarded on ${at}: entries up to ${through} cannot be proven by a key any more; they were not changed since.`;
  }
}

function intactWords(restores: readonly AcceptedRestore[]): string {
  const last = restores.at(-1);
  return last === undefined ? 'intact' : `intact since ${last.at}, with an acknowledged gap`;
}

function restoreWords({ sequence, at, after, through }: AcceptedRestore): string {
  return `An older copy of the data was restored: what agents hold of entries ${after + 1} to ${through} is lost, which entry ${sequence} of ${at} acknowledges.`;
}

function agentWords(agents: number): string {
  if (agents === 0) return 'No agent holds a head of this trail yet: a cut tail could not be seen.';
  return `What ${agents === 1 ? 'one agent holds' : `${agents} agents hold`} of it is the same.`;
}

/** Asks the named console; without one, reads the store of the console that runs here. */
async function verification({ options, env }: CommandCall): Promise<ReplyOf<typeof verifyAudit>> {
  const baseUrl = text(options['console']) ?? env['SEAWALL_CONSOLE'];
  if (baseUrl === undefined || baseUrl === '')
    return await withLocalAccess({ stateFolder: stateFolder(env, userId()), env }, (access) => access.verifyAudit());
  const token = text(options['token']) ?? env['SEAWALL_TOKEN'];
  if (token === undefined)
    throw new AppError('usage', '--console needs a token.', {
      next: 'Name one of an auditor or administrator with --token or SEAWALL_TOKEN.',
    });
  return await call(verifyAudit, {}, { baseUrl: baseUrl.replace(/\/+$/, ''), token });
}

import { userInfo } from 'node:os';
import { allowDigest } from '#gate/agent/index.ts';
import { AppError, digestPattern, type Environment } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { contextOf, needsRoot } from '../gate/context.ts';

/** Longest time for which the console may be gone around, in hours. */
const longestHours = 7 * 24;
const units: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `seawall gate allow`: lets one image start for a while, whatever the console says; it hears of it. */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal, env } = call;
  needsRoot('gate allow');
  const digest = digestOf(call.arguments[0] ?? '');
  const { stateFolder, now } = contextOf(call);
  const milliseconds = timeOf(text(options['for']) ?? '');
  const reason = reasonOf(text(options['reason']) ?? '');
  const { fact, agent } = allowDigest({ stateFolder, digest, milliseconds, reason, user: userOf(env), now });
  terminal.out(`${digest} may start until ${fact.until.slice(0, 19).replace('T', ' ')} UTC.\n`);
  terminal.err(
    agent === 'at-work'
      ? 'The agent tells the console, whose audit trail keeps it.\n'
      : 'No agent is at work: it holds from the next start of the agent on.\n',
  );
  return 0;
}

function digestOf(word: string): string {
  const digest = word.startsWith('sha256:') ? word : `sha256:${word}`;
  if (digestPattern.test(digest)) return digest;
  throw new AppError('usage', `${word} is no digest: sha256: and 64 hexadecimal digits.`, {
    next: 'The sentence of the refusal names it, and so does `docker image inspect --format {{.Id}} NAME`.',
  });
}

function timeOf(word: string): number {
  const [, count = '', unit = ''] = /^(\d{1,5})([smhd])$/.exec(word) ?? [];
  const milliseconds = Number(count) * (units[unit] ?? 0);
  if (milliseconds > 0 && milliseconds <= longestHours * 3_600_000) return milliseconds;
  throw new AppError('usage', `--for ${word} is no time up to 7 days.`, { next: 'Give one like 30m, 2h or 1d.' });
}

function reasonOf(words: string): string {
  const reason = words.trim();
  if (reason.length > 0 && reason.length <= 1000 && !/\p{Cc}/u.test(reason)) return reason;
  throw new AppError('usage', '--reason needs a sentence of at most 1000 characters.', {
    next: 'Say why it cannot wait: others read it in the audit trail.',
  });
}

/** Who stands behind root. */
function userOf(env: Environment): string {
  const name = env['SUDO_USER'];
  return name === undefined || name === '' ? userInfo().username : name.slice(0, 255);
}

import { readFileSync, statSync } from 'node:fs';
import { AppError, messageOf } from '#base/index.ts';
import { type BundleCheck, mostBundleBytes, verifyBundle } from '#policy/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf } from '../runtime/ask.ts';
import { reportOf, reportText } from '../verdict/report.ts';
import { version } from '../version.ts';

/**
 * `seawall verdict verify FILE`: 0 the same verdict, 1 not believed, 3 nobody said whose signature counts, or another version
 * made it and comes to another verdict.
 */
export async function run(call: CommandCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const [file = ''] = call.arguments;
  const format = formatOf(call);
  const key = text(options['key']);
  const check = await checkOf(file, key);
  switch (check.state) {
    case 'verified': {
      const report = reportOf(check, { key, now: new Date() });
      const json = { state: check.state, ...report };
      terminal.out(format === 'json' ? `${plainJson(JSON.stringify(json))}\n` : plainLines(reportText(report)));
      if (key !== undefined) return 0;
      // Whoever has a key of his own signs what he likes: without --key nothing says that it is the console's.
      terminal.err('Who signed it is not verified: name the fingerprint of your console’s authority with --key.\n');
      return 3;
    }
    case 'refused':
      return refusal(call, check, `${file} does not prove its verdict (${check.reason}): ${check.why}`);
    case 'other-version':
      return refusal(call, check, check.why);
    default:
      return check satisfies never;
  }
}

function refusal(
  call: CommandCall,
  check: Exclude<BundleCheck, { readonly state: 'verified' }>,
  sentence: string,
): ExitCode {
  if (formatOf(call) === 'json') call.terminal.out(`${plainJson(JSON.stringify(check))}\n`);
  call.terminal.err(`${plain(sentence)}\n`);
  return check.state === 'refused' ? 1 : 3;
}

/** A file that is too large is not read. */
async function checkOf(file: string, key: string | undefined): Promise<BundleCheck> {
  try {
    const { size } = statSync(file);
    if (size > mostBundleBytes)
      return { state: 'refused', reason: 'unreadable', why: `It is larger than ${mostBundleBytes} bytes.` };
    return await verifyBundle(readFileSync(file), { version, ...(key === undefined ? {} : { key }) });
  } catch (cause) {
    if (!(cause instanceof Error && 'code' in cause && 'syscall' in cause)) throw cause;
    throw new AppError('usage', `${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}

/** What a bundle says goes to a terminal line by line. */
function plainLines(lines: string): string {
  return lines
    .split('\n')
    .map((line) => plain(line))
    .join('\n');
}

import { readFileSync, statSync } from 'node:fs';
import { AppError, messageOf } from '#base/index.ts';
import { type BundleCheck, mostBundleBytes, readAuthority, verifyBundle } from '#policy/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain, plainJson } from '../plain.ts';
import { formatOf } from '../runtime/ask.ts';
import { refusalWords } from '../verdict/refusal.ts';
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
  const key = keyOf(text(options['key']));
  const check = await checkOf(file, key);
  switch (check.state) {
    case 'verified': {
      const report = reportOf(check, { key, now: new Date() });
      // Whoever has a key of his own signs what he likes: without --key nothing says that it is the console's.
      const json = { state: key === undefined ? 'signer-unknown' : check.state, ...report };
      terminal.out(format === 'json' ? `${plainJson(JSON.stringify(json))}\n` : plainLines(reportText(report)));
      if (key !== undefined) return 0;
      terminal.err('Who signed it is not verified: name the fingerprint of your console’s authority with --key.\n');
      return 3;
    }
    case 'refused':
    case 'other-version': {
      const words = refusalWords(file, check);
      if (format === 'json') terminal.out(`${plainJson(JSON.stringify({ ...check, next: words.next }))}\n`);
      terminal.err(`${plain(`${words.why} ${words.next}`)}\n`);
      return check.state === 'refused' ? 1 : 3;
    }
    default:
      return check satisfies never;
  }
}

/** What is given is not repeated: it may be a whole join token, which is a secret. */
function keyOf(given: string | undefined): string | undefined {
  const key = given === undefined ? undefined : readAuthority(given);
  if (given === undefined || key !== undefined) return key;
  throw new AppError('usage', '--key is no fingerprint.', {
    next: 'Name the SHA-256 of the certificate of the console’s authority: 64 hexadecimal digits, or the 43 characters behind the dot of a join token.',
  });
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
    throw new AppError('usage', `${file} cannot be read: ${messageOf(cause)}.`, {
      cause,
      next: 'Name a file that `seawall verdict export` wrote.',
    });
  }
}

/** What a bundle says goes to a terminal line by line. */
function plainLines(lines: string): string {
  return lines
    .split('\n')
    .map((line) => plain(line))
    .join('\n');
}

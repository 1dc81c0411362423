import { statSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { lt, valid } from 'semver';
import { AppError, counted, messageOf } from '#base/index.ts';
import { type CommandCall, type ExitCode, text } from '../command.ts';
import { plain } from '../plain.ts';
import { fingerprintOf, readPublicKey } from '../release/keys.ts';
import { readSmall } from '../release/read-bounded.ts';
import { signatureFiles } from '../release/sums.ts';
import { type ReleaseWanted, verifyRelease } from '../release/verify-release.ts';
import { version } from '../version.ts';

/**
 * `seawall self verify [PLACE]`: 0 as the trusted key signed, 1 not, or a release before this program, 3 as signed, but
 * nobody said whose signature counts.
 */
export async function run({ arguments: [place = '.'], options, terminal }: CommandCall): Promise<ExitCode> {
  const key = text(options['key']);
  const trusted = key === undefined ? undefined : await fingerprintBy(key);
  const wanted = wantedAt(place);
  const check = await verifyRelease({ ...wanted, ...(trusted === undefined ? {} : { trusted }) });
  if (check.state === 'refused') {
    terminal.err(
      `${plain(`Not verified: ${check.why}`)}\nDo not use it: get the release again, and its key from where you trust it.\n`,
    );
    return 1;
  }
  const { signer, changes, names, name } = check;
  if (options['older'] !== true && isOlder(name.version, version)) {
    terminal.err(
      `${plain(`Seawall ${name.version} of ${name.at} is as it was signed, but older than this program, ${version}.`)}\nAn old release has holes that are known by now. To go back all the same, add --older.\n`,
    );
    return 1;
  }
  const what =
    wanted.names === undefined
      ? `All ${counted(names.length, 'file')} of Seawall ${name.version} are`
      : `${names.join(', ')} of Seawall ${name.version} is`;
  terminal.out(`${plain(`${what} as the key ${signer} signed. The commit is of ${name.at}.`)}\n`);
  for (const { at } of changes) terminal.out(`The key before it signed on ${at} that it takes its place.\n`);
  if (trusted === undefined) {
    terminal.err('Whose key that is, nothing here proves. Name the fingerprint that you know with --key.\n');
    return 3;
  }
  terminal.out(
    changes.length === 0
      ? 'It is the key of --key.\n'
      : 'The first of these keys is the one of --key. Trust the new one from now on.\n',
  );
  terminal.err('This does not say whether there is a newer release.\n');
  return 0;
}

/** A version that cannot be compared is not taken for a newer one. */
function isOlder(released: string, own: string): boolean {
  return valid(released) === null || valid(own) === null || lt(released, own);
}

function wantedAt(place: string): Pick<ReleaseWanted, 'folder' | 'names'> {
  try {
    return statSync(place).isDirectory() ? { folder: place } : { folder: dirname(place), names: [basename(place)] };
  } catch (cause) {
    throw new AppError('usage', `${place} cannot be read: ${messageOf(cause)}.`, {
      cause,
      next: `Name a folder with a release, or a file that lies beside its ${signatureFiles.sums}.`,
    });
  }
}

async function fingerprintBy(key: string): Promise<string> {
  if (/^[0-9a-fA-F]{64}$/.test(key)) return key.toLowerCase();
  const read = await readSmall(key, 64 * 1024);
  const found = Buffer.isBuffer(read) ? readPublicKey(read.toString('latin1')) : undefined;
  if (found !== undefined) return fingerprintOf(found);
  throw new AppError('usage', '--key is neither a fingerprint nor a file with a release key.', {
    next: 'Name the SHA-256 of the key, 64 hexadecimal digits, or a file with the key in PEM or as minisign writes it.',
  });
}

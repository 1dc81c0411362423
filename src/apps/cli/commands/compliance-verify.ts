import { readFileSync, statSync } from 'node:fs';
import { AppError, counted, messageOf } from '#base/index.ts';
import {
  packageBounds,
  problemWords,
  readFingerprint,
  type VerifiedEvidence,
  verifyEvidenceFile,
} from '#explorer/index.ts';
import { type CommandCall, type ExitCode, texts } from '../command.ts';
import { plain } from '../plain.ts';

/** Problems that are printed. */
const shownProblems = 20;

/**
 * `seawall compliance verify FILE --key FINGERPRINT`: verifies a package of evidence, or the record of one answer, without
 * the console and without a network. 0 verified, 1 not, 2 it could not be read.
 */
export async function run({ arguments: words, options, terminal }: CommandCall): Promise<ExitCode> {
  const [file = ''] = words;
  const fingerprints = fingerprintsOf(texts(options['key']));
  const found = verifyEvidenceFile(read(file), fingerprints);
  switch (found.state) {
    case 'verified':
      for (const line of wordsOf(found.verified)) terminal.out(`${plain(line)}\n`);
      return 0;
    case 'not-verified': {
      const { problems } = found;
      terminal.out('not verified\n');
      for (const problem of problems.slice(0, shownProblems)) terminal.out(`${plain(problemWords(problem))}\n`);
      if (problems.length > shownProblems) terminal.out(`and ${problems.length - shownProblems} more\n`);
      const [first] = problems;
      terminal.err(`seawall: ${first === undefined ? 'not verified' : plain(problemWords(first))}\n`);
      return 1;
    }
  }
}

function fingerprintsOf(given: readonly string[]): readonly string[] {
  if (given.length === 0)
    throw new AppError('usage', '--key is missing.', {
      next: 'Name the fingerprint of the evidence key, which the operator of the installation tells you.',
    });
  return given.map((text) => {
    const fingerprint = readFingerprint(text);
    if (fingerprint !== undefined) return fingerprint;
    throw new AppError('usage', `--key ${text} is no fingerprint: it has 64 hexadecimal digits.`);
  });
}

/** Its size is looked at before it is read. */
function read(file: string): Uint8Array {
  try {
    const { size } = statSync(file);
    if (size <= packageBounds.bytes) return readFileSync(file);
  } catch (cause) {
    throw new AppError('usage', `${file} cannot be read: ${messageOf(cause)}`, { cause });
  }
  throw new AppError('usage', `${file} is larger than ${packageBounds.bytes / 1024 / 1024} MiB: it is no package.`);
}

function wordsOf(verified: VerifiedEvidence): readonly string[] {
  const { installation, at, about, files, rows, heads, forgotten = 0, documents, trials, authorities } = verified;
  const hosts = `${counted(trials, 'statement')} about tries of gates, each signed by its host; agents’ authority ${authorities.join(', ')}`;
  return [
    `verified: installation ${installation}, as of ${at}`,
    about,
    `${counted(files, 'file')}, ${counted(documents, 'document')}, ${counted(rows, 'row')} of the log under ${counted(heads, 'signed head')}`,
    ...(forgotten === 0 ? [] : [`${counted(forgotten, 'head')} without rows, which are older than the retention`]),
    ...(trials === 0 ? [] : [hosts]),
  ];
}

import { AppError, messageOf } from '#base/index.ts';
import { type Policy, type PolicyText, policyFromYaml } from '#policy/index.ts';
import { bytesWithin } from '../bounded-file.ts';

/** Bytes of a policy file; the console accepts no longer text either. */
const longest = 1_000_000;

/** The policy that a file holds, to judge by here: collections are known to a console only, so it holds for everything. */
export async function readPolicyFile(file: string): Promise<Policy> {
  const { collections: _, ...policy } = await readPolicyText(file);
  return { ...policy, id: 'file', version: 1, state: 'on' };
}

/** Reads the YAML form of a policy. Throws `AppError('policy-unreadable')` with each problem and its line. */
export async function readPolicyText(file: string): Promise<PolicyText> {
  const read = await policyFromYaml(await textOf(file));
  if (read.state === 'read') return read.policy;
  const problems = read.problems.map(({ line, message }) =>
    line === undefined ? `${file}: ${message}` : `${file}:${line}: ${message}`,
  );
  throw new AppError('policy-unreadable', problems.join('; '));
}

async function textOf(file: string): Promise<string> {
  const bytes = await bytesWithin(file, longest).catch((cause: unknown) => {
    throw unread(file, cause);
  });
  if (bytes === undefined) throw new AppError('policy-unreadable', `${file} is longer than any policy.`);
  return bytes.toString('utf8');
}

/** Why a file could not be opened, in words: nothing in it is wrong. */
function unread(file: string, cause: unknown): AppError {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  const reason = { ENOENT: 'was not found', EISDIR: 'is a folder', EACCES: 'may not be read by this user' }[code];
  return new AppError('file-unreadable', `${file} ${reason ?? `cannot be read: ${messageOf(cause)}`}.`, { cause });
}

import { signedBytesOfTrials } from '#gate/index.ts';
import { checkAgentSignature } from '#link/index.ts';
import { readTrialsStatement, type TrialsStatement } from '#gate/contract.ts';
import { TrialFile } from './schema.ts';

/** What a host signed of the tries of its gates, or why it does not count. */
export type CheckedTrial =
  | { readonly state: 'signed'; readonly statement: TrialsStatement; readonly authority: string }
  | { readonly state: 'trial-unreadable' }
  /** The statement is not what the key of the certificate signed. */
  | { readonly state: 'trial-forged' }
  /** The authority that the file names did not issue the certificate, or it did not hold then. */
  | { readonly state: 'trial-other-authority' }
  /** The certificate, or the statement, is of another host than the file says. */
  | { readonly state: 'trial-other-host' };

/** Checks a record of tries by the authority that it names: whoever trusts the file trusts that one. */
export function checkTrial(text: string): CheckedTrial {
  const file = TrialFile.safeParse(parsed(text)).data;
  const statement = readTrialsStatement(file?.statement ?? '');
  if (file === undefined || statement === undefined) return { state: 'trial-unreadable' };
  const { host, agent, signature, certificate, authority } = file;
  const content = signedBytesOfTrials(file.statement);
  const claimed = { content, signature, certificate, at: new Date(statement.at) };
  const checked = checkAgentSignature(claimed, [authority]);
  switch (checked.state) {
    case 'forged':
      return { state: 'trial-forged' };
    case 'other-authority':
      return { state: 'trial-other-authority' };
    case 'signed':
      return checked.agent === agent && statement.host === host
        ? { state: 'signed', statement, authority }
        : { state: 'trial-other-host' };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

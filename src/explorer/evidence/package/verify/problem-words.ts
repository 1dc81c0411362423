import { faultPlace, type LogFault } from '#compliance/index.ts';
import type { EvidenceProblem } from './problem.ts';

/** What a person reads of a problem: its name, and what it is about. */
export function problemWords(problem: EvidenceProblem): string {
  switch (problem.reason) {
    case 'unreadable':
    case 'too-large':
    case 'other-key':
    case 'forged':
    case 'claim-differs':
      return `${problem.reason}: ${problem.detail}`;
    case 'bad-path':
      return `${problem.reason}: "${problem.path}" leaves the folder, or is there twice.`;
    case 'file-missing':
      return `${problem.reason}: the manifest names "${problem.path}", which is not there.`;
    case 'file-unknown':
      return `${problem.reason}: "${problem.path}" is not named by the manifest.`;
    case 'file-changed':
      return `${problem.reason}: "${problem.path}" is not what the manifest names.`;
    case 'document-changed':
      return `${problem.reason}: ${problem.hash} is not the SHA-256 of what stands under it.`;
    case 'trial-unreadable':
      return `${problem.reason}: the record of tries "${problem.name}" cannot be read.`;
    case 'trial-forged':
      return `${problem.reason}: the statement in "${problem.name}" is not what its host signed.`;
    case 'trial-other-authority':
      return `${problem.reason}: the certificate in "${problem.name}" was not issued by the authority that it names, or was not valid then.`;
    case 'trial-other-host':
      return `${problem.reason}: the statement in "${problem.name}" is of another host than the record says.`;
    case 'log':
      return logWords(problem.fault);
  }
}

function logWords(fault: LogFault): string {
  const where = `batch ${faultPlace(fault)}`;
  switch (fault.kind) {
    case 'other-installation':
      return `log-other-installation: the head of ${where} is of installation ${fault.installation}.`;
    case 'other-key':
      return `log-other-key: no trusted key signed the head of ${where} as it is there.`;
    case 'head-missing':
      return `log-head-missing: the head of ${where} is missing.`;
    case 'not-chained':
      return `log-not-chained: the head of ${where} does not follow from the one before it.`;
    case 'changed':
      return `log-row-changed: ${where} is not what was sealed.`;
    case 'reordered':
      return `log-row-reordered: ${where} stands in another place than it was sealed in.`;
    case 'left-out':
      return `log-row-left-out: ${where} is missing.`;
  }
}

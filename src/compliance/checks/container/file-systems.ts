import { fail, failIfAny, pass } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';

export const fileSystemChecks = [
  containerCheck({
    id: 'CTR-035',
    title: 'The root file system is read-only',
    why: 'An attacker who can write to the image’s files can leave programs there and change those that run.',
    remedy: {
      docker: 'Run with --read-only, and --tmpfs for folders that must be writable',
      compose: 'Set read_only: true, and tmpfs for folders that must be writable',
      kubernetes: 'Set securityContext.readOnlyRootFilesystem: true',
    },
    severity: 'medium',
    nist: ['4.4.4'],
    cis: ['5.13'],
    version: 1,
    needs: ['readonlyRoot'],
    judge: ({ readonlyRoot }) => (readonlyRoot ? pass : fail('writable')),
  }),
  containerCheck({
    id: 'CTR-036',
    title: 'File systems in memory have a size limit and run no programs',
    why: 'One without a limit can fill the host’s memory; one that runs programs is where attackers put theirs.',
    remedy: {
      docker: 'Give a size, and leave out exec and suid: --tmpfs /tmp:size=64m',
      compose: 'Give a size, and leave out exec and suid: tmpfs: [/tmp:size=64m]',
      kubernetes: 'Set emptyDir.sizeLimit',
    },
    severity: 'low',
    nist: ['4.4.4'],
    cis: ['5.13'],
    version: 1,
    needs: ['tmpfs'],
    judge: ({ tmpfs }) =>
      failIfAny(
        tmpfs.flatMap(({ target, bounded, executable, setuid }) => {
          const faults = [
            ...(executable ? ['exec'] : []),
            ...(setuid ? ['suid'] : []),
            ...(bounded ? [] : ['no size']),
          ];
          return faults.length === 0 ? [] : [`${target}: ${faults.join(', ')}`];
        }),
      ),
  }),
];

import { failIfAny } from '../../judgement.ts';
import { containerCheck } from './container-check.ts';

const remoteShells: readonly string[] = ['sshd', 'sshd-session', 'dropbear'];

export const processChecks = [
  containerCheck({
    id: 'CTR-025',
    title: 'No SSH server runs in it',
    why: 'It is a second way in beside the engine, with keys and users that nobody manages.',
    remedy: {
      docker: 'Take the server out of the image; use docker exec',
      dockerfile: 'Do not install openssh-server or dropbear',
      kubernetes: 'Take the server out of the image; use kubectl exec',
    },
    severity: 'high',
    nist: ['4.1.2', '4.4.4'],
    cis: ['5.7'],
    version: 1,
    needs: ['processes'],
    failsByPart: ['processes'],
    judge: ({ processes }) =>
      failIfAny(
        processes
          .filter(({ program }) => remoteShells.includes(program))
          .map(({ program, uid }) => `${program} (uid ${uid})`),
      ),
  }),
  containerCheck({
    id: 'CTR-065',
    title: 'No process runs as root',
    why: 'A vulnerability in a program that runs as root gives away all that the container may do, and often more.',
    remedy: {
      docker: 'Run with --user UID:GID',
      compose: 'Set user: "UID:GID"',
      dockerfile: 'End with USER and a number other than 0',
      kubernetes: 'Set securityContext.runAsNonRoot: true and runAsUser',
    },
    severity: 'high',
    nist: ['4.1.2', '4.4.4'],
    cis: ['4.1'],
    version: 1,
    needs: ['processes', 'rootUid'],
    failsByPart: ['processes'],
    judge: ({ processes, rootUid }) =>
      failIfAny(
        processes
          .filter(({ uid }) => uid === 0 || uid === rootUid)
          .map(({ program, uid }) => `${program} (uid ${uid})`),
      ),
  }),
];

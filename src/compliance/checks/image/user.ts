import { fail, notApplicable, pass } from '../../judgement.ts';
import { imageCheck } from './image-check.ts';

const remedy = {
  dockerfile: 'Create an account and end the Dockerfile with its number: USER 10001:10001',
  docker: 'Until the image is fixed: --user 10001:10001',
  compose: 'Until the image is fixed: user: "10001:10001"',
  kubernetes: 'Until the image is fixed: securityContext.runAsUser: 10001 and runAsNonRoot: true',
};

const about = { nist: ['4.1.2'], cis: ['4.1'], version: 1, remedy } as const;

/** Which user the container runs as when nobody says otherwise. */
export const userChecks = [
  imageCheck({
    ...about,
    id: 'IMG-001',
    title: 'The image does not start as root',
    why: 'If a process that runs as root gets out through a kernel bug or a mount, it is root on the host.',
    severity: 'high',
    needs: ['user', 'platform'],
    judge: ({ user, platform }) => {
      if (platform.os === 'windows') return notApplicable('Windows has no root.');
      return isRoot(userPart(user)) ? fail(user === '' ? 'no user, so root' : user) : pass;
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-002',
    title: 'The account that the image names does not have uid 0',
    why: 'The kernel only knows numbers: an account with uid 0 is root, whatever its name.',
    severity: 'high',
    needs: ['user', 'userId', 'platform'],
    impliedBy: 'IMG-001',
    judge: ({ user, userId, platform }) => {
      if (platform.os === 'windows') return notApplicable('Windows has no root.');
      if (userPart(user) === '') return notApplicable('The image names no user.');
      return userId === 0 ? fail(`${user} has id 0`) : pass;
    },
  }),
  imageCheck({
    ...about,
    id: 'IMG-003',
    title: 'The image names its user by a number other than 0',
    why: 'Kubernetes cannot tell whether a name stands for root: with runAsNonRoot it refuses to start the image.',
    severity: 'low',
    needs: ['user', 'platform'],
    impliedBy: 'IMG-001',
    judge: ({ user, platform }) => {
      if (platform.os === 'windows') return notApplicable('Windows has no numbers for users.');
      return /^[1-9][0-9]*$/.test(userPart(user)) ? pass : fail(user === '' ? 'no user' : user);
    },
  }),
] as const;

/** `app:staff` → `app`. */
function userPart(user: string): string {
  return user.split(':', 1)[0]?.trim() ?? '';
}

/** Root by name, by number in any spelling, or because no user is named: `:app` names a group alone. */
function isRoot(user: string): boolean {
  return user === '' || user === 'root' || /^[+-]?0+$/.test(user);
}

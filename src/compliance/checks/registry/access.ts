import { fail, failIfAny, pass } from '../../judgement.ts';
import { dayCount, dayOf, daysSince } from '../days.ts';
import { registryCheck } from './registry-check.ts';

/** Who may read from and write to a registry. */
export const accessChecks = [
  registryCheck({
    id: 'REG-006',
    title: 'Nobody reads private repositories without a password',
    why: 'Images hold the code of their makers, and often secrets.',
    remedy: { registry: 'Require a password or token for pulls, or name the repository in the list of public ones' },
    severity: 'high',
    nist: ['4.2.3'],
    version: 1,
    needs: ['anonymousReads'],
    lists: ['public-repositories'],
    judge: ({ anonymousReads }, { lists }) =>
      failIfAny(
        anonymousReads
          .filter(
            ({ answer, repository }) => answer === 'allowed' && !lists['public-repositories'].includes(repository),
          )
          .map(({ repository }) => repository),
      ),
  }),
  registryCheck({
    id: 'REG-007',
    title: 'Nobody writes to the registry without a password',
    why: 'Otherwise anyone can replace every image that hosts pull.',
    remedy: { registry: 'Require a password or token for pushes' },
    severity: 'critical',
    nist: ['4.2.3'],
    version: 1,
    needs: ['anonymousWrite'],
    judge: ({ anonymousWrite }) =>
      anonymousWrite === 'allowed' ? fail('an upload was begun without a password') : pass,
  }),
  registryCheck({
    id: 'REG-008',
    title: 'Nobody lists repositories without a password',
    why: 'The list shows a stranger what there is to attack.',
    remedy: { registry: 'Require a password or token for /v2/_catalog, or switch it off' },
    severity: 'medium',
    nist: ['4.2.3'],
    version: 1,
    needs: ['anonymousListing'],
    judge: ({ anonymousListing }) => (anonymousListing === 'allowed' ? fail('/v2/_catalog is open') : pass),
  }),
  registryCheck({
    id: 'REG-013',
    title: 'Each right to push is limited to named repositories',
    why: 'Otherwise a stolen token of one application can replace the images of all others.',
    remedy: { registry: 'Give each robot or user the repositories that it pushes to, without wildcards' },
    severity: 'high',
    nist: ['4.2.3'],
    version: 1,
    needs: ['pushGrants'],
    judge: ({ pushGrants }) =>
      failIfAny(
        pushGrants
          .filter(({ isAdministrator }) => !isAdministrator)
          .flatMap(({ principal, repositories }) =>
            repositories.length === 0
              ? [`${principal} everything`]
              : repositories.filter((one) => /[*?]/.test(one)).map((one) => `${principal} ${one}`),
          ),
      ),
  }),
  registryCheck({
    id: 'REG-016',
    title: 'The registry reports pushes and removals',
    why: 'Without a record, nobody can tell who replaced an image.',
    remedy: {
      registry: 'Set up notifications from the registry to the console; if there are some, find out why none arrived',
    },
    severity: 'medium',
    nist: ['4.2.3'],
    version: 1,
    needs: ['lastAuditEvent'],
    lists: ['registry-report-days'],
    asksTime: true,
    judge: ({ lastAuditEvent }, { now, lists }) => {
      const days = daysSince(lastAuditEvent, now);
      return days <= dayCount(lists['registry-report-days']) ? pass : fail(`nothing since ${dayOf(lastAuditEvent)}`);
    },
  }),
];

import { parseImageName, repositoryOf } from '#image/index.ts';
import { failIfAny, pass } from '../../judgement.ts';
import { dayCount, dayOf, daysSince } from '../days.ts';
import { isWithin } from '../repository.ts';
import { registryCheck } from './registry-check.ts';

/** What a registry holds, and what hosts take from it. */
export const contentChecks = [
  registryCheck({
    id: 'REG-009',
    title: 'Tags of releases are never overwritten',
    why: 'Otherwise the same name is another image on the next host that pulls it.',
    remedy: { registry: 'Make tags immutable in the registry, and push each release under a tag of its own' },
    severity: 'high',
    nist: ['4.2.2'],
    version: 1,
    needs: ['tagChanges'],
    lists: ['moving-tags'],
    judge: ({ tagChanges: { areRefused, seen } }, { lists }) =>
      areRefused
        ? pass
        : failIfAny(
            seen
              .filter(({ tag }) => !lists['moving-tags'].includes(tag.slice(tag.lastIndexOf(':') + 1)))
              .map(({ tag, from, to }) => `${tag} ${brief(from)} → ${brief(to)}`),
          ),
  }),
  registryCheck({
    id: 'REG-010',
    title: 'Deployed tags still name what was deployed',
    why: 'After a tag was moved, the next start brings another image than the one that runs.',
    remedy: { docker: 'Deploy by digest, or deploy the tag’s new image on purpose' },
    severity: 'high',
    nist: ['4.2.2'],
    cis: ['5.28'],
    version: 1,
    needs: ['deployedTags'],
    judge: ({ deployedTags }) =>
      failIfAny(
        deployedTags
          .filter(({ deployed, current }) => deployed !== current)
          .map(({ name, deployed, current }) =>
            current === '' ? `${name} is gone` : `${name} ${brief(deployed)} → ${brief(current)}`,
          ),
      ),
  }),
  registryCheck({
    id: 'REG-011',
    title: 'No old tag can still be deployed',
    why: 'Images that nobody runs or updates collect vulnerabilities until someone starts one.',
    remedy: { registry: 'Remove tags that nothing runs, with the registry’s retention rules' },
    severity: 'low',
    nist: ['4.2.2'],
    cis: ['6.1'],
    version: 1,
    needs: ['tags'],
    lists: ['stale-tag-days'],
    asksTime: true,
    judge: ({ tags }, { now, lists }) => {
      const most = dayCount(lists['stale-tag-days']);
      return failIfAny(
        tags
          .map(({ name, pushed, running }) => ({ name, pushed, running, days: daysSince(pushed, now) }))
          .filter(({ running, days }) => running === 0 && days > most)
          .toSorted((a, b) => b.days - a.days)
          .map(({ name, pushed }) => `${name} pushed ${dayOf(pushed)}`),
      );
    },
  }),
  registryCheck({
    id: 'REG-012',
    title: 'Images that fail the policies are kept in separate repositories',
    why: 'Whoever pulls a current tag assumes that its image is good.',
    remedy: { registry: 'Remove the tag or move it to a separate repository, or fix the image' },
    severity: 'medium',
    nist: ['4.2.2', '4.1.1'],
    cis: ['4.4'],
    version: 1,
    needs: ['tagVerdicts'],
    judge: ({ tagVerdicts }) =>
      failIfAny(
        tagVerdicts
          .filter(({ verdict, isQuarantined }) => verdict !== 'pass' && !isQuarantined)
          .map(({ name, verdict }) => `${name} ${verdict}`),
      ),
  }),
  registryCheck({
    id: 'REG-015',
    title: 'The host pulls only from trusted repositories',
    why: 'Nobody has checked who made an image from elsewhere.',
    remedy: { docker: 'Pull the image from a trusted repository, or add its repository to the list' },
    severity: 'critical',
    nist: ['4.1.5'],
    cis: ['4.2'],
    version: 1,
    needs: ['pulledFrom'],
    lists: ['trusted-repositories'],
    judge: ({ pulledFrom }, { lists }) =>
      failIfAny(
        pulledFrom.filter((text) => {
          const name = parseImageName(text);
          if (name === undefined) return true;
          return !lists['trusted-repositories'].some((trusted) => isWithin(repositoryOf(name), trusted));
        }),
      ),
  }),
];

/** `sha256:0123456789ab` */
function brief(digest: string): string {
  return digest.slice(0, 'sha256:'.length + 12);
}

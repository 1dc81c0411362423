import type { HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, notApplicable, pass, warn } from '../../judgement.ts';
import { numberIn } from '../../lists/index.ts';
import { hostCheck } from './host-check.ts';

/** What lies about on a host, and what runs there side by side. */
export const hoardingChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'IMG-062',
    title: 'Unused images are removed',
    why: 'Whoever may start containers may start an old image with known vulnerabilities.',
    remedy: { docker: 'docker image prune --all --filter until=2160h' },
    severity: 'low',
    nist: ['4.2.2'],
    cis: ['6.1'],
    version: 1,
    needs: ['unusedImages'],
    lists: ['unused-image-days'],
    asksTime: true,
    judge: ({ unusedImages }, { now, lists }) => {
      const limit = now.getTime() - numberIn(lists['unused-image-days']) * 86_400_000;
      return failIfAny(
        unusedImages
          .filter(({ lastUsed }) => Date.parse(lastUsed) < limit)
          .map(({ name, lastUsed }) => `${name} ${lastUsed}`),
      );
    },
  }),
  hostCheck({
    id: 'CTR-084',
    title: 'All containers of the host have one sensitivity',
    why: 'Whoever breaks out of one container reaches all others on the host.',
    remedy: {
      docker: 'Run each container on a host for its sensitivity',
      kubernetes: 'Set nodeSelector and taints for each sensitivity',
    },
    severity: 'medium',
    nist: ['4.3.4'],
    version: 1,
    needs: ['sensitivities'],
    judge: ({ sensitivities }) => {
      const levels = [...new Set(sensitivities.flatMap(({ level }) => level ?? []))].toSorted();
      if (levels.length === 0) return notApplicable('No running container has a label seawall.sensitivity.');
      if (levels.length > 1) return fail(...levels);
      const unlabelled = sensitivities.filter(({ level }) => level === undefined);
      return unlabelled.length === 0 ? pass : warn(...unlabelled.map(({ container }) => `${container} has no level`));
    },
  }),
  hostCheck({
    id: 'CTR-088',
    title: 'Stopped containers are removed',
    why: 'They keep data and secrets, and anyone may start them again as they were.',
    remedy: { docker: 'docker container prune --filter until=720h' },
    severity: 'low',
    nist: ['4.4.5'],
    cis: ['6.2'],
    version: 1,
    needs: ['stoppedContainers'],
    lists: ['stopped-container-days', 'stopped-container-limit'],
    asksTime: true,
    judge: ({ stoppedContainers }, { now, lists }) => {
      const limit = now.getTime() - numberIn(lists['stopped-container-days']) * 86_400_000;
      const old = stoppedContainers.filter(({ stopped }) => Date.parse(stopped) < limit);
      return old.length <= numberIn(lists['stopped-container-limit'])
        ? pass
        : fail(...old.map(({ name, stopped }) => `${name} ${stopped}`));
    },
  }),
];

import { fail, pass, warn } from '../../judgement.ts';
import { dayOf } from '../days.ts';
import { imageCheck } from './image-check.ts';

const day = 24 * 60 * 60 * 1000;

/** How old the image and what it stands on are. */
export const ageChecks = [
  imageCheck({
    id: 'IMG-006',
    version: 1,
    nist: ['4.1.1'],
    cis: ['4.4'],
    title: 'The distribution release still gets security fixes',
    why: 'For a release that has ended, vulnerabilities are still published, but no longer fixed.',
    remedy: { dockerfile: 'Name a maintained release in FROM, and fix what breaks' },
    severity: 'high',
    needs: ['release', 'supportEnds'],
    asksTime: true,
    // The last day counts whole.
    judge: ({ release, supportEnds }, { now }) =>
      now.getTime() < Date.parse(supportEnds) + day ? pass : fail(`${release.name}, until ${supportEnds}`),
  }),
  imageCheck({
    id: 'IMG-046',
    version: 1,
    nist: ['4.2.2', '4.1.1'],
    cis: ['4.4'],
    title: 'The image is not older than allowed',
    why: 'An image gets no fixes; only a new build brings them in.',
    remedy: {
      dockerfile: 'Build it again without the cache and with a fresh base: docker build --pull --no-cache',
    },
    severity: 'medium',
    needs: ['created'],
    lists: ['oldest-image'],
    asksTime: true,
    judge: ({ created }, { now, lists }) => {
      const [days = ''] = lists['oldest-image'];
      if (!/^[1-9][0-9]{0,4}$/.test(days)) throw new Error(`“${days}” is no number of days`);
      const age = now.getTime() - Date.parse(created);
      if (age < -day) return warn(`built in the future, ${created.slice(0, 10)}`);
      return age <= Number(days) * day ? pass : fail(`built ${dayOf(created)}`);
    },
  }),
] as const;

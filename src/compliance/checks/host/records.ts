import type { HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, notApplicable, pass } from '../../judgement.ts';
import { numberIn } from '../../lists/index.ts';
import { hostCheck } from './host-check.ts';

/** What later tells what happened, and when. */
export const recordChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'HST-054',
    title: 'The clock is synchronised',
    why: 'Otherwise logs of several hosts cannot be put in order.',
    remedy: { host: 'Run apt-get install chrony; chronyc tracking shows its state' },
    severity: 'medium',
    nist: ['4.5.4'],
    version: 1,
    needs: ['clock'],
    judge: ({ clock: { service, state } }) => {
      if (service === undefined) return fail('no time service runs');
      return state === 'synchronised' ? pass : fail(`${service} is not synchronised`);
    },
  }),
  hostCheck({
    id: 'HST-056',
    title: 'A log daemon keeps logs on disk',
    why: 'Logs in memory are lost when an attacker restarts the host.',
    remedy: {
      host: 'Set Storage=persistent in /etc/systemd/journald.conf, then run systemctl restart systemd-journald',
    },
    severity: 'medium',
    nist: ['4.5.4'],
    version: 1,
    needs: ['logs'],
    judge: ({ logs: { daemon, place, kept } }) =>
      failIfAny([
        ...(daemon === undefined ? ['no log daemon runs'] : []),
        ...(kept === 'in-memory' ? [`${place} is in memory`] : []),
      ]),
  }),
  hostCheck({
    id: 'HST-038',
    title: 'Programs that run containers are unchanged since installation',
    why: 'A changed runtime controls every container and its secrets.',
    remedy: { host: 'apt-get install --reinstall docker.io containerd runc' },
    severity: 'high',
    nist: ['4.5.5', '4.5.3'],
    cis: ['1.2.1'],
    version: 1,
    needs: ['programVerification'],
    judge: ({ programVerification }) =>
      programVerification.length === 0
        ? notApplicable('No program that runs containers is installed.')
        : failIfAny(
            programVerification
              .filter(({ state }) => state === 'changed' || state === 'unowned')
              .map(({ path, state }) => `${path} ${state === 'changed' ? 'is changed' : 'belongs to no package'}`),
          ),
  }),
  hostCheck({
    id: 'HST-069',
    title: 'A program watches the host’s files for changes',
    why: 'Otherwise a changed program or setting stays unnoticed.',
    remedy: { host: 'Run apt-get install aide, then aideinit' },
    severity: 'medium',
    nist: ['4.5.5'],
    version: 1,
    needs: ['integrityWatch'],
    lists: ['integrity-baseline-days'],
    asksTime: true,
    judge: ({ integrityWatch: watch }, { now, lists }) => {
      if (watch === null) return fail('nothing watches');
      const days = (now.getTime() - Date.parse(watch.baseline)) / 86_400_000;
      return days <= numberIn(lists['integrity-baseline-days'])
        ? pass
        : fail(`baseline of ${watch.tool} of ${watch.baseline.slice(0, 10)}`);
    },
  }),
];

import type { OfSwarm } from '#inventory/index.ts';
import { fail, failIfAny, type Judgement, notApplicable, pass, warn } from '../../judgement.ts';
import { dayCount, dayOf, daysSince } from '../days.ts';
import { isWildcard, shown } from './address.ts';
import { engineCheck } from './engine-check.ts';

/** A swarm and its managers. None of these says anything of an engine that is in no swarm. */
export const swarmChecks = [
  engineCheck({
    id: 'SWM-001',
    title: 'A swarm has three, five or seven managers',
    why: 'With fewer, the loss of one stops the swarm. An even number adds no safety, and more managers are more to attack.',
    remedy: { engine: 'Run docker node promote NODE or docker node demote NODE on a manager' },
    severity: 'medium',
    nist: ['4.3.5'],
    cis: ['7.1'],
    version: 1,
    needs: ['swarmManagers'],
    judge: ({ swarmManagers }) =>
      inSwarm(swarmManagers, ({ count }) => ([3, 5, 7].includes(count) ? pass : fail(`managers: ${count}`))),
  }),
  engineCheck({
    id: 'SWM-002',
    title: 'Managers listen on one interface only',
    why: 'Otherwise the port that controls the swarm is open on every network of the host.',
    remedy: { engine: 'Create the swarm with docker swarm init --listen-addr ADDRESS:2377' },
    severity: 'medium',
    nist: ['4.3.2'],
    cis: ['7.2'],
    version: 1,
    needs: ['swarmListeners'],
    judge: ({ swarmListeners }) =>
      inSwarm(swarmListeners, ({ addresses }) => failIfAny(addresses.filter(isWildcard).map(shown))),
  }),
  engineCheck({
    id: 'SWM-003',
    title: 'Overlay networks are encrypted',
    why: 'Otherwise anyone on the way can read and change traffic between hosts.',
    remedy: { engine: 'Create the network again with docker network create --driver overlay --opt encrypted NAME' },
    severity: 'medium',
    nist: ['4.3.3', '4.3.5'],
    cis: ['7.3'],
    version: 1,
    needs: ['swarmOverlays'],
    judge: ({ swarmOverlays }) =>
      inSwarm(swarmOverlays, ({ networks }) =>
        networks.length === 0
          ? notApplicable('The swarm has no overlay network.')
          : failIfAny(networks.filter(({ isEncrypted }) => !isEncrypted).map(({ name }) => name)),
      ),
  }),
  engineCheck({
    id: 'SWM-005',
    title: 'Managers stay locked after a restart until someone unlocks them',
    why: 'Otherwise anyone can read the keys of the swarm from the disk of a manager.',
    remedy: { engine: 'Run docker swarm update --autolock on a manager and keep the key elsewhere' },
    severity: 'medium',
    nist: ['4.3.5'],
    cis: ['7.5'],
    version: 1,
    needs: ['swarmAutoLock'],
    judge: ({ swarmAutoLock }) =>
      inSwarm(swarmAutoLock, ({ isLocked }) => (isLocked ? pass : fail('auto-lock is off'))),
  }),
  engineCheck({
    id: 'SWM-006',
    title: 'The key that unlocks managers is changed regularly',
    why: 'Otherwise everyone who ever knew it can read the keys of the swarm from a stolen disk.',
    remedy: { engine: 'Run docker swarm unlock-key --rotate on a manager' },
    severity: 'low',
    nist: ['4.3.5'],
    cis: ['7.6'],
    version: 1,
    needs: ['swarmAutoLock', 'swarmKeyChange'],
    lists: ['swarm-key-days'],
    asksTime: true,
    judge: ({ swarmAutoLock, swarmKeyChange }, { now, lists }) =>
      inSwarm(swarmAutoLock, ({ isLocked }) => {
        if (!isLocked) return notApplicable('Managers are not locked.');
        return inSwarm(swarmKeyChange, ({ at }) => notOlder(at, { now, most: dayCount(lists['swarm-key-days']) }));
      }),
  }),
  engineCheck({
    id: 'SWM-007',
    title: 'Certificates of nodes are short-lived',
    why: 'A stolen certificate opens the swarm until it expires.',
    remedy: { engine: 'Run docker swarm update --cert-expiry 2160h on a manager' },
    severity: 'low',
    nist: ['4.3.5'],
    cis: ['7.7'],
    version: 1,
    needs: ['swarmNodeCertificates'],
    lists: ['swarm-certificate-days'],
    judge: ({ swarmNodeCertificates }, { lists }) =>
      inSwarm(swarmNodeCertificates, ({ days }) => {
        const most = dayCount(lists['swarm-certificate-days']);
        return days <= most ? pass : fail(`${Math.floor(days)} days, at most ${most}`);
      }),
  }),
  engineCheck({
    id: 'SWM-008',
    title: 'The certificate authority of the swarm is changed regularly',
    why: 'Otherwise whoever stole its key can add nodes for ever.',
    remedy: { engine: 'Run docker swarm ca --rotate on a manager, and wait until it is done' },
    severity: 'low',
    nist: ['4.3.5'],
    cis: ['7.8'],
    version: 1,
    needs: ['swarmAuthority'],
    lists: ['swarm-authority-days'],
    asksTime: true,
    judge: ({ swarmAuthority }, { now, lists }) =>
      inSwarm(swarmAuthority, ({ validFrom, isChanging }) =>
        isChanging
          ? warn('a change has begun and not ended')
          : notOlder(validFrom, { now, most: dayCount(lists['swarm-authority-days']) }),
      ),
  }),
  engineCheck({
    id: 'SWM-009',
    title: 'Containers and managers use separate networks',
    why: 'Otherwise a container that floods its network, or listens to it, reaches the control of the swarm.',
    remedy: { engine: 'Join the swarm again with --advertise-addr ADDRESS --data-path-addr OTHER-ADDRESS' },
    severity: 'low',
    nist: ['4.3.3'],
    cis: ['7.9'],
    version: 1,
    needs: ['swarmAddresses'],
    judge: ({ swarmAddresses }) =>
      inSwarm(swarmAddresses, ({ control, data }) => (control === data ? fail(`both by ${control}`) : pass)),
  }),
];

function inSwarm<Facts>(facts: OfSwarm<Facts>, judge: (facts: Facts) => Judgement): Judgement {
  return facts.kind === 'off' ? notApplicable('This engine is in no swarm.') : judge(facts);
}

function notOlder(moment: string, { now, most }: { readonly now: Date; readonly most: number }): Judgement {
  return daysSince(moment, now) <= most ? pass : fail(`since ${dayOf(moment)}, at most ${most} days`);
}

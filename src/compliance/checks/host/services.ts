import type { HostListener, HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { fail, failIfAny, pass, warn } from '../../judgement.ts';
import { numberIn } from '../../lists/index.ts';
import { hostCheck } from './host-check.ts';

/** What runs on the host beside containers. */
export const serviceChecks: readonly Check<HostShape>[] = [
  hostCheck({
    id: 'HST-025',
    title: 'The host’s operating system is small',
    why: 'Each package that containers do not need is one more that can have vulnerabilities.',
    remedy: { host: 'Use a system made for containers, or remove packages: apt-get autoremove --purge' },
    severity: 'low',
    nist: ['4.5.1'],
    cis: ['1.2.1'],
    version: 1,
    needs: ['system'],
    lists: ['minimal-systems', 'host-package-limit'],
    judge: ({ system: { ids, packages } }, { lists }) => {
      if (ids.some((id) => lists['minimal-systems'].includes(id))) return pass;
      if (packages === null) return warn(`${ids[0] ?? 'unknown system'}, packages unknown`);
      return packages <= numberIn(lists['host-package-limit']) ? pass : warn(`${packages} packages`);
    },
  }),
  hostCheck({
    id: 'HST-026',
    title: 'Only known services of the host accept connections',
    why: 'A host for containers needs few services; each further one is a way to all its containers.',
    remedy: { host: 'systemctl disable --now SERVICE' },
    severity: 'medium',
    nist: ['4.5.1', '4.5.2'],
    cis: ['1.2.1'],
    version: 1,
    needs: ['listeners'],
    lists: ['host-services'],
    judge: ({ listeners }, { lists }) => {
      const known = new Set(lists['host-services']);
      const other = listeners.filter((each) => each.owner === 'host' && !isKnown(each, known));
      const reachable = other.filter(({ address }) => !isLoopback(address));
      if (reachable.length > 0) return fail(...reachable.map(showListener));
      return other.length > 0 ? warn(...other.map(showListener)) : pass;
    },
  }),
  hostCheck({
    id: 'HST-039',
    title: 'No container runs outside the engine’s view',
    why: 'Whoever can use containerd’s socket can start containers that the engine does not list.',
    remedy: { host: 'ctr --namespace NAME tasks kill --signal SIGKILL ID' },
    severity: 'high',
    nist: ['4.4.5'],
    version: 2,
    needs: ['containerdTasks', 'subordinateUsers'],
    lists: ['containerd-namespaces'],
    judge: ({ containerdTasks, subordinateUsers }, { lists }) =>
      failIfAny(
        containerdTasks
          .map((one) => ({ ...one, base: withoutRange(one.namespace, subordinateUsers) }))
          .filter(({ base, tasks }) => tasks === 'running' && !lists['containerd-namespaces'].includes(base))
          .map(({ namespace }) => namespace),
      ),
  }),
  hostCheck({
    id: 'HST-055',
    title: 'The packet filter refuses what no rule allows',
    why: 'Otherwise each new service can be reached at once. The engine’s own chains do not protect the host.',
    remedy: {
      host: 'Add rules for SSH and established connections, then run nft chain inet filter input { policy drop \\; }',
    },
    severity: 'medium',
    nist: ['4.3.3', '4.4.2'],
    version: 1,
    needs: ['inputFilters'],
    judge: ({ inputFilters }) =>
      failIfAny(
        inputFilters
          .filter(({ otherwise }) => otherwise === 'accepted')
          .map(({ protocol }) => `${protocol} is accepted`),
      ),
  }),
  hostCheck({
    id: 'HST-057',
    title: 'Security updates are installed automatically',
    why: 'Otherwise known vulnerabilities of the host stay open until someone remembers them.',
    remedy: {
      host: 'Run apt-get install unattended-upgrades, or dnf install dnf-automatic and set apply_updates = yes',
    },
    severity: 'low',
    nist: ['4.5.3'],
    version: 1,
    needs: ['updaters'],
    judge: ({ updaters }) => (updaters.length > 0 ? pass : fail('nothing installs updates')),
  }),
];

function isKnown({ program, port }: HostListener, known: ReadonlySet<string>): boolean {
  return program !== undefined && (known.has(program) || known.has(`${program} ${port}`));
}

/** Addresses that only the host itself reaches, as the readers write them. */
function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1' || address.startsWith('::ffff:127.');
}

function showListener({ address, port, program }: HostListener): string {
  return `${program ?? 'unknown program'} ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** An engine that maps users to a range of its own adds where that begins: `moby-100000.100000`. */
function withoutRange(namespace: string, ranges: HostShape['subordinateUsers']): string {
  const [, base, first] = /^(.+)-(\d+)\.\d+$/.exec(namespace) ?? [];
  return base !== undefined && ranges.some((range) => range.first === Number(first)) ? base : namespace;
}

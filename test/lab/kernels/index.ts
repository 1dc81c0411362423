import type { Kernel } from '../../make/qemu-host/disks.ts';
import type { Lab, LabCase } from '../lab.ts';
import { type Guests, setUpGuests } from './guests.ts';
import { trials } from './trials.ts';

/**
 * The sensor under Debian's 6.12 and 6.1, each with BPF among its security modules, systemd and control groups v2.
 * What protects is turned off under the first alone: the cases are the same, and a boot costs most.
 */
export const lab: Lab<Guests> = {
  name: 'kernels',
  cases: [...casesOf('trixie', 'M612'), ...casesOf('bookworm', 'M61')],
  setUp: setUpGuests,
};

function casesOf(kernel: Kernel, prefix: string): readonly LabCase<Guests>[] {
  return trials.map(({ id, title, protectedBy }) => ({
    id: `${prefix}-${id}`,
    title,
    ...(protectedBy !== undefined && kernel === 'trixie' && { protectedBy }),
    run: (guests) => guests.try(kernel, id),
  }));
}

import type { HostShape } from '#inventory/index.ts';
import type { Check } from '../../check.ts';
import { accessChecks } from './access.ts';
import { accountChecks } from './accounts.ts';
import { auditChecks } from './audit.ts';
import { bootChecks } from './boot.ts';
import { enginePlaceChecks } from './engine-places.ts';
import { fileChecks } from './files.ts';
import { hoardingChecks } from './hoarding.ts';
import { kernelChecks } from './kernel.ts';
import { kubeletChecks } from './kubelet.ts';
import { mountChecks } from './mounts.ts';
import { parentChecks } from './parents.ts';
import { recordChecks } from './records.ts';
import { serviceChecks } from './services.ts';

/** Every check of hosts. */
export const hostChecks: readonly Check<HostShape>[] = [
  ...fileChecks,
  ...enginePlaceChecks,
  ...parentChecks,
  ...accountChecks,
  ...auditChecks,
  ...mountChecks,
  ...kernelChecks,
  ...bootChecks,
  ...serviceChecks,
  ...accessChecks,
  ...recordChecks,
  ...kubeletChecks,
  ...hoardingChecks,
];

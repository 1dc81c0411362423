import type { Control } from '../control.ts';
import { outside } from '../mapped.ts';
import { outsideReasons } from '../outside-reasons.ts';

const { premises, recovery } = outsideReasons;

/** 164.310: physical safeguards. */
export const physicalSafeguards: readonly Control[] = [
  ...outside(premises, { '164.310(a)(1)': 'Entry to facilities is limited' }),
  ...outside(recovery, { '164.310(a)(2)(i)': 'Facilities can be entered in an emergency' }),
  ...outside(premises, {
    '164.310(a)(2)(ii)': 'Facilities are guarded from theft and tampering',
    '164.310(a)(2)(iii)': 'Who enters is identified and let in by role',
    '164.310(a)(2)(iv)': 'Repairs of doors, walls and locks are written down',
    '164.310(b)': 'Use of workstations is regulated',
    '164.310(c)': 'Workstations are guarded',
    '164.310(d)(1)': 'Devices and media are controlled',
    '164.310(d)(2)(i)': 'Media with health data are disposed of safely',
    '164.310(d)(2)(ii)': 'Media are erased before they are used again',
    '164.310(d)(2)(iii)': 'It is written down who has which devices and media',
  }),
  ...outside(recovery, { '164.310(d)(2)(iv)': 'Data is copied before devices are moved' }),
];

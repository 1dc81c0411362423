import { fail, pass } from '../../judgement.ts';
import { networkCheck } from './network-check.ts';

/** Who meets on a network. */
export const sensitivityChecks = [
  networkCheck({
    id: 'CTR-083',
    title: 'Containers of one sensitivity alone meet on the network',
    why: 'Whoever breaks the least guarded of them reaches all the others.',
    remedy: {
      docker: 'Create a network for each sensitivity, and run with --network of the right one.',
      compose: 'Use one network for each sensitivity under networks.',
    },
    severity: 'medium',
    nist: ['4.3.3', '4.3.4'],
    version: 1,
    needs: ['members'],
    judge({ members }) {
      const kinds = new Set(members.map(({ sensitivity }) => sensitivity));
      if (kinds.size <= 1) return pass;
      return fail(...members.map(({ container, sensitivity }) => `${container}: ${sensitivity}`));
    },
  }),
];

import { fail, notApplicable, pass } from '../../judgement.ts';
import { networkCheck } from './network-check.ts';

/** Who meets on a network. */
export const sensitivityChecks = [
  networkCheck({
    id: 'CTR-083',
    title: 'All containers on the network have one sensitivity',
    why: 'Whoever breaks into the least protected one reaches all the others.',
    remedy: {
      docker: 'Create a network for each sensitivity, and run with --network of the right one',
      compose: 'Use one network for each sensitivity under networks',
    },
    severity: 'medium',
    nist: ['4.3.3', '4.3.4'],
    version: 2,
    needs: ['members'],
    judge({ members }) {
      if (members.length < 2) return notApplicable('Fewer than two containers are on the network.');
      const kinds = new Set(members.map(({ sensitivity }) => sensitivity));
      if (kinds.size <= 1) return pass;
      return fail(...members.map(({ container, sensitivity }) => `${container}: ${sensitivity}`));
    },
  }),
];

import type { Lab } from '../lab.ts';
import { auditCases } from './auditing.ts';
import { besideCases } from './beside.ts';
import { checkCases } from './checking.ts';
import { defectCases } from './defects.ts';
import { documentCases } from './four-documents.ts';
import { hidingCases } from './hiding.ts';
import { ruleCases } from './rules.ts';
import { silenceCases } from './silent.ts';
import { stopCases } from './stopping.ts';
import { setUpWorld, type World } from './world.ts';

/** What checks say of real images, containers, hosts and engines, and that it is right. */
export const lab: Lab<World> = {
  name: 'compliance',
  cases: [
    ...checkCases,
    ...documentCases,
    ...defectCases,
    ...besideCases,
    ...hidingCases,
    ...ruleCases,
    ...stopCases,
    ...silenceCases,
    ...auditCases,
  ],
  setUp: setUpWorld,
};

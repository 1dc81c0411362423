import type { Lab } from '../lab.ts';
import { accessCases } from './access.ts';
import { agentCases } from './agents.ts';
import { type Estate, setUpEstate } from './estate.ts';
import { identityCases } from './identity.ts';
import { jenkinsCases } from './jenkins.ts';
import { killCases } from './kills.ts';
import { ruleCases } from './rules.ts';
import { publisherCases } from './publishers.ts';

/** Three hosts, dev, test and prod, on both of Docker's image stores, and one console that sees them all. */
export const lab: Lab<Estate> = {
  name: 'estate',
  cases: [
    ...identityCases,
    ...jenkinsCases,
    ...ruleCases,
    ...publisherCases,
    ...agentCases,
    ...accessCases,
    ...killCases,
  ],
  setUp: setUpEstate,
};

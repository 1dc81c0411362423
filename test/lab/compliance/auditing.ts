import { newToken } from '../../journeys/real-console.ts';
import { type LabCase, until } from '../lab.ts';
import { badClaims, goodClaims } from './audit-claims.ts';
import { compare, follow, readPackage } from './audit-package.ts';
import { trialPeriod } from './audited.ts';
import type { World } from './world.ts';

/** Beyond the time in which the console looks at what changed, and lines are tried. */
const patience = { seconds: 150, every: 5000 };

async function audit(world: World): Promise<string> {
  const { dock } = await world.audited();
  const token = await newToken(dock.state, `auditor-${Date.now()}`, 'auditor');
  const figures: string[] = [];
  for (const [environment, claims] of [
    ['prod', goodClaims],
    ['test', badClaims],
  ] as const) {
    const named = await until(
      `the package of ${environment}`,
      async () => {
        const found = await readPackage({ baseUrl: dock.console().origin, token }, environment);
        for (const claim of claims) follow(found, claim);
        return await compare(dock, environment, found);
      },
      patience,
    );
    figures.push(`${environment}: ${claims.length} claims lead to their evidence, ${named} files by their hashes`);
  }
  return `period of trials shortened to ${trialPeriod} s; ${figures.join('; ')}`;
}

/** Somebody who has nothing but the package. */
export const auditCases: readonly LabCase<World>[] = [
  {
    id: 'C30',
    title: 'the auditor’s package of a good and of a bad host leads from each claim to its evidence',
    protectedBy: 'the gate',
    isLongDisarmed: true,
    shownBy:
      '`npm test` follows answers to their files in package-routes.test.ts, and gates that are not there in gates.test.ts.',
    run: audit,
  },
];

import { getTemplateEvidence } from '#explorer/contract.ts';
import { newToken } from '../../journeys/real-console.ts';
import { type LabCase, until } from '../lab.ts';
import { badClaims, type Claim, goodClaims } from './audit-claims.ts';
import { compare, follow, readPackage } from './audit-package.ts';
import { type Audited, trialPeriod } from './audited.ts';
import type { World } from './world.ts';

/** Beyond the time in which the console looks at what changed, and lines are tried. */
const patience = { seconds: 120, every: 1000 };

/** Waits until the controls stand as the claims say. */
async function untilTheyStand({ dock }: Audited, environment: string, claims: readonly Claim[]): Promise<void> {
  let seen = '';
  const stand = async (): Promise<boolean> => {
    const asked = { params: { template: 'nist-800-190' }, query: { environment } };
    const { controls } = await dock.ask(getTemplateEvidence, asked);
    const wrong = controls.filter(({ id, state }) => claims.some((one) => one.control === id && one.stands !== state));
    seen = wrong.map(({ id, state, reason }) => `${id} ${state}: ${reason}`).join(' ');
    return wrong.length === 0;
  };
  await until(`the controls of ${environment}`, stand, patience).catch(() => {
    throw new Error(`The controls of ${environment} do not come to stand as they should. ${seen}`);
  });
}

async function audit(world: World): Promise<string> {
  const audited = await world.audited();
  const { dock } = audited;
  const auditor = await newToken(dock.state, `auditor-${Date.now()}`, 'auditor');
  const figures: string[] = [];
  for (const [environment, claims] of [
    ['prod', goodClaims],
    ['test', badClaims],
  ] as const) {
    await untilTheyStand(audited, environment, claims);
    const found = await readPackage({ baseUrl: dock.console().origin, token: auditor }, environment);
    for (const claim of claims) follow(found, claim);
    const named = await compare(dock, environment, found);
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
    run: audit,
  },
];

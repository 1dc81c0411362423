import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createToken } from '#access/contract.ts';
import { getChanges, getImage } from '#explorer/contract.ts';
import { groovy, runPipeline } from '../../journeys/jenkins-pipeline.ts';
import { expectThat, type LabCase } from '../lab.ts';
import type { Estate } from './estate.ts';
import { vulnerable, opensslVulnerability, soundOpenssl, surgeImage } from './images.ts';

/** What a build is told, and what the console keeps of it. */
export const jenkinsCases: readonly LabCase<Estate>[] = [
  {
    id: 'J1',
    title: 'Jenkins fails the build of an image with one Medium finding',
    protectedBy: 'the threshold of the step',
    async run(estate) {
      const { result, log } = await build(estate, 41, vulnerable.openssl);
      expectThat(result === 'FAILURE', `the build ended as ${result}`);
      expectThat(log.includes(opensslVulnerability), 'the table does not name the vulnerability');
      return undefined;
    },
  },
  {
    id: 'J2',
    title: 'it passes the rebuilt image, and the console shows what changed between the two',
    async run(estate) {
      const { result } = await build(estate, 42, soundOpenssl);
      expectThat(result === 'SUCCESS', `the build ended as ${result}`);
      const [before, after] = [imageOf(41, vulnerable.openssl).digest, imageOf(42, soundOpenssl).digest];
      await estate.row(after);
      const { previous, job } = await estate.ask(getImage, { params: { subject: after } });
      expectThat(previous?.subject === before, `the build before is ${previous?.subject ?? 'not known'}`);
      const changes = await estate.ask(getChanges, { params: { subject: after }, query: { against: before } });
      const removed = changes.findings.removed.map(({ id }) => id);
      expectThat(removed.join() === opensslVulnerability, `removed findings: ${removed.join()}`);
      const [changed] = changes.packages.changed;
      expectThat(changed?.to === soundOpenssl.version, 'the changed package is not named');
      return `${job?.name}: ${changed.name} ${changed.from} → ${changed.to} removes ${removed.join()}`;
    },
  },
];

function imageOf(number: number, openssl: typeof vulnerable.openssl | typeof soundOpenssl) {
  return surgeImage({ name: 'registry.example/surge/gauge:candidate', packages: [openssl], build: `gauge ${number}` });
}

async function build(
  { armed, ask, console, state }: Estate,
  number: number,
  openssl: typeof vulnerable.openssl | typeof soundOpenssl,
) {
  const archive = join(state, `gauge-${number}.tar`);
  writeFileSync(archive, imageOf(number, openssl).bytes);
  const { secret } = await ask(createToken, {
    body: { name: `jenkins ${number}`, role: 'ci', repositories: ['registry.example/surge/*'] },
  });
  const step = [`input: ${groovy(archive)}`, "name: 'gauge'"];
  const judged = [`console: ${groovy(console().origin)}`, "credentialsId: 'seawall'", "application: 'storm-surge'"];
  const unarmed = ["failOn: 'critical'"];
  return await runPipeline(state, `seawallScan(${[...step, ...(armed ? judged : unarmed)].join(', ')})`, {
    env: { SEAWALL_STATE: state },
    build: { JOB_NAME: 'surge/gauge', BUILD_URL: `https://jenkins.example/job/gauge/${number}/` },
    credentials: { seawall: secret },
  });
}

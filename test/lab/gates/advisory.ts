import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { listGates } from '#gate/contract.ts';
import { systemClock } from '#base/index.ts';
import { buildDatabase, localSigningKey } from '#vulnerability/index.ts';
import { surgeImage } from '../estate/images.ts';
import { type LabCase, until } from '../lab.ts';
import { type Dock, onEach } from './dock.ts';
import type { Quay } from './quay.ts';

/** A further feed beside Alpine's own: one vulnerability, rated Medium, in versions of one package. */
async function publishAdvisory({ state }: Dock): Promise<void> {
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '9.0-r0' }] };
  const advisory = {
    id: 'ALPINE-CVE-2026-6999',
    aliases: ['CVE-2026-6999'],
    modified: systemClock().toISOString(),
    published: systemClock().toISOString(),
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N' }],
    affected: [{ package: { ecosystem: 'Alpine:v3.20', name: 'surge-lib' }, ranges: [range] }],
  };
  const folder = join(state, 'feeds', 'Lab');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'all.zip'), zipSync({ 'advisory.json': Buffer.from(JSON.stringify(advisory)) }));
  const signingKey = localSigningKey(join(state, 'keys'));
  const out = join(state, 'vulnerability.db');
  await buildDatabase({ feeds: join(state, 'feeds'), out, signingKey, clock: systemClock });
}

async function rogueOf({ ask }: Dock, { hostName }: Quay, name: string) {
  const { gates } = await ask(listGates);
  return gates.find(({ host }) => host === hostName)?.rogues.find((one) => one.name.replace(/^\//, '') === name);
}

/** What runs is judged again when more becomes known. */
export const advisoryCases: readonly LabCase<Dock>[] = [
  {
    id: 'G15',
    title: 'after a new advisory a running container is listed, and by rule stopped',
    shownBy: '`npm test` does the same on one engine, in gate.test.ts.',
    protectedBy: 'the sweep',
    async run(dock) {
      const part = { version: '1.0-r0', name: 'surge-lib', origin: 'surge-lib' };
      const image = surgeImage({ name: 'surge/lib:1', packages: [part], build: `surge/lib ${Date.now()}` });
      await dock.rule({ rogue: dock.armed ? 'alert' : 'ignore' });
      try {
        await onEach(dock, async (quay) => {
          await dock.install(quay);
          await dock.load(quay, image);
          await quay.engine.must('run', '-d', '--network', 'none', '--name', 'lib', 'surge/lib:1');
          return undefined;
        });
        await publishAdvisory(dock);
        const began = performance.now();
        const listed = await onEach(dock, async (quay) => {
          const { cause } = await until('the container among the rogues', () => rogueOf(dock, quay, 'lib'), {
            seconds: dock.armed ? 60 : 6,
          });
          return `${cause}, listed after ${Math.round(performance.now() - began)} ms`;
        });
        await dock.rule({ rogue: 'stop' });
        const ruled = performance.now();
        const stopped = await onEach(dock, async ({ engine }) => {
          const isRunning = async () => (await engine.must('inspect', '--format', '{{.State.Running}}', 'lib')).trim();
          await until('its stop', async () => (await isRunning()) === 'false', { seconds: 40 });
          return `stopped ${Math.round(performance.now() - ruled)} ms after the rule said so`;
        });
        return `${listed}; ${stopped}`;
      } finally {
        await Promise.all(dock.quays.map(({ engine }) => engine.docker('rm', '-f', 'lib')));
        await dock.rule();
      }
    },
  },
];

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { listGates } from '#admission/contract.ts';
import { systemClock } from '#base/index.ts';
import { buildDatabase, localSigningKey } from '#vulnerability/index.ts';
import { surgeImage } from '../estate/images.ts';
import { type LabCase, until } from '../lab.ts';
import { type Dock, onBoth } from './dock.ts';
import type { Quay } from './quay.ts';

/** A further feed beside Alpine's own: one flaw, rated Medium, in versions of one package. */
async function publishAdvisory({ state }: Dock, store: string): Promise<void> {
  const range = { type: 'ECOSYSTEM', events: [{ introduced: '0' }, { fixed: '9.0-r0' }] };
  const advisory = {
    id: `ALPINE-CVE-2026-${store.length}999`,
    aliases: [`CVE-2026-${store.length}999`],
    modified: systemClock().toISOString(),
    published: systemClock().toISOString(),
    severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:L/I:L/A:N' }],
    affected: [{ package: { ecosystem: 'Alpine:v3.20', name: `surge-lib-${store}` }, ranges: [range] }],
  };
  const folder = join(state, 'feeds', `Lab ${store}`);
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
  onBoth(
    {
      id: 'G15',
      title: 'after a new advisory a running container is listed, and by rule stopped',
      protectedBy: 'the gate',
    },
    async (dock, quay) => {
      await dock.install(quay);
      const name = `surge/lib-${quay.store}:1`;
      const part = { version: '1.0-r0', name: `surge-lib-${quay.store}`, origin: `surge-lib-${quay.store}` };
      await dock.load(quay, surgeImage({ name, packages: [part], build: `${name} ${Date.now()}` }));
      await dock.rule({ rogue: 'alert' });
      await quay.engine.must('run', '-d', '--network', 'none', '--name', 'lib', name);
      try {
        const began = performance.now();
        await publishAdvisory(dock, quay.store);
        const found = await until('the container among the rogues', () => rogueOf(dock, quay, 'lib'), { seconds: 60 });
        const listed = Math.round(performance.now() - began);
        await dock.rule({ rogue: 'stop' });
        const stopped = performance.now();
        const state = async () => (await quay.engine.must('inspect', '--format', '{{.State.Running}}', 'lib')).trim();
        await until('its stop', async () => (await state()) === 'false', { seconds: 40 });
        return `${found.cause}, listed after ${listed} ms, stopped ${Math.round(performance.now() - stopped)} ms after the rule said so`;
      } finally {
        await quay.engine.docker('rm', '-f', 'lib');
        await dock.rule();
      }
    },
  ),
];

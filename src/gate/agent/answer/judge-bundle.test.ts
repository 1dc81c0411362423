import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bundleJudge } from './judge-bundle.ts';

let bundle = '';
beforeAll(() => {
  bundle = mkdtempSync(join(tmpdir(), 'seawall-bundle-'));
});
afterAll(() => rmSync(bundle, { recursive: true }));

const judge = bundleJudge({ engineRoot: () => undefined, sockets: [] });

test.each([
  ['an engine', undefined, 'Leave out --security-opt seccomp=…'],
  ['an engine, with an annotation', { 'org.example': 'io.kubernetes.cri' }, 'Leave out --security-opt seccomp=…'],
  ['containerd’s pods', { 'io.kubernetes.cri.container-type': 'container' }, 'Set securityContext.seccompProfile.type'],
  ['CRI-O', { 'io.kubernetes.cri-o.ContainerType': 'container' }, 'Set securityContext.seccompProfile.type'],
])('a bundle of %s is told in the words of who asked for it', async (_, annotations, remedy) => {
  writeFileSync(join(bundle, 'config.json'), JSON.stringify({ annotations, linux: {} }));
  const broken = await judge(bundle, [{ kind: 'seccomp-off', effect: 'block' }]);
  expect(broken).toMatchObject([{ effect: 'block', remedy: expect.stringContaining(remedy) }]);
});

test('an engine’s folder that could not be seen is looked for again at the next start', async () => {
  const [real, named] = [join(bundle, 'data'), join(bundle, 'named')];
  const volume = join(real, 'volumes/tides/_data');
  mkdirSync(volume, { recursive: true });
  symlinkSync(named, named); // leads nowhere
  const mounts = [{ destination: '/tides', source: volume, type: 'bind', options: ['rbind'] }];
  writeFileSync(join(bundle, 'config.json'), JSON.stringify({ mounts, linux: {} }));
  const ofEngine = bundleJudge({ engineRoot: () => named, sockets: [] });
  const broken = () => ofEngine(bundle, [{ kind: 'host-paths', deny: [real], effect: 'block' }]);
  expect(await broken()).toMatchObject([{ effect: 'block' }]);
  rmSync(named);
  symlinkSync(real, named);
  expect(await broken()).toEqual([]);
});

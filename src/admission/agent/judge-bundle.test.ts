import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

import { expect, test } from 'vitest';
import { podSettings } from './pod-settings.ts';
import type { Container, PodSpec } from './schema.ts';

const range = (length: number): readonly number[] => Array.from({ length }, (_, at) => at);

function containerWith(mounts: number): Container {
  const volumeMounts = range(mounts).map((at) => ({ name: `v${at}`, mountPath: `/m/${at}` }));
  return { name: 'web', image: 'web', volumeMounts } as Container;
}

test('more mounts than are judged are told as such, whatever they are of', () => {
  const volumes = range(257).map((at) => ({ name: `v${at}`, hostPath: { path: `/srv/${at}` } }));
  const spec = { containers: [], volumes } as unknown as PodSpec;
  expect(podSettings(spec, containerWith(256))).toMatchObject({ tooMany: [], mounts: { length: 256 } });
  expect(podSettings(spec, containerWith(257))).toMatchObject({ tooMany: ['mounts'], mounts: [] });
});

test('a container that asks for unmasked paths has open system paths', () => {
  const container = (procMount: string) => ({ ...containerWith(0), securityContext: { procMount } }) as Container;
  const spec = { containers: [] } as unknown as PodSpec;
  expect(podSettings(spec, container('Unmasked')).systemPaths).toBe('open');
  expect(podSettings(spec, container('Default')).systemPaths).toBe('closed');
});

test('the volumes of a pod are looked at once for all its containers', () => {
  let looks = 0;
  const volumes = [{ name: 'v0', hostPath: { path: '/etc' } }];
  const spec = {
    containers: [],
    get volumes() {
      looks += 1;
      return volumes;
    },
  } as unknown as PodSpec;
  for (const _ of range(100)) expect(podSettings(spec, containerWith(1)).mounts).toHaveLength(1);
  expect(looks).toBe(1);
});

import { expect, test } from 'vitest';
import type { ImageDigest } from '#base/index.ts';
import type { DescribedContainer } from '#inventory/agent/index.ts';
import { modelIdOf } from '../../model-id.ts';
import { ContainerRecord } from './container-record.ts';

const digest = (letter: string) => `sha256:${letter.repeat(64)}` as ImageDigest;
const described = (...command: readonly string[]) =>
  ({
    pid: 1,
    fact: { id: 'c', name: 'web', image: { id: 'i', name: 'shop/web:1' }, command },
  }) as unknown as DescribedContainer;

test('the model of a container is made once for what is known of it', () => {
  const record = new ContainerRecord({ id: 'c', cgroup: '7', imageId: 'i', root: '', bornAt: 0, found: false });
  expect(record.model).toBe(undefined);
  record.described = described('web');
  expect(record.model).toBe(undefined);
  record.digest = digest('a');
  const { model } = record;
  expect(model?.key).toEqual({ digest: digest('a'), entrypoint: ['web'] });
  expect(model?.id).toBe(modelIdOf({ digest: digest('a'), entrypoint: ['web'] }));
  expect(record.model).toBe(model);
  record.described = described('web', '--debug');
  expect(record.modelKey?.entrypoint).toEqual(['web', '--debug']);
  record.digest = digest('b');
  expect(record.modelKey?.digest).toBe(digest('b'));
});

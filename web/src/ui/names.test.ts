import { packageParts } from '#ecosystems/contract.ts';
import { expect, it } from 'vitest';
import { subjectParts } from './names.ts';

it('calls a Maven package by its artifact, and others by their whole name', () => {
  expect(packageParts('maven', 'org.apache.logging.log4j:log4j-core')).toEqual({
    own: 'log4j-core',
    origin: 'org.apache.logging.log4j',
  });
  expect(packageParts('maven', 'jar-without-group')).toEqual({ own: 'jar-without-group' });
  expect(packageParts('npm', '@babel/traverse')).toEqual({ own: '@babel/traverse' });
});

it('takes the registry off an image name, and nothing that is no registry', () => {
  const parts = (name: string) => subjectParts('sha256:0', [name]);
  expect(parts('registry.example/surge/gauge:3')).toEqual({ own: 'surge/gauge:3', origin: 'registry.example/' });
  expect(parts('localhost/gauge:3')).toEqual({ own: 'gauge:3', origin: 'localhost/' });
  expect(parts('harbour:5000/gauge:3')).toEqual({ own: 'gauge:3', origin: 'harbour:5000/' });
  expect(parts('surge/gauge:3')).toEqual({ own: 'surge/gauge:3' });
  expect(parts('gauge:3')).toEqual({ own: 'gauge:3' });
});

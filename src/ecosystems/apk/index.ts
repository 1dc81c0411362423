import type { SystemEcosystem } from '../ecosystem.ts';
import { alpine } from './alpine.ts';
import { apk as face } from './face.ts';
import { apk as reader } from './reader.ts';
import { apk as scheme } from './scheme.ts';
import { chainguard, wolfi } from './wolfi.ts';

export const apk: SystemEcosystem = {
  face,
  readers: [reader],
  owns: 'listed',
  scheme,
  distributions: [alpine, wolfi, chainguard],
};

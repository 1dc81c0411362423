import type { SystemEcosystem } from '../ecosystem.ts';
import { debian } from './debian.ts';
import { deb as face } from './face.ts';
import { dpkg } from './reader.ts';
import { deb as scheme } from './scheme.ts';
import { ubuntu } from './ubuntu.ts';

export const deb: SystemEcosystem = {
  face,
  readers: [dpkg],
  owns: 'listed',
  scheme,
  distributions: [debian, ubuntu],
};

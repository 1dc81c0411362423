import type { ImageShape } from '#catalog/index.ts';
import type { Check } from '../../check.ts';
import { accountChecks } from './accounts.ts';
import { ageChecks } from './age.ts';
import { buildStepChecks } from './build-steps.ts';
import { configurationChecks } from './configuration.ts';
import { contentChecks } from './contents.ts';
import { environmentChecks } from './environment.ts';
import { fileChecks } from './files.ts';
import { integrityChecks } from './integrity.ts';
import { secretChecks } from './secrets.ts';
import { toolChecks } from './tools.ts';
import { userChecks } from './user.ts';

/** Checks of images, by topic. */
export const imageChecks: readonly Check<ImageShape>[] = [
  ...userChecks,
  ...buildStepChecks,
  ...configurationChecks,
  ...environmentChecks,
  ...accountChecks,
  ...fileChecks,
  ...toolChecks,
  ...secretChecks,
  ...integrityChecks,
  ...contentChecks,
  ...ageChecks,
];

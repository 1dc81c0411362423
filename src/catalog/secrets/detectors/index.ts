import type { FormatDetector, LineDetector, SecretDetector } from '../detector.ts';
import { clouds } from './clouds.ts';
import { codeHosts } from './code-hosts.ts';
import { credentialFiles } from './credential-files.ts';
import { namedValues } from './named-values.ts';
import { privateKeys } from './private-keys.ts';
import { services } from './services.ts';

/** Every detector. Where two match the same text with equal certainty, the earlier names it. */
export const secretDetectors: readonly SecretDetector[] = [
  ...privateKeys,
  ...codeHosts,
  ...clouds,
  ...services,
  ...credentialFiles,
  ...namedValues,
];

export const formatDetectors: readonly FormatDetector[] = secretDetectors.filter((one) => one.kind === 'format');
export const lineDetectors: readonly LineDetector[] = secretDetectors.filter((one) => one.kind === 'lines');

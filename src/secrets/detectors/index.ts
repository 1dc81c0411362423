import type { FormatDetector, LineDetector, SecretDetector } from '../detector.ts';
import type { SecretPlace } from '../finding.ts';
import { holdsSettings } from '../places.ts';
import { clouds } from './clouds.ts';
import { codeHosts } from './code-hosts.ts';
import { credentialFiles, mayHoldCredentials } from './credential-files.ts';
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

const formats: readonly FormatDetector[] = secretDetectors.filter((one) => one.kind === 'format');
const lines: readonly LineDetector[] = secretDetectors.filter((one) => one.kind === 'lines');
const everywhere = formats.filter(({ askedIn }) => askedIn === undefined);

/** Detectors of forms that are asked for in a place: one of two lists. */
export function formatsIn(place: SecretPlace): readonly FormatDetector[] {
  return holdsSettings(place) ? formats : everywhere;
}

export function linesIn(place: SecretPlace): readonly LineDetector[] {
  if (place.kind === 'file' && !mayHoldCredentials(place.path)) return [];
  return lines.filter(({ askedIn }) => askedIn(place));
}

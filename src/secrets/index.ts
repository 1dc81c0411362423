import { secretDetectors } from './detectors/index.ts';
import type { SecretGroup } from './finding.ts';

export type {
  SecretFinding,
  SecretGroup,
  SecretPlace,
  SecretSeen,
  SecretWhere,
} from './finding.ts';
export { findSecrets } from './find-secrets.ts';
export { type Leftover, type LeftoverKind, leftoverHead, leftoverOf, needsHead } from './leftovers.ts';
export { isTestOrDocumentation } from './places.ts';
export { redact } from './redact.ts';
export { areTooLong, type PlacedText, searchTexts } from './search-texts.ts';
export { createSecretSearch, longestWhole, type SecretSearch, type SecretsOfFile, searchWhole } from './search.ts';
export { createTextTest } from './holds-text.ts';
export { labelsWithoutSecrets, textsWithoutSecrets, wordsWithoutSecrets } from './without-secrets.ts';

const byId = new Map(secretDetectors.map((detector) => [detector.id, detector]));

/** What a detector finds, as part of a sentence; of one that is gone, its id. */
export function titleOfDetector(id: string): string {
  return byId.get(id)?.title ?? id;
}

/** What its secrets are good for; of a detector that is gone, of a service. */
export function groupOfDetector(id: string): SecretGroup {
  return byId.get(id)?.group ?? 'service';
}

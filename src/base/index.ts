export type { Brand } from './brand.ts';
export { type Clock, systemClock } from './clock.ts';
export type { Environment } from './environment.ts';
export { type ErrorCode, type ErrorEntry, errorCatalogue } from './error-catalogue.ts';
export { AppError, isAppError, messageOf } from './errors.ts';
export { cacheFolder, stateFolder } from './folders.ts';
export {
  type DiffId,
  type Digest,
  digestPattern,
  type ImageDigest,
  isDiffId,
  isDigest,
  isImageDigest,
  isSubjectId,
  type ScanId,
  type SubjectId,
  subjectIdPattern,
  type UserId,
  uuidPattern,
} from './ids.ts';
export type { Immutable } from './immutable.ts';
export { type Log, silentLog } from './log.ts';
export { failed, ok, type Result } from './result.ts';

export { atEachBeat, beatOf, untilBeat } from './beat.ts';
export { boundXml } from './bound-xml.ts';
export { type Clock, systemClock } from './clock.ts';
export {
  type BoundedJson,
  countJson,
  overText,
  parseJsonWithin,
} from './count-json.ts';
export { count, counted } from './counted.ts';
export { endWithParent } from './end-with-parent.ts';
export type { Environment } from './environment.ts';
export { type ErrorCode, type ErrorEntry, errorCatalogue } from './error-catalogue.ts';
export { AppError, isAppError, messageOf } from './errors.ts';
export {
  byDefault,
  type Field,
  type FieldsOf,
  type KnownField,
  known,
  missing,
  type MissingField,
  partly,
} from './field.ts';
export { cacheFolder, stateFolder } from './folders.ts';
export {
  type DiffId,
  type Digest,
  digestPattern,
  type ImageDigest,
  isDiffId,
  isImageDigest,
  isSubjectId,
  type ScanId,
  type SubjectId,
  subjectIdPattern,
  uuidPattern,
} from './ids.ts';
export type { Immutable } from './immutable.ts';
export type { Limit, Limits } from './limits.ts';
export { type Log, silentLog } from './log.ts';
export { type OneFile, oneFile, type Part, runAsOneFile } from './one-file.ts';
export { oneLine } from './one-line.ts';
export { processorBounds } from './process-bounds.ts';

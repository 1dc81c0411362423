export type { Evidence, EvidenceRecord, LogPart, PackageInput } from './evidence.ts';
export { packPackage, signedPackage, type UnsignedPackage } from './pack.ts';
export { type AlonePart, partAlone } from './part-alone.ts';
export { signedRecord } from './record.ts';
export type { RecordBody, TrialFile } from './schema.ts';

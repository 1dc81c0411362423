export { countSealedPasswords, discardPasswords } from './discard-sealed.ts';
export { provenanceChanged, trustChanged } from './facts.ts';
export { readOrigins } from './origins.ts';
export { readProvenance } from './proofs.ts';
export { pullComing } from './pull/pulls.ts';
export { readSameRepository } from './same-repository.ts';
export { provenanceSchema } from './schema.ts';
export { createProvenance, type ProvenanceService } from './service.ts';
export { readTrust } from './trust.ts';

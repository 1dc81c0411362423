export { usualBucketSeconds } from './parts.ts';
export { runtimeSchema } from './schema.ts';
export { createRuntime, runtimeHandlers, type RuntimeService } from './service.ts';

import { cisDocker } from './cis-docker.ts';
import { nist800190 } from './nist-800-190.ts';
import type { Template } from './template.ts';

/** Every template. The only registration. */
export const templates: readonly Template[] = [nist800190, cisDocker];

import { cisDocker } from './cis-docker.ts';
import type { ControlTemplate } from './control.ts';
import { nist800190 } from './nist-800-190/index.ts';

/** Every template of controls. The only registration. */
export const controlTemplates: readonly ControlTemplate[] = [nist800190, cisDocker];

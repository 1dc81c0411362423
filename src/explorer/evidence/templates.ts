import { cisDocker } from './cis-docker.ts';
import type { ControlTemplate } from './control.ts';
import { hipaa } from './hipaa/index.ts';
import { nist800190 } from './nist-800-190/index.ts';
import { pciDss4 } from './pci-dss-4/index.ts';

/** Every template of controls that this release brings. The only registration. */
export const controlTemplates: readonly ControlTemplate[] = [nist800190, cisDocker, pciDss4, hipaa];

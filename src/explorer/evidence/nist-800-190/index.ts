import type { ControlTemplate } from '../control.ts';
import { containerControls } from './containers.ts';
import { hostControls } from './hosts.ts';
import { imageControls } from './images.ts';
import { orchestratorControls } from './orchestrator.ts';
import { registryControls } from './registries.ts';

/** The countermeasures of NIST SP 800-190, section 4, as questions in our own words. */
export const nist800190: ControlTemplate = {
  id: 'nist-800-190',
  title: 'NIST SP 800-190',
  summary: 'Application Container Security Guide: images, registries, orchestrators, containers, hosts and hardware',
  standing: 'reviewed',
  controls: [...imageControls, ...registryControls, ...orchestratorControls, ...containerControls, ...hostControls],
};

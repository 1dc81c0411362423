import type { ControlTemplate } from '../control.ts';
import { administrativeSafeguards } from './administrative.ts';
import { physicalSafeguards } from './physical.ts';
import { technicalSafeguards } from './technical.ts';

/** Standards and specifications of the HIPAA Security Rule, 45 CFR 164.308 to 164.312, by their paragraphs. */
export const hipaa: ControlTemplate = {
  id: 'hipaa',
  title: 'HIPAA Security Rule',
  summary:
    '45 CFR 164.308 to 164.312: what images, containers, hosts and this console show of its standards and specifications',
  standing: 'starting-point',
  controls: [...administrativeSafeguards, ...physicalSafeguards, ...technicalSafeguards],
};

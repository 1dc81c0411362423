import type { ControlTemplate } from '../control.ts';
import { accessRequirements } from './access.ts';
import { dataRequirements } from './data.ts';
import { monitoringRequirements } from './monitoring.ts';
import { networkRequirements } from './networks.ts';
import { organisationRequirements } from './organisation.ts';
import { softwareRequirements } from './software.ts';

/** Requirements of PCI DSS 4.0.1 by their numbers. Titles and definitions are in our own words. */
export const pciDss4: ControlTemplate = {
  id: 'pci-dss-4',
  title: 'PCI DSS 4.0.1',
  summary:
    'Payment Card Industry Data Security Standard: what images, containers, hosts and this console show of its requirements',
  standing: 'starting-point',
  controls: [
    ...networkRequirements,
    ...dataRequirements,
    ...softwareRequirements,
    ...accessRequirements,
    ...monitoringRequirements,
    ...organisationRequirements,
  ],
};

import { type DistributionRule, type FeedAddress, majorOf } from '../ecosystem.ts';
import { byBinaryAlone } from './lookups.ts';
import { builtBy } from './vendors.ts';

export const photon: DistributionRule = {
  ids: { photon: 'photon' },
  label: 'Photon OS',
  ecosystems: (release) => [`Photon OS:${majorOf(release)}.0`],
  lookups: byBinaryAlone,
  foreignBuilder: builtBy(/^(?:VMware|Broadcom)\b/),
  feeds: ['3', '4', '5'].flatMap((release) => [definitions(release), cves(release)]),
  endOfLife: {},
};

function definitions(release: string): FeedAddress {
  const file = `com.vmware.phsa-photon${release}.xml.gz`;
  return {
    family: 'Photon OS',
    path: `Photon OS/${file}`,
    url: `https://packages.broadcom.com/photon/photon_oval_definitions/${file}`,
    tried: 'samples',
  };
}

/** Its CVEs; unlike the definitions, the list names those without a fix too. */
function cves(release: string): FeedAddress {
  const file = `cve_data_photon${release}.0.json`;
  return {
    family: 'Photon OS',
    path: `Photon OS/${file}`,
    url: `https://packages.broadcom.com/photon/photon_cve_metadata/${file}`,
    tried: 'samples',
  };
}

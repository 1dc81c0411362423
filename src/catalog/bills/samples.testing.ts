/** Bills of materials as other tools write them. */

/** Trivy of CentOS 7, as its repository keeps it: integration/testdata/fixtures/sbom/centos-7-cyclonedx.json (Apache-2.0), shortened. */
export const trivyCycloneDx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.5',
  version: 1,
  metadata: {
    component: { type: 'container', name: 'integration/testdata/fixtures/images/centos-7.tar.gz' },
  },
  components: [
    {
      'bom-ref': 'pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?arch=x86_64&epoch=1&distro=centos-7.6.1810',
      type: 'library',
      name: 'openssl-libs',
      version: '1.0.2k-16.el7',
      licenses: [{ license: { name: 'OpenSSL+' } }],
      purl: 'pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?arch=x86_64&epoch=1&distro=centos-7.6.1810',
      properties: [
        { name: 'aquasecurity:trivy:PkgID', value: 'openssl-libs@1.0.2k-16.el7.x86_64' },
        { name: 'aquasecurity:trivy:SrcName', value: 'openssl' },
        { name: 'aquasecurity:trivy:SrcVersion', value: '1.0.2k' },
        { name: 'aquasecurity:trivy:SrcRelease', value: '16.el7' },
        { name: 'aquasecurity:trivy:SrcEpoch', value: '1' },
      ],
    },
    {
      type: 'operating-system',
      name: 'centos',
      version: '7.6.1810',
      properties: [
        { name: 'aquasecurity:trivy:Type', value: 'centos' },
        { name: 'aquasecurity:trivy:Class', value: 'os-pkgs' },
      ],
    },
  ],
};

/** The same as SPDX: integration/testdata/fixtures/sbom/centos-7-spdx.json, shortened. */
export const trivySpdx = {
  SPDXID: 'SPDXRef-DOCUMENT',
  dataLicense: 'CC0-1.0',
  name: 'integration/testdata/fixtures/images/centos-7.tar.gz',
  packages: [
    {
      SPDXID: 'SPDXRef-ContainerImage-dd5cad897c6263',
      filesAnalyzed: false,
      name: 'integration/testdata/fixtures/images/centos-7.tar.gz',
    },
    {
      SPDXID: 'SPDXRef-OperatingSystem-2e91c856c499a371',
      filesAnalyzed: false,
      name: 'centos',
      versionInfo: '7.6.1810',
    },
    {
      SPDXID: 'SPDXRef-Package-e16b1cbaa5186199',
      externalRefs: [
        {
          referenceCategory: 'PACKAGE-MANAGER',
          referenceLocator: 'pkg:rpm/centos/openssl-libs@1.0.2k-16.el7?arch=x86_64&epoch=1&distro=centos-7.6.1810',
          referenceType: 'purl',
        },
      ],
      licenseDeclared: 'OpenSSL',
      name: 'openssl-libs',
      sourceInfo: 'built package from: openssl 1:1.0.2k-16.el7',
      versionInfo: '1:1.0.2k-19.el7',
    },
  ],
  spdxVersion: 'SPDX-2.2',
};

/** As Syft writes a Debian image: facts of its own tests (anchore/syft, `syft/format/internal/cyclonedxutil/helpers`, Apache-2.0). */
export const syftCycloneDx = {
  bomFormat: 'CycloneDX',
  specVersion: '1.6',
  components: [
    {
      type: 'library',
      name: 'tzdata',
      version: '2020a-0+deb10u1',
      purl: 'pkg:deb/debian/tzdata@2020a-0%2Bdeb10u1?arch=all&distro=debian-10&upstream=tzdata-dev%401.0',
      properties: [
        { name: 'syft:package:type', value: 'deb' },
        { name: 'syft:location:0:path', value: '/var/lib/dpkg/status' },
        { name: 'syft:metadata:source', value: 'tzdata-dev' },
        { name: 'syft:metadata:sourceVersion', value: '1.0' },
      ],
    },
    {
      type: 'operating-system',
      name: 'debian',
      version: '10',
      description: 'Debian GNU/Linux 10 (buster)',
      properties: [
        { name: 'syft:distro:id', value: 'debian' },
        { name: 'syft:distro:versionID', value: '10' },
      ],
    },
    { type: 'file', name: '/etc/passwd' },
  ],
};

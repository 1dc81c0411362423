/** A name that an expression may use, and what it stands for. */
type Word = readonly [name: string, meaning: string];

export const findingWords: readonly Word[] = [
  ['finding.id', 'CVE or id of the advisory'],
  ['finding.aliases', 'its other ids'],
  ['finding.severity', '"critical", "high", "medium", "low", "negligible" or "unrated"'],
  ['finding.score', 'CVSS base score, or null'],
  ['finding.epss', 'probability of exploitation, 0 to 1, or null'],
  ['finding.kev', 'whether CISA lists it as exploited'],
  ['finding.ransomware', 'whether ransomware uses it'],
  ['finding.package', 'name of the package'],
  [
    'finding.type',
    '"deb", "apk", "rpm", "npm", "maven", "golang", "cargo", "nuget", "pypi", "conda", "gem", "composer" or "alpm"',
  ],
  ['finding.purl', 'package URL'],
  ['finding.installed', 'installed version'],
  ['finding.fixed', 'version with the fix, or ""'],
  ['finding.status', '"fixed", "affected", "will-not-fix", …'],
  ['finding.layer', 'number of the layer'],
  ['finding.path', 'file it was found in, or ""'],
  ['finding.advisory', 'id of the advisory that matched'],
  ['finding.publishedDays', 'days since it was published, or null'],
];

export const imageWords: readonly Word[] = [
  ['image.names', 'names with tag'],
  ['image.environment', 'environment it lies in, or ""'],
  ['image.applications', 'applications that use it'],
  ['image.hosts', 'hosts it lies on'],
  ['image.labels', 'labels: image.labels["key"]'],
  ['image.distribution', '"debian", "alpine", …'],
  ['image.distributionVersion', '"13", …'],
  ['image.createdDays', 'days since it was built, or null'],
  ['image.packages', 'list with type, name, version, purl, layer'],
];

interface Example {
  readonly expression: string;
  readonly message: string;
}

export const examples: Readonly<Record<'finding' | 'image', readonly [Example, ...Example[]]>> = {
  finding: [
    {
      expression: 'finding.epss != null && finding.epss > 0.1',
      message: 'It is likely to be exploited within 30 days.',
    },
    {
      expression: 'finding.fixed != "" && finding.publishedDays != null && finding.publishedDays > 90',
      message: 'A fix has been out and not taken for 90 days.',
    },
  ],
  image: [
    {
      expression: 'image.createdDays != null && image.createdDays > 180',
      message: 'The image is older than half a year.',
    },
    { expression: '!("team" in image.labels)', message: 'The image names no team.' },
  ],
};

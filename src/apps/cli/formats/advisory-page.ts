/** A public page on the vulnerability. */
export function advisoryPage(id: string): string {
  const name = encodeURIComponent(id.toWellFormed());
  if (/^CVE-\d/.test(id)) return `https://nvd.nist.gov/vuln/detail/${name}`;
  return id.startsWith('GHSA-') ? `https://github.com/advisories/${name}` : `https://osv.dev/vulnerability/${name}`;
}

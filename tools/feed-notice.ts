import { feedParts } from './feed-parts.ts';

/** A row of the table in the feeds' README that says where each part is from. */
interface ReadmeRow {
  readonly count: number;
  readonly repository: string;
  readonly commit: string;
  readonly date: string;
  readonly licence: string;
  readonly how: string;
}

/** The table of the README of the whole feeds, by its first column. */
export function readmeRows(readme: string): ReadonlyMap<string, ReadmeRow> {
  const table = readme.split('## Where each record is from')[1]?.split('\n## ')[0] ?? '';
  const lines = table.split('\n').filter((line) => line.startsWith('| '));
  return new Map(
    lines.slice(2).map((line) => {
      const [part = '', count = '', repository = '', commit = '', date = '', licence = '', ...how] = line
        .slice(2, -2)
        .split(' | ');
      const row = { count: Number(count), repository, commit: commit.replaceAll('`', ''), date, licence };
      return [part, { ...row, how: how.join(' | ') }];
    }),
  );
}

/** The text of `NOTICE`: for each part that is kept, where it is from, its licence and how many records it has. */
export function noticeOf(readme: string, counts: ReadonlyMap<string, number>): string {
  const facts = new Set(feedParts.filter(({ factsOnly }) => factsOnly).map(({ row }) => row));
  const parts = [...readmeRows(readme)].flatMap(([name, row]) => {
    const count = counts.get(name) ?? 0;
    if (count === 0) return [];
    const licence = facts.has(name) ? `${row.licence}; facts only: no text is kept` : row.licence;
    return [
      [
        name.replaceAll('`', ''),
        `  records     ${count} of ${row.count}`,
        `  repository  ${row.repository}`,
        `  commit      ${row.commit}`,
        `  date        ${row.date}`,
        `  licence     ${licence}`,
        `  how         ${row.how}`,
      ].join('\n'),
    ];
  });
  return `${[head, ...parts, ending].join('\n\n')}\n`;
}

const head = `Vulnerability feeds for tests and the demo
==========================================

A small part of real, public vulnerability data. Every record is real; all records of a chosen package are kept, other
packages are left out. The data is neither current nor complete: never judge an image with it. The product fetches
feeds of its own.

Made by \`node tools/slice-feeds.ts FOLDER\`; this text is made with it. "a + b" is a second source within a/all.zip.
For records that were taken whole, native/ghsa-origin.csv.gz names the repository and the git object of each.`;

const ending = `Licences
--------

Apache-2.0: see LICENSE at the top of this repository. Records: Bitnami, Retire.js, SAP's project "KB", OpenSSF's
malicious packages, Wolfi (Chainguard) at commit 244709c95297.

CC-BY-4.0 (https://creativecommons.org/licenses/by/4.0/): GitHub Advisory Database (GitHub, Inc.), PyPA advisory database,
Go vulnerability database (The Go Authors), Red Hat security data (Red Hat, Inc.). Changed by conversion where "how" says
so.

CC0-1.0 (https://creativecommons.org/publicdomain/zero/1.0/): CISA's KEV catalogue and vulnrichment, RustSec.

Unlicense (https://unlicense.org): FriendsOfPHP security advisories.

EPSS: FIRST.org, https://www.first.org/epss.

CVE records: Copyright © 1999-2026, The MITRE Corporation. CVE and the CVE logo are registered trademarks of The MITRE
Corporation. CVE Usage: MITRE hereby grants you a perpetual, worldwide, non-exclusive, no-charge, royalty-free,
irrevocable copyright license to reproduce, prepare derivative works of, publicly display, publicly perform, sublicense,
and distribute Common Vulnerabilities and Exposures (CVE). Any copy you make for such purposes is authorized provided
that you reproduce MITRE's copyright designation and this license in any such copy.

Facts without a licence: which version of a package repairs which vulnerability, as Alpine, Debian, Kubernetes and Ubuntu publish
it. Their texts are left out.

MIT: Copyright (c) 2023 AlmaLinux OS; Copyright (c) 2025 Ackama (Drupal); Copyright (c) Node.js Foundation; Copyright (c)
.NET Foundation and Contributors; Copyright (c) Microsoft Corporation.

Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
persons to whom the Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR
OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.`;

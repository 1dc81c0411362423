import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';

const ajv = new Ajv({ strict: false, allErrors: true });
const isValid = ajv.compile(
  JSON.parse(readFileSync(join(import.meta.dirname, 'fixtures/spdx-2.3.json'), 'utf8')) as object,
);

interface Document {
  readonly packages: readonly {
    readonly SPDXID: string;
    readonly licenseDeclared?: string;
    readonly externalRefs?: readonly { readonly referenceLocator: string }[];
  }[];
  readonly relationships: readonly { readonly spdxElementId: string; readonly relatedSpdxElement: string }[];
  readonly hasExtractedLicensingInfos?: readonly { readonly licenseId: string }[];
}

/**
 * What SPDX's own schema objects to, and what it cannot tell: ids of another form, twice or leading nowhere, spaces in
 * references, licences that nothing explains (SPDX 2.3, sections 7.2, 7.21, 10.1 and 11.1).
 */
export function spdxProblems(document: unknown): readonly unknown[] {
  if (!isValid(document)) return isValid.errors?.slice(0, 10) ?? [];
  const { packages, relationships, hasExtractedLicensingInfos = [] } = document as Document;
  const ids = packages.map(({ SPDXID }) => SPDXID);
  const known = new Set(['SPDXRef-DOCUMENT', ...ids]);
  const explained = new Set(hasExtractedLicensingInfos.map(({ licenseId }) => licenseId));
  return [
    ...ids.filter((id) => !/^SPDXRef-[A-Za-z0-9.-]+$/.test(id)),
    ...(new Set(ids).size === ids.length ? [] : ['ids that stand twice']),
    ...relationships
      .flatMap(({ spdxElementId, relatedSpdxElement }) => [spdxElementId, relatedSpdxElement])
      .filter((id) => !known.has(id)),
    ...packages.flatMap(({ externalRefs = [] }) =>
      externalRefs.map(({ referenceLocator }) => referenceLocator).filter((locator) => /\s/.test(locator)),
    ),
    ...packages.flatMap(({ licenseDeclared = '' }) =>
      (licenseDeclared.match(/LicenseRef-[\w.-]+/g) ?? []).filter((id) => !explained.has(id)),
    ),
  ];
}

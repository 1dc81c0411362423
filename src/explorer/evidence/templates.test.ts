import { describe, expect, test } from 'vitest';
import { checks } from '#compliance/index.ts';
import { attestationKinds } from './attestations.ts';
import type { Control, Question } from './control.ts';
import { derivedRows } from './derived-rows.ts';
import { hipaa } from './hipaa/index.ts';
import { nist800190 } from './nist-800-190/index.ts';
import { controlId } from './oscal/names.ts';
import { pciDss4 } from './pci-dss-4/index.ts';
import { controlTemplates } from './templates.ts';

const known = new Map(
  Object.values(checks)
    .flat()
    .map((check) => [check.id, check] as const),
);

const every = controlTemplates.flatMap(({ id, controls }) =>
  controls.flatMap((control) => control.questions.map((question) => ({ template: id, control, question }))),
);

function checksIn({ by }: Question): readonly string[] {
  return by.kind === 'checks' ? by.checks : [];
}

/** Ids of checks by the controls of NIST SP 800-190 that ask for them, written down once more by hand. */
const wanted: Readonly<Record<string, string>> = {
  '4.1.1': '',
  '4.1.2': 'image rows of the section',
  '4.1.3': 'IMG-039 IMG-040 IMG-041',
  '4.1.4': 'CTR-072 CTR-073 IMG-029 IMG-030 IMG-031 IMG-032 IMG-033 IMG-034 IMG-035 SWM-004',
  '4.1.5': '',
  '4.2.1': 'DMN-005 REG-001 REG-002 REG-004 REG-005',
  '4.2.2': 'CTR-059 REG-009 REG-010 REG-011 REG-012',
  '4.2.3': 'REG-006 REG-007 REG-008 REG-013 REG-014 REG-016',
  '4.3.1': 'DMN-012 HST-002',
  '4.3.2': 'DMN-007 DMN-021 DMN-023 HST-047 HST-048 HST-049 SWM-002',
  '4.3.3': 'CTR-030 CTR-061 CTR-083 DMN-002 SWM-003',
  '4.3.4': 'CTR-083 CTR-084',
  '4.3.5': 'SWM-005 SWM-006 SWM-007 SWM-008',
  '4.4.1': '',
  '4.4.2': 'CTR-026 CTR-027 CTR-028 CTR-029',
  '4.4.3': 'container and engine rows of the section',
  '4.4.4': 'CTR-035 CTR-048 CTR-057',
  '4.4.5': 'HST-039 HST-040',
  '4.5.1': 'HST-025 HST-026',
  '4.5.2': 'DMN-009 HST-026 HST-029 HST-032 HST-033 HST-034 HST-035 HST-036 HST-037',
  '4.5.3': '',
  '4.5.4':
    'HST-002 HST-003 HST-004 HST-005 HST-006 HST-007 HST-008 HST-009 HST-010 HST-011 HST-012 HST-013 HST-014 HST-015 ' +
    'HST-016 HST-017 HST-018 HST-019 HST-027 HST-028 HST-054 HST-056 HST-060 HST-061 HST-062 HST-063 HST-068',
  '4.5.5': 'CTR-017 CTR-018 CTR-019 CTR-020 CTR-021 CTR-022 CTR-023 every file row HST-038 HST-058 HST-059 HST-069',
  '4.6': 'HST-042 HST-043 HST-044',
};

const ofSection = (section: string, kinds: readonly string[]): readonly string[] =>
  [...known.values()]
    .filter(({ subject, nist }) => kinds.includes(subject) && nist.includes(section))
    .map(({ id }) => id);

function wantedOf(control: string): readonly string[] {
  if (control === '4.1.2') return ofSection('4.1.2', ['image']);
  if (control === '4.4.3') return ofSection('4.4.3', ['container', 'engine']);
  const files = [...known.keys()].filter((id) => id.startsWith('FIL-'));
  return (wanted[control] ?? '').split(' ').flatMap((word) => {
    if (word === 'every') return files;
    return /^[A-Z]{3}-\d{3}$/.test(word) ? [word] : [];
  });
}

describe('templates of controls', () => {
  test('have ids that nothing shares', () => {
    for (const { controls } of controlTemplates) {
      expect(new Set(controls.map(({ id }) => id)).size).toBe(controls.length);
      for (const { questions } of controls) expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
    }
  });

  test.each(every.map((one) => [`${one.template} ${one.control.id} ${one.question.id}`, one.question] as const))(
    '%s names checks, sources and documents that exist',
    (_, { by }) => {
      if (by.kind === 'checks') {
        expect(by.checks).not.toEqual([]);
        for (const id of by.checks) expect(known.has(id), id).toBe(true);
        expect(new Set(by.checks).size).toBe(by.checks.length);
      }
      const document = by.kind === 'checks' || by.kind === 'attestation' ? by.attestation : undefined;
      if (document !== undefined) expect(attestationKinds.map(({ id }) => id)).toContain(document);
      if (by.kind === 'nothing') expect(by.reason).toMatch(/would assess this\.$/);
    },
  );

  test.each(
    controlTemplates.flatMap(({ id, controls }) =>
      controls.map((control) => [`${id} ${control.id}`, control] as const),
    ),
  )('%s asks something that Seawall can answer, or says why it asks nothing', (_, { questions, notAssessed }) => {
    if (notAssessed === undefined)
      expect(questions.some(({ by }) => by.kind === 'checks' || by.kind === 'product')).toBe(true);
    else {
      expect(questions).toEqual([]);
      expect(notAssessed).toMatch(/would assess (?:this|them)\.$/);
    }
  });

  test.each(controlTemplates.map((template) => [template.id, template] as const))(
    '%s keeps its ids apart in OSCAL and within the bounds of addresses',
    (_, { id, controls }) => {
      expect(new Set(controls.map((control) => controlId(id, control.id))).size).toBe(controls.length);
      for (const control of controls) {
        expect(control.id.length).toBeLessThanOrEqual(64);
        for (const question of control.questions) expect(question.id.length).toBeLessThanOrEqual(64);
      }
    },
  );

  test('every document is asked for', () => {
    const asked = every.flatMap(({ question: { by } }) =>
      by.kind === 'attestation' || by.kind === 'checks' ? (by.attestation ?? []) : [],
    );
    expect(attestationKinds.map(({ id }) => id).filter((id) => !asked.includes(id))).toEqual([]);
  });

  test('CIS Docker asks for each check that carries one of its numbers, each once in its section', () => {
    const asked = every
      .filter(({ template }) => template === 'cis-docker')
      .flatMap(({ question }) => checksIn(question));
    const numbered = [...known.values()].filter(({ cis = [] }) => cis.some((id) => /^[1-7](?:\.|$)/.test(id)));
    expect(new Set(asked)).toEqual(new Set(numbered.map(({ id }) => id)));
  });
});

describe('NIST SP 800-190', () => {
  test('has its 24 countermeasures', () => {
    expect(nist800190.controls.map(({ id }) => id)).toEqual(Object.keys(wanted));
  });

  test.each(nist800190.controls.map((control) => [control.id, control] as const))(
    '%s asks for the checks that decide it, and for no other',
    (id, control) => {
      expect(control.questions.flatMap(checksIn).toSorted()).toEqual(wantedOf(id).toSorted());
    },
  );

  test.each(nist800190.controls.map((control) => [control.id, control] as const))(
    '%s names controls of NIST SP 800-53 revision 5',
    (_, { sp80053 }: Control) => {
      expect(sp80053).not.toEqual([]);
      for (const id of sp80053) expect(sp80053Ids).toContain(id);
    },
  );

  test.each(derivedRows.map((row) => [row.id, row] as const))(
    '%s of the catalogue is answered, or says why not',
    (_, row) => {
      const answers = nist800190.controls.flatMap(({ questions }) =>
        questions.flatMap(({ by }) => (by.kind === 'product' ? by.answer : [])),
      );
      if ('answer' in row) expect(answers).toContain(row.answer);
      else expect(row.reason).toMatch(/\.$/);
    },
  );

  test('what only the network could show keeps its controls incomplete', () => {
    const open = nist800190.controls.filter(({ questions }) => questions.some(({ by }) => by.kind === 'nothing'));
    expect(open.map(({ id }) => id)).toEqual(['4.3.3', '4.4.2']);
    for (const { questions } of open) expect(questions.every(({ required }) => required)).toBe(true);
  });
});

/** Requirements of each section of PCI DSS 4.0.1, as the standard numbers them. */
const pciSections: Readonly<Record<string, readonly number[]>> = {
  1: [2, 8, 3, 5, 1],
  2: [2, 7, 2],
  3: [2, 1, 3, 2, 1, 1, 9],
  4: [2, 2],
  5: [2, 3, 5, 1],
  6: [2, 4, 3, 3, 6],
  7: [2, 6, 3],
  8: [2, 8, 11, 3, 1, 3],
  9: [2, 4, 4, 7, 1],
  10: [2, 2, 4, 3, 1, 3, 3],
  11: [2, 2, 2, 7, 2, 1],
  12: [4, 1, 4, 2, 3, 3, 1, 5, 2, 7],
};

describe('PCI DSS', () => {
  const listed = pciDss4.controls.map(({ id }) => id);

  test.each(
    Object.entries(pciSections).flatMap(([requirement, counts]) =>
      counts.map((count, at) => [`${requirement}.${at + 1}`, count] as const),
    ),
  )('%s is listed whole, once', (section, count) => {
    const own = listed.filter((id) => id.startsWith(`${section}.`));
    const all = Array.from({ length: count }, (_, at) => `${section}.${at + 1}`);
    if (listed.includes(section)) expect(own).toEqual([]);
    // A section of one requirement may be named by that.
    else expect(own).toEqual(all);
  });

  test('lists its annexes, and nothing else', () => {
    const sections = Object.entries(pciSections).flatMap(([one, counts]) => counts.map((_, at) => `${one}.${at + 1}`));
    const others = listed.filter((id) => !sections.some((one) => id === one || id.startsWith(`${one}.`)));
    expect(others).toEqual(['A1', 'A2', 'A3']);
  });
});

describe('HIPAA', () => {
  test('lists each standard and specification of 164.308 to 164.312', () => {
    const ids = (section: string, paragraphs: string) => paragraphs.split(' ').map((one) => `164.${section}${one}`);
    expect(hipaa.controls.map(({ id }) => id)).toEqual([
      ...ids('308', '(a)(1)(i) (a)(1)(ii)(A) (a)(1)(ii)(B) (a)(1)(ii)(C) (a)(1)(ii)(D) (a)(2)'),
      ...ids('308', '(a)(3)(i) (a)(3)(ii)(A) (a)(3)(ii)(B) (a)(3)(ii)(C)'),
      ...ids('308', '(a)(4)(i) (a)(4)(ii)(A) (a)(4)(ii)(B) (a)(4)(ii)(C)'),
      ...ids('308', '(a)(5)(i) (a)(5)(ii)(A) (a)(5)(ii)(B) (a)(5)(ii)(C) (a)(5)(ii)(D) (a)(6)(i) (a)(6)(ii)'),
      ...ids('308', '(a)(7)(i) (a)(7)(ii)(A) (a)(7)(ii)(B) (a)(7)(ii)(C) (a)(7)(ii)(D) (a)(7)(ii)(E)'),
      ...ids('308', '(a)(8) (b)(1) (b)(2) (b)(3)'),
      ...ids('310', '(a)(1) (a)(2)(i) (a)(2)(ii) (a)(2)(iii) (a)(2)(iv) (b) (c)'),
      ...ids('310', '(d)(1) (d)(2)(i) (d)(2)(ii) (d)(2)(iii) (d)(2)(iv)'),
      ...ids('312', '(a)(1) (a)(2)(i) (a)(2)(ii) (a)(2)(iii) (a)(2)(iv) (b) (c)(1) (c)(2) (d)'),
      ...ids('312', '(e)(1) (e)(2)(i) (e)(2)(ii)'),
    ]);
  });

  test('nothing of it can be met by what Seawall sees alone', () => {
    for (const { questions, notAssessed } of hipaa.controls)
      if (notAssessed === undefined) expect(questions.at(-1)).toMatchObject({ id: 'beyond', required: true });
  });
});

test('PCI DSS and HIPAA are starting points, and claim no mapping to NIST SP 800-53', () => {
  for (const { standing, controls } of [pciDss4, hipaa]) {
    expect(standing).toBe('starting-point');
    expect(controls.flatMap(({ sp80053 }) => sp80053)).toEqual([]);
  }
});

/** Those of revision 5 that the mapping uses, as its catalogue names them. */
const sp80053Ids = [
  'AC-2',
  'AC-3',
  'AC-4',
  'AC-6',
  'AC-6(9)',
  'AC-17',
  'AU-2',
  'AU-10',
  'AU-12',
  'CA-7',
  'CM-2',
  'CM-5',
  'CM-6',
  'CM-7',
  'CM-7(5)',
  'CM-8',
  'CM-8(3)',
  'CM-14',
  'IA-2',
  'IA-3',
  'IA-5(7)',
  'RA-5',
  'SC-2',
  'SC-3',
  'SC-7',
  'SC-8',
  'SC-28',
  'SC-39',
  'SI-2',
  'SI-3',
  'SI-4',
  'SI-7',
  'SI-7(9)',
  'SI-7(15)',
  'SR-11',
];

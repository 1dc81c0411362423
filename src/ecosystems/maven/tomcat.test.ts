import { describe, expect, test } from 'vitest';
import { tomcat } from './tomcat.ts';

const limits = { archiveDepth: 1, unpackedBytes: 1, entries: 1 };

/** The beginning of RELEASE-NOTES of Tomcat 9, its licence cut. */
const notes = `================================================================================
  Licensed to the Apache Software Foundation (ASF) under one or more
================================================================================

                     Apache Tomcat Version 9.0.85
                            Release Notes


=========
CONTENTS:
=========
`;

describe('Apache Tomcat', () => {
  test.each([
    ['usr/local/tomcat/RELEASE-NOTES', notes, 'pkg:maven/org.apache.tomcat/tomcat@9.0.85'],
    [
      'opt/tomcat/RELEASE-NOTES',
      notes.replace('9.0.85', '11.0.0-M26'),
      'pkg:maven/org.apache.tomcat/tomcat@11.0.0-M26',
    ],
    ['opt/tomcat/RELEASE-NOTES', notes.replaceAll('\n', '\r\n'), 'pkg:maven/org.apache.tomcat/tomcat@9.0.85'],
    ['src/tomcat/RELEASE-NOTES', notes.replace('9.0.85', '@VERSION@'), ''],
    ['opt/app/RELEASE-NOTES', 'Works with Apache Tomcat Version 9.0.85\n', ''],
    ['opt/app/RELEASE-NOTES', '', ''],
    ['opt/app/RELEASE-NOTES.txt', notes, ''],
  ])('in %s', async (path, text, expected) => {
    const wanted = tomcat.wants(path, text.length, 0o644);
    const analysis = wanted ? await tomcat.analyze({ path, content: Buffer.from(text), limits }) : undefined;
    expect((analysis?.packages ?? []).map(({ purl }) => purl).join(' ')).toBe(expected);
    expect(analysis?.faults ?? []).toEqual([]);
  });
});

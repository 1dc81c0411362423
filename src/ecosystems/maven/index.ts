import { type LanguageEcosystem, osvDump } from '../ecosystem.ts';
import { maven as face } from './face.ts';
import { identify } from './jar/identify.ts';
import { jar } from './jar/index.ts';
import { publisherOf } from './jar/support.ts';
import { maven as scheme } from './scheme/index.ts';
import { gradleLock } from './sources/gradle.ts';
import { gradleBuild } from './sources/gradle-build.ts';
import { pom } from './sources/pom.ts';
import { tomcat } from './tomcat.ts';

export const maven: LanguageEcosystem = {
  face,
  readers: [jar, tomcat, gradleLock, pom, gradleBuild],
  owns: 'file',
  scheme,
  advisories: { ecosystem: 'Maven', feeds: [osvDump('Maven', 'part')] },
  identify,
  publisherOf,
};

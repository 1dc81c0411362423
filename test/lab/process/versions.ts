import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getModel } from '#runtime/contract.ts';
import type { MadeImage } from '../../make/image.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';
import { quiet } from './quiet.ts';

/** What a new version of an image takes over. */
export const versionCases: readonly LabCase<Dock>[] = [
  {
    id: 'V1',
    title: 'a new digest with the same programs inherits its model and raises nothing',
    shownBy: 'V2 inherits too, of an image with one changed program.',
    async run(dock) {
      await learnedServers(dock);
      await load(dock, dock.images.tomcatRebuilt);
      const since = new Date();
      const server = await dock.tomcat('surge/gauge:2');
      await server.breakIn('/usr/local/bin/tide');
      await quiet(dock, since, [server.id]);
      const model = await until('its model', () => dock.model(dock.images.tomcatRebuilt.digest), { seconds: 10 });
      expectThat(model.state === 'active', `its model is ${model.state}`);
      expectThat(model.inheritedFrom === dock.images.tomcat.digest, `it inherits from ${model.inheritedFrom}`);
      await dock.pier.docker('rm', '-f', server.id);
      return `${model.counts.entries} lines inherited`;
    },
  },
  {
    id: 'V2',
    title:
      'a new digest with one changed program: protected from its first second, that program pending, all else inherited',
    protectedBy: 'the sensor with a rule that prevents',
    isLongDisarmed: true,
    async run(dock) {
      await learnedServers(dock);
      await load(dock, dock.images.tomcatChanged);
      const since = new Date();
      const server = await dock.tomcat('surge/gauge:3');
      const page = await server.breakIn('/bin/sh', '-c', 'touch /mark/ran');
      expectThat(!dock.wasMarked(), `a shell of the new version ran: ${page}`);
      await dock.alert(server.id, since, { path: '/usr/bin/dash' });
      const model = await until('its model', () => dock.model(dock.images.tomcatChanged.digest), { seconds: 10 });
      const read = await dock.ask(getModel, { params: { id: model.id } });
      const pending = read.model.evidence.items.filter(({ state }) => state === 'pending');
      const paths = new Set(pending.map(({ fact }) => fact.path));
      expectThat(paths.size === 1 && paths.has('/usr/local/bin/tide'), `pending: ${[...paths].join(', ')}`);
      await server.breakIn('/usr/local/bin/tide');
      await until(
        'its confirmation',
        async () => (await dock.model(dock.images.tomcatChanged.digest))?.counts.pending === 0,
        { seconds: 20 },
      );
      await dock.pier.docker('rm', '-f', server.id);
      return undefined;
    },
  },
];

/** Loads the image, and waits until its model is there: a release is scanned before it runs. Without a sensor none comes. */
async function load(dock: Dock, image: MadeImage): Promise<void> {
  const archive = join(dock.state, 'image.tar');
  writeFileSync(archive, image.bytes);
  await dock.pier.docker('load', '-q', '-i', archive);
  rmSync(archive);
  if (!dock.armed) return;
  const isReady = async () => (await dock.model(image.digest))?.state === 'active';
  await until('the model of the new version', isReady, { seconds: 60 });
}

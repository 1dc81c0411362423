import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { listImages } from '#explorer/contract.ts';
import { getModel } from '#runtime/contract.ts';
import type { MadeImage } from '../../make/image.ts';
import { expectThat, type LabCase, until } from '../lab.ts';
import type { Dock } from './dock.ts';
import { learnedServers } from './learning.ts';
import { quiet } from './quiet.ts';

/** Milliseconds in which the sensor has what the console knows. */
const takenOver = 3000;

/** What a new version of an image takes over. */
export const versionCases: readonly LabCase<Dock>[] = [
  {
    id: 'V1',
    title: 'a new digest with the same programs inherits its model and raises nothing',
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
      return `${model.counts.items} lines inherited`;
    },
  },
  {
    id: 'V2',
    title:
      'a new digest with one changed program: protected once it took its model over, that program pending, all else inherited',
    protectedBy: 'the sensor with a rule that prevents',
    async run(dock) {
      await learnedServers(dock);
      await load(dock, dock.images.tomcatChanged);
      const since = new Date();
      const server = await dock.tomcat('surge/gauge:3');
      await until('its model', async () => (await dock.model(dock.images.tomcatChanged.digest))?.state === 'active', {
        seconds: 20,
      });
      await new Promise((done) => setTimeout(done, takenOver));
      dock.wasMarked();
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

/** Loads the image, and waits until the console has the scan by its host: a release is scanned before it runs. */
async function load({ pier, state, ask }: Dock, image: MadeImage): Promise<void> {
  const archive = join(state, 'image.tar');
  writeFileSync(archive, image.bytes);
  await pier.docker('load', '-q', '-i', archive);
  rmSync(archive);
  const isScanned = async () => (await ask(listImages, { query: { search: image.digest } })).images.length > 0;
  await until('the scan of the new version', isScanned, { seconds: 60 });
}

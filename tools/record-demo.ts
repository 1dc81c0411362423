import { join } from 'node:path';
import { openRecorder } from '../test/lab/demo/recorder.ts';
import { reportStory } from '../test/lab/demo/story.ts';
import { bucketSeconds, openWorld } from '../test/lab/demo/world.ts';
import { stepsOf, writeRecording } from './demo/recording.ts';

/** `npm run demo:record`: runs the story of the demo on real engines and the kernel, as root, and records it. 20 minutes. */

const [file = join(import.meta.dirname, 'demo/recording/estate.json.zst')] = process.argv.slice(2);
const say = (words: string): void => console.error(`… ${words}`);

if (process.getuid?.() !== 0) {
  console.error('The lab starts engines of its own and needs root.');
  process.exit(2);
}
const world = await openWorld(say);
try {
  const recorder = openRecorder(world.console, bucketSeconds);
  try {
    await reportStory({ world, recorder, say });
  } catch (error) {
    // What is open is closed before Node would print it, which takes a while.
    console.error(error);
    process.exitCode = 1;
  }
  const recording = recorder.recording();
  writeRecording(file, recording);
  console.log(`${file}: ${stepsOf(recording).length} steps, ${recording.entries.length} entries`);
  for (const failure of recorder.failures()) console.error(`failed: ${failure}`);
  if (recorder.failures().length > 0) process.exitCode = 1;
} finally {
  await world.close();
}
// Whatever still runs does not keep the recorder from its end.
process.exit();

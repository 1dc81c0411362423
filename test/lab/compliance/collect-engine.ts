import {
  askEngine,
  collectEngine,
  collectServices,
  engineView,
  openHostView,
  unparsed,
} from '#inventory/agent/index.ts';
import { surroundingsOfInfo, usualSockets } from '#inventory/index.ts';

/** Run in the network of an engine: prints as JSON what the collectors tell of it and of its services. */
const [socket = ''] = process.argv.slice(2);
const ask = askEngine({ socket, patience: 10_000 });
const host = await openHostView({ sockets: [...usualSockets, socket], patience: 2000, mounts: 'read-once' });
const around = { view: await engineView(ask, host), facts: surroundingsOfInfo(await ask('/info', unparsed)) };
const engine = await collectEngine({ socket, ownPrograms: [] });
const services = await collectServices(socket, around);
process.stdout.write(JSON.stringify({ engine: engine?.facts, services }));

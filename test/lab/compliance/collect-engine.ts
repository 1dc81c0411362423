import { collectEngine, collectServices } from '#inventory/agent/index.ts';
import { findSecrets } from '#secrets/index.ts';

/** Run in the network of an engine: prints as JSON what the collectors tell of it and of its services. */
const [socket = ''] = process.argv.slice(2);
const engine = await collectEngine({ socket, ownPrograms: [] });
const services = await collectServices(
  socket,
  (name, value) => findSecrets(`${name}=${value}`, { kind: 'environment', name }).length > 0,
);
process.stdout.write(JSON.stringify({ engine: engine?.facts, services }));

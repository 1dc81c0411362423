export type {
  ApiAnswer,
  EngineDefaults,
  EngineOption,
  EngineRuntime,
  EngineShape,
  MinimumApi,
  OfSwarm,
  OwnedFolder,
  ProgramFile,
  SwarmFacts,
  TcpAddress,
} from './engine.ts';
export type {
  AnonymousAnswer,
  ContainerdHosts,
  PasswordFile,
  RegistryCertificate,
  RegistryShape,
} from './registry.ts';
export type { ServiceShape } from './service.ts';

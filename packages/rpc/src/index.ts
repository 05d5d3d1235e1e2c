export { type Call, type CallOptions, type Client, type Handlers, type Implementation, implement } from './contract.ts';
export { type Dialed, type DialOptions, dial } from './dial.ts';
export type { ErrorPlace } from './dispatcher.ts';
export { type LocalOptions, local } from './local.ts';
export { type RpcServer, type ServeOptions, serve } from './serve.ts';

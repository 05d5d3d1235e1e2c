export { type Call, type CallOptions, type Client, type Handlers, type Implementation, implement } from './contract.ts';
export { dial, type Dialed, type DialOptions } from './dial.ts';
export { local, type LocalOptions } from './local.ts';
export { type RpcServer, serve, type ServeOptions } from './serve.ts';

export { createKeyring, type Keyring, type KeyringOptions, keyVersionOf, OrgKey, open, type Place, seal } from './keyring.ts';
export { newPlatformKeyText, type PlatformKey, type PlatformKeys, parsePlatformKeys } from './platform-keys.ts';
export { Secret } from './secret.ts';

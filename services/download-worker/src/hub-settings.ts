import type { OrgContext } from '@sangha/identity';
import type { Directory } from '@sangha/protos';
import type { Client } from '@sangha/rpc';
import type { HubSettings } from './domain/hub-target.ts';
import { serviceContext } from './service-context.ts';

export interface HubSettingsDeps {
  directory: Pick<Client<typeof Directory>, 'getEffectiveSettings'>;
  /** `HF_TOKEN`: for organisations without a token of their own, which then reach whatever it reaches. */
  operatorToken?: string | undefined;
}

/** The organisation's hub token and hubs, as its settings say now. */
export function hubSettingsFrom({ directory, operatorToken }: HubSettingsDeps): (context: OrgContext) => Promise<HubSettings> {
  return async ({ orgId }) => {
    // As ourselves, whoever asked us: the registry answers the token to this service only.
    const { values } = await directory.getEffectiveSettings({}, { context: serviceContext(orgId) });
    const setting = (key: string): unknown => (values[key] === undefined ? undefined : JSON.parse(values[key]));
    const token = setting('BODHI_HUB_TOKEN');
    const allowedHubs = setting('BODHI_ALLOWED_HUBS');
    return {
      token: typeof token === 'string' && token !== '' ? token : operatorToken,
      allowedHubs: Array.isArray(allowedHubs) ? allowedHubs.filter((hub) => typeof hub === 'string') : [],
    };
  };
}

import { z } from 'zod';
import type { Answer, ControlCall } from '../route.ts';
import { askedBy } from './asked-by.ts';
import type { ControlPlane } from './control-plane.ts';

export const putSettingSchema = z.object({
  value: z.union([z.string().max(10_000), z.number(), z.boolean(), z.array(z.string().max(2048)).max(100)]),
});

export async function listSettings({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  const { settings } = await clients.settings.listSettings({}, askedBy(call));
  return { body: { data: settings.map(settingBody) } };
}

export async function putSetting(
  { clients }: ControlPlane,
  call: ControlCall<undefined, z.infer<typeof putSettingSchema>>,
): Promise<Answer> {
  const value = JSON.stringify(call.body.value);
  return { body: settingBody(await clients.settings.putSetting({ key: call.params.key ?? '', value }, askedBy(call))) };
}

export async function deleteSetting({ clients }: ControlPlane, call: ControlCall): Promise<Answer> {
  return { body: settingBody(await clients.settings.deleteSetting({ key: call.params.key ?? '' }, askedBy(call))) };
}

type Setting = Awaited<ReturnType<ControlPlane['clients']['settings']['putSetting']>>;

const settingBody = ({ key, value, defaultValue, source, editable, type }: Setting) => ({
  key,
  current_value: fromJson(value),
  default_value: fromJson(defaultValue),
  source,
  editable,
  metadata: { type },
});

const fromJson = (text: string): unknown => (text === '' ? null : JSON.parse(text));

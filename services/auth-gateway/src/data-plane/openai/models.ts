import { AppError, toAppError } from '@sangha/errors';
import { allowsModelsList } from '@sangha/identity';
import type { Exchange } from '../../exchange.ts';
import { principalOf } from '../../route.ts';
import type { DataPlane } from '../data-plane.ts';
import { sendJson } from '../local-stream.ts';

/** `GET /v1/models`: what the asker can call. */
export async function listModels(plane: DataPlane, exchange: Exchange): Promise<void> {
  try {
    const names = await callableNames(plane, exchange);
    if (!allowsModelsList(principalOf(exchange).grants)) {
      throw new AppError('insufficient_scope', 'This token may not list models. Ask its owner to grant models_list.');
    }
    sendJson(exchange, { object: 'list', data: names.map(modelBody) });
  } catch (error) {
    plane.fail(exchange, toAppError(error));
  }
}

/** `GET /v1/models/{id}` */
export async function getModel(plane: DataPlane, exchange: Exchange): Promise<void> {
  try {
    const { id = '' } = exchange.params;
    const found = (await callableNames(plane, exchange)).find(({ name }) => name === id);
    // Not granted and not there look the same: a list of names can't be probed one by one.
    if (found === undefined)
      throw new AppError('model_not_found', `There is no model "${id.slice(0, 100)}". GET /v1/models lists what you can use.`, {
        param: 'id',
      });
    sendJson(exchange, modelBody(found));
  } catch (error) {
    plane.fail(exchange, toAppError(error));
  }
}

async function callableNames({ resolver }: DataPlane, exchange: Exchange) {
  const { names } = await resolver.listNames({}, { context: principalOf(exchange), requestId: exchange.requestId });
  return names.filter(({ allowed }) => allowed);
}

const modelBody = ({ name, created, ownedBy }: { name: string; created: number; ownedBy: string }) => ({
  id: name,
  object: 'model',
  created,
  owned_by: ownedBy,
});

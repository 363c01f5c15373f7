import type { Adapter } from 'oidc-provider';

/** An adapter for a model that stores nothing here: whoever calls it has switched on what was not thought through. */
export function unused(model: string): Adapter {
  const refuse = async () => {
    throw new Error(`oidc-provider's ${model} is not stored`);
  };
  return {
    upsert: refuse,
    find: refuse,
    findByUserCode: refuse,
    findByUid: refuse,
    consume: refuse,
    destroy: refuse,
    revokeByGrantId: refuse,
  };
}

import type { Bitrix24PushApi, Bitrix24PushExports } from './api';

/** Makes what `activate` returns. `send` takes whatever another extension has handed over. */
export function createApi(send: Bitrix24PushApi['send']): Bitrix24PushExports {
  return {
    getAPI(version: number) {
      if (version !== 1) {
        throw new Error(`Bitrix24 Push has no API of version ${version}, only version 1.`);
      }
      return { send };
    },
  };
}

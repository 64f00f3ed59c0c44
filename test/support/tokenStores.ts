import { TokenStore } from '../../src/accounts/tokenStore';
import type { TokenStoreDeps } from '../../src/accounts/tokenStore';
import { systemClock } from '../../src/common/clock';
import { silentLog } from './silentLog';
import { MemorySecrets } from './memorySecrets';

/** A token store over secrets in memory. `folder` is what windows share; whoever opens the store disposes it. */
export function tokenStore(folder: string, deps: Partial<TokenStoreDeps> = {}): TokenStore {
  return new TokenStore({
    secrets: new MemorySecrets(),
    folder,
    clock: systemClock,
    log: silentLog,
    onDamaged: () => undefined,
    ...deps,
  });
}

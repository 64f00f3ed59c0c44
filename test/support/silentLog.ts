import type { Log } from '../../src/common/log';

export const silentLog: Log = {
  debug() {},
  info() {},
  warn() {},
  error() {},
};

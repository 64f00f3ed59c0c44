/**
 * Replaces two modules of secretlint in the bundle (see esbuild.js): its profiler, which would mark and keep the
 * performance entries of all extensions for as long as the window lives, and `debug`, which writes to a terminal that
 * nobody sees.
 */
export const secretLintProfiler = { mark: (): void => undefined };

const debug = () => (): void => undefined;
export { debug as default };

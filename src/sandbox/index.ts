/** The sandbox as a library, and the entry of the bundle dist/sandbox.js. `main.ts` is its command line. */
export { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';
export type * from './controlApi';

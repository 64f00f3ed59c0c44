/** The sandbox portal as a library; `main.ts` is its command line. */
export { startSandbox, type Sandbox, type SandboxOptions } from './sandbox';
export type * from './controlApi';

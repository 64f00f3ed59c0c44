import { startSandbox as start, type Sandbox, type SandboxOptions } from './sandbox';

/** The entry of the npm package bitrix24-sandbox: the sandbox together with what makes its certificates. */
export type * from './controlApi';
export { API_VERSION } from './controlApi';
export type { Sandbox } from './sandbox';

export type LibraryOptions = Omit<SandboxOptions, 'certificates' | 'staff'> & {
  /** Speaks TLS. `ca` is the file for the authority's certificate; by default a temporary one, named in `info.ca`. */
  tls?: boolean | { ca: string };
};

/** Starts a portal, its authorization server and the control API on 127.0.0.1. */
export function startSandbox({ tls = false, ...options }: LibraryOptions = {}): Promise<Sandbox> {
  const caFile = typeof tls === 'object' ? tls.ca : undefined;
  return start({
    ...options,
    ...(tls === false
      ? {}
      : {
          // Loaded only with TLS, since the library of certificates changes the global Reflect.
          certificates: async (names) =>
            (await import('./certificates')).makeCertificates(names, caFile),
        }),
  });
}

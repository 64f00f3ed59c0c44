import { makeCertificates } from './certificates';
import { startSandbox as start, type Sandbox, type SandboxOptions } from './sandbox';

/** The entry of the npm package bitrix24-sandbox: the sandbox together with what makes its certificates. */
export type * from './controlApi';
export { API_VERSION } from './controlApi';
export type { Sandbox } from './sandbox';

export type PackageOptions = Omit<SandboxOptions, 'certificates' | 'staff'> & {
  /** Speaks TLS. `ca` is the file for the authority's certificate; by default a temporary one, named in `info.ca`. */
  tls?: boolean | { ca: string };
};

/** Starts a portal, its authorization server and the control API on 127.0.0.1. */
export function startSandbox({ tls = false, ...options }: PackageOptions = {}): Promise<Sandbox> {
  const caFile = typeof tls === 'object' ? tls.ca : undefined;
  return start({
    ...options,
    ...(tls === false ? {} : { certificates: (names) => makeCertificates(names, caFile) }),
  });
}

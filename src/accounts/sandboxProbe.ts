import * as v from 'valibot';
import { isLoopback } from '../bitrix24/portalAddress';
import type { Transport } from '../bitrix24/transport';

const probeMs = 2_000;
const versionAnswer = v.pipe(v.string(), v.parseJson(), v.object({ version: v.number() }));

/**
 * Tells whether a portal is the sandbox, which answers at an address that no portal of Bitrix24 has. Only portals on
 * this computer are asked. One that cannot be asked counts as a real one.
 */
export async function isSandbox(transport: Transport, portal: string): Promise<boolean> {
  if (!isLoopback(new URL(portal).host)) {
    return false;
  }
  try {
    const url = new URL('/sandbox/api/version', portal);
    const { status, body } = await transport.send({ method: 'GET', url, timeoutMs: probeMs });
    return status === 200 && v.is(versionAnswer, body);
  } catch {
    return false;
  }
}

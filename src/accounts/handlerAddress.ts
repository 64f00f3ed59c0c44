/** The handler's path. It stands in the application's form on the portal, so it never changes. */
export const handlerPath = '/bitrix24-push';

/** The address to type into the application's form as "Your handler path". */
export function handlerAddress(port: number): string {
  return `http://localhost:${port}${handlerPath}`;
}

/** The port of the setting; anything that is none, by hand or by a workspace, is the usual one. */
export function handlerPort(setting: unknown): number {
  const isPort =
    typeof setting === 'number' && Number.isInteger(setting) && setting >= 0 && setting <= 65_535;
  return isPort ? setting : 24_042;
}

/** The handler's path. It stands in the application's form on the portal, so it never changes. */
export const handlerPath = '/bitrix24-push';

/** The address to type into the application's form as "Your handler path". */
export function handlerAddress(port: number): string {
  return `http://localhost:${port}${handlerPath}`;
}

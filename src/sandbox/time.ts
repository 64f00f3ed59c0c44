/** PHP's date('c'): the portal's time zone is UTC. @param time Unix ms. */
export function bitrixDate(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}+00:00`;
}
